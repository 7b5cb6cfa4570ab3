"""Passkeys: made on the account's page, and asked for as the second step of a login."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from campaign.domain.devices import device_of
from campaign.domain.roles import Permission
from campaign.services.accounts import passkeys, second_factors
from campaign.services.accounts.passkeys import LONGEST_NAME, NOT_ADDED, PasskeySite
from campaign.services.accounts.second_factors import FactorKeys
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer import cookies
from campaign.web.organizer.desk_form import ActionForm, DeskForm, lazy_gettext
from campaign.web.organizer.guard import actor, blueprint, me, needs, require_fresh


class PasskeyForm(DeskForm):
    """What the browser's script has sent of a new passkey, and what to call it."""

    name = StringField(default="", validators=[Length(max=LONGEST_NAME)])
    passkey = HiddenField(default="", validators=[DataRequired(lazy_gettext(NOT_ADDED))])


@blueprint.get("/account/passkeys")
@needs(Permission.LOOK, somewhere=True, fresh=True)
def my_passkeys() -> str:
    """One's passkeys, and a button that makes another."""
    return _page(PasskeyForm.filled({"name": device_of(request.user_agent.string)}))


@blueprint.post("/account/passkeys")
@needs(Permission.LOOK, somewhere=True)
def add_passkey() -> AnyResponse | str | tuple[str, int]:
    """Take the passkey that the browser has made; shows recovery codes where there were none."""
    require_fresh(url_for("organizer.my_passkeys"))
    form = PasskeyForm()
    codes: list[str] = []

    def add(session: Session) -> None:
        codes.extend(
            second_factors.set_up_passkey(
                session,
                me().organizer_id,
                form.text("passkey"),
                name=form.text("name"),
                site=site(),
                keep=me().session_hash,
                keys=FactorKeys.of(runtime().settings),
                context=runtime().organizer_mail,
                actor=actor(),
                now=now(),
            )
        )

    if not form.carry_out(add):
        return _page(form), form.status
    if codes:
        return render_template("organizer/recovery_codes.html", codes=codes, is_new=True)
    return redirect(url_for("organizer.my_passkeys", done="saved"), 303)


@blueprint.post("/account/passkeys/<id:passkey_id>/remove")
@needs(Permission.LOOK, somewhere=True)
def remove_passkey(passkey_id: int) -> AnyResponse:
    """Forget one of one's own passkeys."""
    ActionForm().require()
    require_fresh(url_for("organizer.my_passkeys"))
    with runtime().database.transaction() as session:
        passkeys.remove(session, me().organizer_id, passkey_id, actor=actor(), now=now())
    return redirect(url_for("organizer.my_passkeys", done="passkey-removed"), 303)


def site() -> PasskeySite:
    """What passkeys of this installation are bound to."""
    return PasskeySite.of(runtime().settings.web.public_url)


def options_for(organizer_id: int, *, bound_to: str) -> str:
    """What the script asks the browser for a passkey by; empty where there is none to ask for."""
    with runtime().database.reading() as session:
        has_none = not passkeys.listed(session, organizer_id)
    if has_none:
        return ""
    with runtime().database.transaction() as session:
        return passkeys.request_options(session, organizer_id, site=site(), bound_to=bound_to, now=now())


def login_browser(organizer_id: int) -> str:
    """What a challenge of the login is bound to: the browser whose form it is, and whose login."""
    return f"{organizer_id} {cookies.read(cookies.LOGIN_FORM)}"


def _page(form: PasskeyForm) -> str:
    options = ""
    if site().is_possible:
        with runtime().database.transaction() as session:
            options = passkeys.creation_options(
                session, me().organizer_id, site=site(), bound_to=me().session_hash, now=now()
            )
    with runtime().database.reading() as session:
        mine = passkeys.listed(session, me().organizer_id)
    return render_template("organizer/passkeys.html", form=form, passkeys=mine, options=options)
