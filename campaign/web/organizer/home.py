"""The desk's first page: each campaign one may see in one line, and the status of the queue."""

from flask import render_template

from campaign.domain.roles import Permission
from campaign.services import counting
from campaign.services.campaigns import campaigns
from campaign.services.queue import decisions
from campaign.web.context import now, runtime
from campaign.web.organizer.alert_banner import check_health
from campaign.web.organizer.guard import blueprint, i_may, me, needs


@blueprint.get("/")
@needs(Permission.LOOK, somewhere=True)
def home() -> str:
    """Campaigns with their numbers, and the queue's status."""
    with runtime().database.reading() as session:
        lines = [
            (campaign, counting.confirmations(session, campaign.id, now=now()))
            for campaign in campaigns.all_campaigns(session)
            if me().rights.may(Permission.LOOK, campaign.id)
        ]
        status = decisions.queue_status(session, check_health(session)) if i_may(Permission.LOOK) else None
    return render_template("organizer/home.html", lines=lines, status=status)
