"""How these pages can be used, and whom to tell when they cannot."""

from email.utils import parseaddr

from flask import Response, make_response, render_template

from campaign.web.context import runtime
from campaign.web.languages import negotiated
from campaign.web.public.answers import revalidated
from campaign.web.public.blueprint import blueprint


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """The accessibility statement."""
    negotiated(default="en")
    _, address = parseaddr(runtime().settings.mail_from)
    return revalidated(make_response(render_template("public/accessibility.html", address=address)))
