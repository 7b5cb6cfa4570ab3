"""The page behind a link that lets somebody choose a password who is not logged in."""

from flask import g, make_response, render_template
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.tokens import new_token
from campaign.web.organizer import cookies
from campaign.web.organizer.accounts.forms import ResetForm


def password_page(template: str, token: str, email: str, refused: ResetForm | None = None) -> AnyResponse:
    """The form, empty or with what was refused in it; its own token is bound to a cookie of this browser."""
    nonce = cookies.read(cookies.LOGIN_FORM) or new_token()
    g.form_secret = nonce
    form = refused or ResetForm.filled({})
    page = render_template(template, token=token, email=email, form=form)
    response = make_response(page, refused.status if refused else 200)
    cookies.write(response, cookies.LOGIN_FORM, nonce)
    return response
