"""How these pages can be used, and whom to tell when they cannot."""

from flask import Response, make_response, render_template

from campaign.domain.outbox import EmailKind
from campaign.mail.from_addresses import Senders
from campaign.web.context import runtime
from campaign.web.languages import negotiated
from campaign.web.public.blueprint import blueprint
from campaign.web.public.responses import revalidated


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """The accessibility statement."""
    negotiated(default="en")
    settings = runtime().settings
    sender = Senders(settings.mail_from, settings.supporter_mail_from).of(EmailKind.THANKS)
    return revalidated(make_response(render_template("public/accessibility.html", address=sender.address)))
