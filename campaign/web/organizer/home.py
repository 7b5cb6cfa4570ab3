"""The desk's first page: each campaign one may see in one line, and the status of the queue."""

from flask import render_template

from campaign.domain.charts import bars
from campaign.domain.rate_limit import local_day
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.queue import decisions
from campaign.services.statistics import reading
from campaign.web.context import now, runtime
from campaign.web.organizer.alert_banner import check_health
from campaign.web.organizer.guard import blueprint, i_may, me, needs
from campaign.web.organizer.setup.first_steps import steps_of
from campaign.web.publisher import publisher


@blueprint.get("/")
@needs(Permission.LOOK, somewhere=True)
def home() -> str:
    """Campaigns with their numbers, and the queue's status."""
    zone = publisher().time_zone
    with runtime().database.reading() as session:
        listed = [
            campaign
            for campaign in campaigns.all_campaigns(session)
            if me().rights.may(Permission.LOOK, campaign.id)
        ]
        today = local_day(now(), zone)
        lately = reading.confirmed_lately(session, [campaign.id for campaign in listed], until=today)
        lines = [
            (
                campaign,
                (lately[campaign.id][-1], sum(lately[campaign.id][-7:])),
                bars(lately[campaign.id], top=max(*lately[campaign.id], 1)),
            )
            for campaign in listed
        ]
        status = decisions.queue_status(session, check_health(session)) if i_may(Permission.LOOK) else None
        # Only a desk without a campaign is new; no other is held up by the guide.
        steps = steps_of(session) if not lines and i_may(Permission.SITE) else None
    return render_template("organizer/home.html", lines=lines, status=status, steps=steps)
