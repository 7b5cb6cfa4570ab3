"""How these pages can be used, and whom to tell when they cannot."""

from flask import Response, make_response, render_template

from campaign.domain.outbox import EmailKind
from campaign.mail.from_addresses import FromAddresses
from campaign.web.context import runtime
from campaign.web.languages import negotiated
from campaign.web.public.blueprint import blueprint
from campaign.web.public.responses import revalidated
from campaign.web.publisher import publisher


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """The accessibility statement."""
    negotiated(default="en")
    mail = runtime().settings.mail
    sender = FromAddresses(mail.from_address, mail.supporter_from_address).of(EmailKind.THANKS)
    address = publisher().contact or sender.address
    return revalidated(make_response(render_template("public/accessibility.html", address=address)))
