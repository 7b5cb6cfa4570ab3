"""A campaign in numbers: what happened by day, and by whatever it is counted by; and the same on paper."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.documents.sealed_file import read_sealed
from campaign.domain.charts import bars
from campaign.domain.prepared_files import PreparedKind
from campaign.domain.rate_limit import local_day
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.documents import prepared_files, statistics_report
from campaign.services.officials import directory
from campaign.services.statistics import summary
from campaign.web.context import now, runtime
from campaign.web.languages import current_language
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import blueprint, me, needs
from campaign.web.publisher import publisher

_WHOLE = "whole"


@blueprint.get("/campaigns/<slug>/statistics")
@needs(Permission.LOOK)
def statistics(slug: str) -> str:
    """The last 30 days, or the whole time."""
    return _page("organizer/statistics.html", slug, merges_small=False)


@blueprint.get("/campaigns/<slug>/statistics/report")
@needs(Permission.LOOK)
def report_page(slug: str) -> str:
    """The same to be printed and handed on: what few have in common is put together."""
    return _report(slug, ActionForm.filled({}))


@blueprint.post("/campaigns/<slug>/statistics/report")
@needs(Permission.LOOK)
def order_report(slug: str) -> AnyResponse | tuple[str, int]:
    """Have it made as a PDF; the worker does it."""
    form = ActionForm()

    def order(session: Any) -> None:
        statistics_report.order(
            session,
            campaigns.by_slug(session, slug).id,
            today=local_day(now(), publisher().time_zone),
            is_whole=_is_whole(),
            language=current_language(),
            organizer_id=me().organizer_id,
            now=now(),
        )

    if not form.carry_out(order):
        return _report(slug, form), form.status
    span = _WHOLE if _is_whole() else None
    here = url_for("organizer.report_page", slug=slug, span=span, done="file-ordered")
    return redirect(f"{here}#pdf", 303)


@blueprint.get("/campaigns/<slug>/statistics/report/<id:file_id>.pdf")
@needs(Permission.LOOK)
def report_pdf(slug: str, file_id: int) -> Response:
    """The PDF, for whoever ordered it; nobody is in it."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        file = statistics_report.file_of(
            session, campaign.id, file_id, organizer_id=me().organizer_id, now=now()
        )
    body = b"".join(read_sealed(runtime().settings.prepared_folder / file.file_name, file.key))
    response = Response(body, content_type="application/pdf")
    name = f"{slug}-statistics-{file.request['today']}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _report(slug: str, form: ActionForm) -> str:
    with runtime().database.reading() as session:
        campaign_id = campaigns.by_slug(session, slug).id
        files = prepared_files.of_organizer(
            session, campaign_id, me().organizer_id, PreparedKind.STATISTICS, now=now()
        )
    mine = [file for file in files if file.request["is_whole"] == _is_whole()]
    template = "organizer/statistics_report.html"
    return _page(template, slug, merges_small=True, files=mine, form=form)


def _is_whole() -> bool:
    return request.args.get("span") == _WHOLE


def _page(template: str, slug: str, *, merges_small: bool, **more: Any) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        figures = summary.statistics(
            session,
            campaign.id,
            today=local_day(now(), publisher().time_zone),
            is_whole=_is_whole(),
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
        **more,
    )
