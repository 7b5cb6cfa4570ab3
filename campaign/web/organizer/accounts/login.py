"""Coming in and leaving, and giving the password again before something grave."""

from flask import g, redirect, render_template, request, url_for
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.networks import network_of
from campaign.domain.roles import Permission
from campaign.domain.tokens import derived_key, new_token
from campaign.errors import RefusedError
from campaign.i18n import to_translate
from campaign.services.accounts import logins, second_factors, sessions
from campaign.services.accounts.logins import LoginTry, PasswordCheck, TooManyTriesError
from campaign.services.accounts.organizers import login_name
from campaign.services.accounts.second_factors import FactorKeys
from campaign.web.context import now, runtime
from campaign.web.organizer import cookies
from campaign.web.organizer.accounts.forms import FreshPasswordForm, LoginCodeForm, LoginForm
from campaign.web.organizer.desk_form import ActionForm, DeskForm
from campaign.web.organizer.guard import actor, blueprint, me, needs, passwords
from campaign.web.signers import signer

SECONDS_FOR_CODE = 10 * 60
WRONG_LOGIN = to_translate("The address or the password is wrong.")
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
    if needs_code:
        pending = _pending_signer().sign(f"{organizer_id}:{login_name(email)}").decode()
        return _code_page(LoginCodeForm.filled({"pending": pending, "next": form.text("next")}))
    return _let_in(organizer_id, email, form.text("next"))


def _enter_code() -> AnyResponse:
    form = LoginCodeForm()
    try:
        signed = _pending_signer().unsign(form.text("pending"), max_age=SECONDS_FOR_CODE).decode()
    except BadSignature:
        return redirect(url_for("organizer.login", next=form.text("next") or None), 303)
    organizer_id, _, email = signed.partition(":")
    if not form.validate():
        return _code_page(form)
    try:
        check_code(int(organizer_id), email, form.text("code"), action="login")
    except RefusedError as error:
        form.refuse(error, field="code")
        return _code_page(form)
    return _let_in(int(organizer_id), email, form.text("next"))


def _let_in(organizer_id: int, email: str, path: str) -> AnyResponse:
    with runtime().database.transaction() as session:
        token = sessions.start(session, organizer_id, replaces=cookies.read(cookies.SESSION), now=now())
    response = redirect(own_path(path), 303)
    cookies.write(response, cookies.SESSION, token)
    cookies.clear(response, cookies.LOGIN_FORM)
    cookies.remember_device(response, email)
    return response


@blueprint.post("/logout")
@needs(Permission.LOOK)
def log_out() -> AnyResponse:
    """End this session."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        sessions.log_out(session, me().organizer_id, me().session_hash, actor=actor(), now=now())
    response = redirect(url_for("organizer.login", done="logged-out"), 303)
    cookies.clear(response, cookies.SESSION)
    return response


@blueprint.get("/confirm-password")
@needs(Permission.LOOK)
def confirm_password() -> str:
    """The form to give the password once more."""
    return _password_page(FreshPasswordForm.filled({"next": request.args.get("next", "")}))


@blueprint.post("/confirm-password")
@needs(Permission.LOOK)
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
        check_code(me().organizer_id, me().email, form.text("code"), action="password_again")
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


def check_code(organizer_id: int, email: str, code: str, *, action: str) -> None:
    """Use up a code of an organizer whose password was right; RefusedError when it is wrong.

    Its tries are counted apart from those of the password, which strangers can make too.
    """
    attempt = _begin(email, device=f"second factor of {organizer_id}", tried=f"{action}.code")
    keys = FactorKeys.of(runtime().settings)
    with runtime().database.transaction() as session:
        is_right = attempt.organizer_id == organizer_id and second_factors.check(
            session, organizer_id, code, keys=keys, now=now()
        )
        if is_right:
            logins.succeed(session, attempt, PasswordCheck(is_right=True), action=action, now=now())
        else:
            logins.fail(session, attempt, action=f"{action}.code.refused", now=now())
    if not is_right:
        raise RefusedError(second_factors.WRONG_CODE)


def _begin(email: str, *, device: str, tried: str) -> LoginTry:
    try:
        with runtime().database.transaction() as session:
            return logins.begin(
                session,
                email,
                network=network_of(request.remote_addr),
                device=device,
                key=derived_key(runtime().settings.first_secret_key, "login"),
                now=now(),
            )
    except TooManyTriesError as error:
        with runtime().database.transaction() as session:
            logins.record_throttled(session, error, action=f"{tried}.throttled", now=now())
        raise


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


def _code_page(form: LoginCodeForm) -> AnyResponse:
    page = render_template("organizer/login_code.html", form=form)
    return AnyResponse(page, form.status if form.errors else 200, mimetype="text/html")


def _pending_signer() -> TimestampSigner:
    # Bound to the browser whose login form it was: taken out of a page, it is of no use elsewhere.
    nonce = cookies.read(cookies.LOGIN_FORM)
    return signer(runtime().settings, f"second-factor-pending:{nonce}", now=now())


def _password_page(form: DeskForm) -> str:
    return render_template("organizer/confirm_password.html", form=form)
