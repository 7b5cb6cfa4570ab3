"""Coming in and leaving, and giving the password again before something grave."""

from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.devices import device_of
from campaign.domain.networks import network_of
from campaign.domain.roles import Permission
from campaign.domain.tokens import derived_key, new_token
from campaign.errors import RefusedError
from campaign.i18n import to_translate
from campaign.services.accounts import codes, logins, passkeys, second_factors, sessions
from campaign.services.accounts.logins import LoginTry
from campaign.services.accounts.organizers import login_name
from campaign.services.accounts.second_factors import FactorKeys
from campaign.services.accounts.throttling import TooManyTriesError
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer import cookies
from campaign.web.organizer.accounts import passkeys as passkeys_of
from campaign.web.organizer.accounts.forms import FreshPasswordForm, LoginCodeForm, LoginForm
from campaign.web.organizer.desk_form import ActionForm, DeskForm
from campaign.web.organizer.guard import actor, blueprint, me, needs, passwords
from campaign.web.signers import signer

SECONDS_FOR_CODE = 10 * 60
WRONG_LOGIN = to_translate("The address or the password is wrong.")
WRONG_PASSKEY = to_translate("This passkey was not accepted. Try again, or enter a code.")
WRONG_PASSWORD = to_translate("The password is wrong.")


@blueprint.get("/login")
def login() -> AnyResponse:
    """The form to log in by."""
    return _login_page(None)


@blueprint.post("/login")
def log_in() -> AnyResponse:
    """Check address and password, and then the code where a second factor is set."""
    if "pending" in request.form:
        return _enter_code()
    form = LoginForm()
    if not form.validate():
        return _login_page(form)
    email = form.text("email")
    try:
        organizer_id = check_password(
            email, form.text("password"), action="login", before_code="login.password", wrong=WRONG_LOGIN
        )
    except RefusedError as error:
        form.refuse(error)
        return _login_page(form)
    with runtime().database.reading() as session:
        needs_code = second_factors.is_set(session, organizer_id)
        stamp = codes.stamp(session, organizer_id, key=_key())
    if needs_code:
        pending = _pending_signer().sign(f"{organizer_id}:{stamp}:{login_name(email)}").decode()
        return _code_page(LoginCodeForm.filled({"pending": pending, "next": form.text("next")}), organizer_id)
    return let_in(organizer_id, email, form.text("next"))


def _enter_code() -> AnyResponse:
    form = LoginCodeForm()
    try:
        signed = _pending_signer().unsign(form.text("pending"), max_age=SECONDS_FOR_CODE).decode()
    except BadSignature:
        return redirect(url_for("organizer.login", next=form.text("next") or None), 303)
    organizer_id, stamp, email = signed.split(":", 2)
    with runtime().database.reading() as session:
        is_current = codes.is_current(session, int(organizer_id), stamp, key=_key())
    if not is_current:
        return redirect(url_for("organizer.login", next=form.text("next") or None), 303)
    if not form.validate():
        return _code_page(form, int(organizer_id))
    given = GivenFactor(
        form.text("code"), form.text("passkey"), bound_to=passkeys_of.login_browser(int(organizer_id))
    )
    try:
        check_factor(int(organizer_id), email, given, action="login", stamp=stamp)
    except RefusedError as error:
        form.refuse(error, field="code")
        return _code_page(form, int(organizer_id))
    return let_in(int(organizer_id), email, form.text("next"))


def let_in(organizer_id: int, email: str, path: str) -> AnyResponse:
    """Begin a session in this browser, and lead on."""
    with runtime().database.transaction() as session:
        token = logins.let_in(
            session,
            organizer_id,
            device=device_of(request.user_agent.string),
            is_known=bool(cookies.known_device(email)),
            replaces=cookies.read(cookies.SESSION),
            context=runtime().organizer_mail,
            now=now(),
        )
    response = redirect(own_path(path), 303)
    cookies.write(response, cookies.SESSION, token)
    cookies.clear(response, cookies.LOGIN_FORM)
    cookies.remember_device(response, email)
    return response


@blueprint.post("/logout")
@needs(Permission.LOOK, somewhere=True)
def log_out() -> AnyResponse:
    """End this session."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        sessions.log_out(session, me().organizer_id, me().session_hash, actor=actor(), now=now())
    response = redirect(url_for("organizer.login", done="logged-out"), 303)
    cookies.clear(response, cookies.SESSION)
    return response


@blueprint.get("/confirm-password")
@needs(Permission.LOOK, somewhere=True)
def confirm_password() -> str:
    """The form to give the password once more."""
    return _password_page(FreshPasswordForm.filled({"next": request.args.get("next", "")}))


@blueprint.post("/confirm-password")
@needs(Permission.LOOK, somewhere=True)
def password_again() -> AnyResponse | tuple[str, int]:
    """Check the password and lead on."""
    form = FreshPasswordForm()
    if not (form.validate() and is_my_password(form) and _is_my_code(form)):
        return _password_page(form), form.status
    with runtime().database.transaction() as session:
        sessions.record_password(session, me().session_hash, now=now())
    return redirect(own_path(form.text("next")), 303)


def is_my_password(form: DeskForm) -> bool:
    """Whether the form's field `password` has the organizer's own; if not, that is an error of the field."""
    try:
        check_password(me().email, form.text("password"), action="password_again", wrong=WRONG_PASSWORD)
    except RefusedError as error:
        form.refuse(error, field="password")
        return False
    return True


def _is_my_code(form: DeskForm) -> bool:
    """Whether the form's field `code` has a code of the organizer's, who may have no second factor."""
    if not me().has_second_factor:
        return True
    try:
        given = GivenFactor(form.text("code"), form.text("passkey"), bound_to=me().session_hash)
        check_factor(me().organizer_id, me().email, given, action="password_again")
    except RefusedError as error:
        form.refuse(error, field="code")
        return False
    return True


def check_password(
    email: str, password: str, *, action: str, wrong: str, before_code: str | None = None
) -> int:
    """Whose address and password these are; RefusedError when they are wrong or tried too often.

    An unknown address takes the same steps and the same time as a wrong password. `before_code` is what the
    audit calls it where a code is to follow.
    """
    attempt = _begin(email, device=cookies.known_device(email), tried=action)
    checked = logins.check(attempt, password, passwords())
    with runtime().database.transaction() as session:
        if checked.is_right and attempt.organizer_id is not None:
            follows = before_code and second_factors.is_set(session, attempt.organizer_id)
            done = before_code if before_code and follows else action
            return logins.succeed(session, attempt, checked, action=done, now=now())
        logins.fail(session, attempt, action=f"{action}.refused", now=now())
    raise RefusedError(wrong)


@dataclass(frozen=True)
class GivenFactor:
    """What somebody gave as the second step: a code, or a passkey's answer to a challenge `bound_to` them."""

    code: str
    passkey: str
    bound_to: str

    def is_right(self, session: Session, organizer_id: int) -> bool:
        """Whether it is this organizer's; it is used up."""
        if self.passkey:
            return passkeys.check(
                session,
                organizer_id,
                self.passkey,
                site=passkeys_of.site(),
                bound_to=self.bound_to,
                now=now(),
            )
        keys = FactorKeys.of(runtime().settings)
        return second_factors.check(session, organizer_id, self.code, keys=keys, now=now())


def check_factor(
    organizer_id: int, email: str, given: GivenFactor, *, action: str, stamp: str | None = None
) -> None:
    """Use up the second step of an organizer whose password was right; RefusedError when wrong or too soon.

    It is counted before it is looked at. `stamp` is what a half-finished login hangs on; where that has
    changed nothing is right.
    """

    def is_right(session: Session) -> bool:
        if stamp is not None and not codes.is_current(session, organizer_id, stamp, key=_key()):
            return False
        return given.is_right(session, organizer_id)

    try:
        with runtime().database.transaction() as session:
            attempt = codes.begin(
                session, organizer_id, device=cookies.known_device(email), key=_key(), now=now()
            )
    except TooManyTriesError as error:
        _record_throttled(error, action=f"{action}.code.throttled")
        raise
    with runtime().database.transaction() as session:
        passed = codes.finish(
            session, attempt, is_right, action=action, context=runtime().organizer_mail, now=now()
        )
    if not passed:
        raise RefusedError(WRONG_PASSKEY if given.passkey else second_factors.WRONG_CODE)


def _begin(email: str, *, device: str, tried: str) -> LoginTry:
    try:
        with runtime().database.transaction() as session:
            return logins.begin(
                session,
                email,
                network=network_of(request.remote_addr),
                device=device,
                key=_key(),
                now=now(),
            )
    except TooManyTriesError as error:
        _record_throttled(error, action=f"{tried}.throttled")
        raise


def _record_throttled(error: TooManyTriesError, *, action: str) -> None:
    with runtime().database.transaction() as session:
        logins.record_throttled(session, error, action=action, now=now())


def _key() -> bytes:
    return derived_key(runtime().settings.first_secret_key, "login")


def own_path(path: str) -> str:
    """A path on the desk to lead on to; its home for anything that could lead a browser elsewhere."""
    is_own = (
        path.startswith("/organizer/")
        and "\\" not in path
        and "//" not in path
        and all(" " < sign < "\x7f" for sign in path)
    )
    return path if is_own else url_for("organizer.home")


def _login_page(refused: LoginForm | None) -> AnyResponse:
    nonce = cookies.read(cookies.LOGIN_FORM) or new_token()
    g.form_secret = nonce
    form = refused or LoginForm.filled({"next": request.args.get("next", "")})
    page = render_template("organizer/login.html", form=form)
    response = AnyResponse(page, refused.status if refused else 200, mimetype="text/html")
    cookies.write(response, cookies.LOGIN_FORM, nonce)
    return response


def _code_page(form: LoginCodeForm, organizer_id: int) -> AnyResponse:
    options = passkeys_of.options_for(organizer_id, bound_to=passkeys_of.login_browser(organizer_id))
    with runtime().database.reading() as session:
        has_app = second_factors.has_app(session, organizer_id)
    page = render_template("organizer/login_code.html", form=form, options=options, has_app=has_app)
    return AnyResponse(page, form.status if form.errors else 200, mimetype="text/html")


def _pending_signer() -> TimestampSigner:
    # Bound to the browser whose login form it was: taken out of a page, it is of no use elsewhere.
    nonce = cookies.read(cookies.LOGIN_FORM)
    return signer(runtime().settings, f"second-factor-pending:{nonce}", now=now())


def _password_page(form: DeskForm) -> str:
    options = passkeys_of.options_for(me().organizer_id, bound_to=me().session_hash)
    return render_template("organizer/confirm_password.html", form=form, options=options)
