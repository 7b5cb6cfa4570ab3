"""Choosing a new password behind a link that whoever runs the installation has handed out."""

from flask import redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.services.accounts import password_resets
from campaign.web.context import now, runtime
from campaign.web.organizer.accounts.behind_link import password_page
from campaign.web.organizer.accounts.forms import ResetForm
from campaign.web.organizer.guard import blueprint, passwords

_TEMPLATE = "organizer/reset.html"


@blueprint.get("/reset/<token>")
def reset(token: str) -> AnyResponse:
    """The form, which changes nothing."""
    return password_page(_TEMPLATE, token, _email_behind(token))


@blueprint.post("/reset/<token>")
def choose_password(token: str) -> AnyResponse:
    """Store the new password, and lead to the login."""
    form = ResetForm()
    form.email = _email_behind(token)
    if not form.validate():
        return password_page(_TEMPLATE, token, form.email, form)
    hashed = passwords().hashed(form.text("new_password"))
    with runtime().database.transaction() as session:
        password_resets.finish(
            session, token, password_hash=hashed, context=runtime().organizer_mail, now=now()
        )
    return redirect(url_for("organizer.login", done="password-chosen"), 303)


def _email_behind(token: str) -> str:
    with runtime().database.reading() as session:
        return password_resets.email_behind(session, token, now=now())
