"""What providers call: reports about emails, verified, stored, and answered at once."""

from flask import Blueprint, Response, request

from campaign.errors import ForbiddenError
from campaign.mail.inbound.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, read_reports
from campaign.services.feedback import events
from campaign.web.context import now, runtime

blueprint = Blueprint("webhooks", __name__)

# SendGrid gathers up to a few hundred kilobytes; several times that leaves room for its busiest hour.
LARGEST_BODY = 5 * 1024 * 1024


@blueprint.post("/webhooks/sendgrid")
def sendgrid() -> Response:
    """Store the reports of SendGrid's Event Webhook; the worker processes them."""
    request.max_content_length = LARGEST_BODY
    body = request.get_data()
    key = runtime().webhook_key
    if key is None:
        raise ForbiddenError("This installation takes no reports: CAMPAIGN_SENDGRID_WEBHOOK_KEY is not set.")
    if not key.is_genuine(
        body,
        signature=request.headers.get(SIGNATURE_HEADER, ""),
        timestamp=request.headers.get(TIMESTAMP_HEADER, ""),
    ):
        raise ForbiddenError("This was not signed by the mail provider.")
    reports = read_reports(body)
    with runtime().database.transaction() as session:
        events.store(session, reports, now=now())
    return Response(status=204)
