"""Choosing a new password behind a link that whoever runs the installation has handed out."""

from flask import g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.tokens import new_token
from campaign.services.accounts import password_resets
from campaign.web.context import now, runtime
from campaign.web.organizer import cookies
from campaign.web.organizer.accounts.forms import ResetForm
from campaign.web.organizer.guard import blueprint, passwords


@blueprint.get("/reset/<token>")
def reset(token: str) -> AnyResponse:
    """The form, which changes nothing."""
    return _page(token, _email_behind(token), None)


@blueprint.post("/reset/<token>")
def choose_password(token: str) -> AnyResponse:
    """Store the new password, and lead to the login."""
    form = ResetForm()
    form.email = _email_behind(token)
    if not form.validate():
        return _page(token, form.email, form)
    hashed = passwords().hashed(form.text("new_password"))
    with runtime().database.transaction() as session:
        password_resets.finish(
            session, token, password_hash=hashed, context=runtime().organizer_mail, now=now()
        )
    return redirect(url_for("organizer.login", done="password-chosen"), 303)


def _email_behind(token: str) -> str:
    with runtime().database.reading() as session:
        return password_resets.email_behind(session, token, now=now())


def _page(token: str, email: str, refused: ResetForm | None) -> AnyResponse:
    nonce = cookies.read(cookies.LOGIN_FORM) or new_token()
    g.form_secret = nonce
    page = render_template(
        "organizer/reset.html", token=token, email=email, form=refused or ResetForm.filled({})
    )
    response = make_response(page, refused.status if refused else 200)
    cookies.write(response, cookies.LOGIN_FORM, nonce)
    return response
