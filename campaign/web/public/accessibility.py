"""How these pages can be used, and whom to tell when they cannot."""

from flask import Response, make_response, render_template

from campaign.domain.states import EmailKind
from campaign.mail.senders import Senders
from campaign.web.context import runtime
from campaign.web.languages import negotiated
from campaign.web.public.answers import revalidated
from campaign.web.public.blueprint import blueprint


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """The accessibility statement."""
    negotiated(default="en")
    settings = runtime().settings
    sender = Senders(settings.mail_from, settings.supporter_mail_from).of(EmailKind.THANKS)
    return revalidated(make_response(render_template("public/accessibility.html", address=sender.address)))
