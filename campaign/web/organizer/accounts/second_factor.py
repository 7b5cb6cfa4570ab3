"""Setting up the second factor of one's own login, and the codes for when it is lost."""

from io import BytesIO

import segno
from flask import redirect, render_template, url_for
from itsdangerous import BadSignature, TimestampSigner
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.errors import RefusedError
from campaign.services.accounts import second_factors
from campaign.services.accounts.authenticator import enrolment_address, new_secret
from campaign.services.accounts.second_factors import FactorKeys
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.accounts.forms import SecondFactorForm
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, me, needs
from campaign.web.signers import signer

SECONDS_TO_SET_UP = 15 * 60


@blueprint.get("/account/second-factor")
@needs(Permission.LOOK, somewhere=True)
def second_factor() -> AnyResponse | str:
    """The QR code of a new secret, after the password was given a moment ago."""
    if not me().is_fresh(now()):
        return _password_first()
    return _page(SecondFactorForm.filled({"secret": _signer().sign(new_secret()).decode()}))


@blueprint.post("/account/second-factor")
@needs(Permission.LOOK, somewhere=True)
def set_second_factor() -> AnyResponse | str | tuple[str, int]:
    """Ask for codes of this secret from now on, once one of them was right; shows the recovery codes."""
    if not me().is_fresh(now()):
        return _password_first()
    form = SecondFactorForm()
    codes: list[str] = []

    def set_up(session: Session) -> None:
        codes.extend(
            second_factors.set_up(
                session,
                me().organizer_id,
                secret=_secret_in(form),
                code=form.text("code"),
                keep=me().session_hash,
                keys=FactorKeys.of(runtime().settings),
                actor=actor(),
                now=now(),
            )
        )

    if not form.carry_out(set_up, field="code"):
        return _page(form), form.status
    return render_template("organizer/recovery_codes.html", codes=codes, is_new=True)


@blueprint.post("/account/recovery-codes")
@needs(Permission.LOOK, somewhere=True)
def renew_recovery_codes() -> AnyResponse | str:
    """Ten new codes, shown once; the earlier ones end."""
    ActionForm().require()
    if not me().is_fresh(now()):
        return _password_first()
    with runtime().database.transaction() as session:
        codes = second_factors.renew_recovery_codes(
            session, me().organizer_id, keys=FactorKeys.of(runtime().settings), actor=actor(), now=now()
        )
    return render_template("organizer/recovery_codes.html", codes=codes, is_new=False)


def _page(form: SecondFactorForm) -> str:
    settings = runtime().settings
    try:
        secret = _secret_in(form)
    except RefusedError:
        # Too old, or not ours: the page begins anew.
        secret = new_secret()
        form.secret.data = _signer().sign(secret).decode()
    with runtime().database.reading() as session:
        left = second_factors.recovery_codes_left(session, me().organizer_id)
    return render_template(
        "organizer/second_factor.html",
        form=form,
        secret=secret,
        qr=_qr(enrolment_address(secret, account=me().email, site=settings.web.public_host)),
        codes_left=left,
        is_needed=settings.web.is_https,
    )


def _password_first() -> AnyResponse:
    return redirect(url_for("organizer.confirm_password", next=url_for("organizer.second_factor")), 303)


def _secret_in(form: SecondFactorForm) -> str:
    """The secret that our page has offered; RefusedError when it is older than a quarter of an hour."""
    try:
        return _signer().unsign(form.text("secret"), max_age=SECONDS_TO_SET_UP).decode()
    except BadSignature:
        raise RefusedError("This page was open too long. Scan the new QR code and enter its code.") from None


def _signer() -> TimestampSigner:
    # Bound to the session: what another page was offered sets up nothing here.
    return signer(runtime().settings, f"second-factor:{me().session_hash}", now=now())


def _qr(address: str) -> Markup:
    file = BytesIO()
    drawn = {"border": 4, "scale": 5, "dark": "#000", "light": "#fff", "svgclass": None, "lineclass": None}
    segno.make(address, error="m", micro=False).save(file, kind="svg", xmldecl=False, **drawn)
    return Markup(file.getvalue().decode())  # noqa: S704 - drawn by segno from modules, not from the text
