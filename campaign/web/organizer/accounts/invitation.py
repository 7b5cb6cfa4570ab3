"""An invitation followed: a password chosen, and in."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.devices import device_of
from campaign.services.accounts import invitations, logins
from campaign.web.context import now, runtime
from campaign.web.organizer import cookies
from campaign.web.organizer.accounts.behind_link import password_page
from campaign.web.organizer.accounts.forms import ResetForm
from campaign.web.organizer.guard import blueprint, passwords

_TEMPLATE = "organizer/invitation.html"


@blueprint.get("/invitation/<token>")
def invitation(token: str) -> AnyResponse:
    """The form to choose a password, which changes nothing."""
    return password_page(_TEMPLATE, token, _email_behind(token))


@blueprint.post("/invitation/<token>")
def accept_invitation(token: str) -> AnyResponse:
    """Make the login and let them in, to the second factor first."""
    form = ResetForm()
    form.email = _email_behind(token)
    if not form.validate():
        return password_page(_TEMPLATE, token, form.email, form)
    hashed = passwords().hashed(form.text("new_password"))
    with runtime().database.transaction() as session:
        organizer_id = invitations.accept(session, token, password_hash=hashed, now=now())
        opened = logins.let_in(
            session,
            organizer_id,
            device=device_of(request.user_agent.string),
            is_known=True,
            replaces=cookies.read(cookies.SESSION),
            context=runtime().organizer_mail,
            now=now(),
        )
    response = redirect(url_for("organizer.second_factor", done="welcome"), 303)
    cookies.write(response, cookies.SESSION, opened)
    cookies.clear(response, cookies.LOGIN_FORM)
    cookies.remember_device(response, form.email)
    return response


def _email_behind(token: str) -> str:
    with runtime().database.reading() as session:
        return invitations.email_behind(session, token, now=now())
