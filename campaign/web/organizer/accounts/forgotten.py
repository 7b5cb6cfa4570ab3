"""A forgotten password: the same answer for every address, and the rest by mail."""

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.networks import network_of
from campaign.domain.tokens import derived_key, new_token
from campaign.services.accounts import recovery
from campaign.services.accounts.recovery import TooManyRequestsError
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer import cookies
from campaign.web.organizer.accounts.forms import ForgottenForm
from campaign.web.organizer.guard import blueprint


@blueprint.get("/forgotten")
def forgotten() -> AnyResponse:
    """The form to ask for a link, or what to do after it."""
    return _page(ForgottenForm.filled({}))


@blueprint.post("/forgotten")
def ask_for_password() -> AnyResponse:
    """Store what was asked; whether there is such a login is found out later, by a worker."""
    form = ForgottenForm()
    refused: list[TooManyRequestsError] = []

    def ask(session: Session) -> None:
        try:
            recovery.request(
                session,
                form.text("email"),
                network=network_of(request.remote_addr),
                device=cookies.known_device(form.text("email")),
                key=derived_key(runtime().settings.first_secret_key, "login"),
                now=now(),
            )
        except TooManyRequestsError as error:
            refused.append(error)
            raise

    if not form.carry_out(ask):
        for error in refused:
            with runtime().database.transaction() as session:
                recovery.record_refused(session, error, now=now())
        return _page(form, status=form.status)
    return redirect(url_for("organizer.forgotten", done="asked"), 303)


def _page(form: ForgottenForm, *, status: int = 200) -> AnyResponse:
    nonce = cookies.read(cookies.LOGIN_FORM) or new_token()
    g.form_secret = nonce
    page = render_template("organizer/forgotten.html", form=form, is_asked="done" in request.args)
    response = make_response(page, status)
    cookies.write(response, cookies.LOGIN_FORM, nonce)
    return response
