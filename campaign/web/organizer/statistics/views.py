"""A campaign in numbers: what happened by day, and by whatever it is counted by; and the same on paper."""

from flask import render_template, request

from campaign.domain.charts import bars
from campaign.domain.rate_limit import local_day
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.officials import directory
from campaign.services.statistics import summary
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import blueprint, needs
from campaign.web.publisher import publisher


@blueprint.get("/campaigns/<slug>/statistics")
@needs(Permission.LOOK)
def statistics(slug: str) -> str:
    """The last 30 days, or the whole time."""
    return _page("organizer/statistics.html", slug, merges_small=False)


@blueprint.get("/campaigns/<slug>/statistics/report")
@needs(Permission.LOOK)
def statistics_report(slug: str) -> str:
    """The same to be printed and handed on: what few have in common is put together."""
    return _page("organizer/statistics_report.html", slug, merges_small=True)


def _page(template: str, slug: str, *, merges_small: bool) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        figures = summary.statistics(
            session,
            campaign.id,
            today=local_day(now(), publisher().time_zone),
            is_whole=request.args.get("span") == "whole",
            merges_small=merges_small,
        )
        officials = {official.id: official for official in directory.list_officials(session, campaign.id)}
    started = bars([step.of("started") for step in figures.steps])
    return render_template(
        template,
        campaign=campaign,
        figures=figures,
        officials=officials,
        started=started,
        confirmed=bars([step.of("confirmed") for step in figures.steps], top=started.top),
    )
