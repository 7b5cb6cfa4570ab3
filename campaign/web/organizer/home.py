"""The desk's first page: every campaign in one line, and the status of the queue."""

from flask import render_template

from campaign.domain.roles import Permission
from campaign.services import counting
from campaign.services.campaigns import campaigns
from campaign.services.queue import decisions
from campaign.web.context import now, runtime
from campaign.web.organizer.alert_banner import check_health
from campaign.web.organizer.guard import blueprint, needs
from campaign.web.organizer.setup.first_steps import steps_of


@blueprint.get("/")
@needs(Permission.LOOK)
def home() -> str:
    """Campaigns with their numbers, and the queue's status."""
    with runtime().database.reading() as session:
        lines = [
            (campaign, counting.confirmations(session, campaign.id, now=now()))
            for campaign in campaigns.all_campaigns(session)
        ]
        status = decisions.queue_status(session, check_health(session))
        # Only a desk without a campaign is new; no other is held up by the guide.
        steps = None if lines else steps_of(session)
    return render_template("organizer/home.html", lines=lines, status=status, steps=steps)
