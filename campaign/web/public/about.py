"""Who is behind the mail that leaves here, and how to complain about it."""

from flask import Response, make_response, render_template

from campaign.domain.outbox import EmailKind
from campaign.mail.from_addresses import FromAddresses
from campaign.web.context import runtime
from campaign.web.languages import negotiated
from campaign.web.public.blueprint import blueprint
from campaign.web.public.responses import revalidated

AN_HOUR = 60 * 60  # seconds


@blueprint.get("/about-our-mail")
def about_our_mail() -> Response:
    """The page that every mail to a supporter points to."""
    negotiated(default="en")
    settings = runtime().settings
    senders = FromAddresses(settings.mail.from_address, settings.mail.supporter_from_address)
    page = render_template(
        "public/about_our_mail.html",
        to_officials=senders.of(EmailKind.MESSAGE),
        to_supporters=senders.of(EmailKind.THANKS),
    )
    return revalidated(make_response(page), seconds=AN_HOUR)
