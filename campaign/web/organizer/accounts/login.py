"""Coming in and leaving, and giving the password again before something grave."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.networks import network_of
from campaign.domain.roles import Permission
from campaign.domain.tokens import derived_key, new_token
from campaign.errors import RefusedError
from campaign.i18n import to_translate
from campaign.services.accounts import logins, sessions
from campaign.services.accounts.logins import TooManyTriesError
from campaign.web.context import now, runtime
from campaign.web.organizer import cookies
from campaign.web.organizer.accounts.forms import FreshPasswordForm, LoginForm
from campaign.web.organizer.desk_form import ActionForm, DeskForm
from campaign.web.organizer.guard import actor, blueprint, me, needs, passwords

WRONG_LOGIN = to_translate("The address or the password is wrong.")
WRONG_PASSWORD = to_translate("The password is wrong.")


@blueprint.get("/login")
def login() -> AnyResponse:
    """The form to log in by."""
    return _login_page(None)


@blueprint.post("/login")
def log_in() -> AnyResponse:
    """Check address and password; a second factor's code will be one more field of the same form."""
    form = LoginForm()
    if not form.validate():
        return _login_page(form)
    email = form.text("email")
    try:
        organizer_id = check_password(email, form.text("password"), action="login", wrong=WRONG_LOGIN)
    except RefusedError as error:
        form.refuse(error)
        return _login_page(form)
    with runtime().database.transaction() as session:
        token = sessions.start(session, organizer_id, replaces=cookies.read(cookies.SESSION), now=now())
    response = redirect(own_path(form.text("next")), 303)
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
    if not (form.validate() and is_my_password(form)):
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


def check_password(email: str, password: str, *, action: str, wrong: str) -> int:
    """Whose address and password these are; RefusedError when they are wrong or tried too often.

    An unknown address takes the same steps and the same time as a wrong password.
    """
    settings = runtime().settings
    try:
        with runtime().database.transaction() as session:
            attempt = logins.begin(
                session,
                email,
                network=network_of(request.remote_addr),
                device=cookies.known_device(email),
                key=derived_key(settings.first_secret_key, "login"),
                now=now(),
            )
    except TooManyTriesError as error:
        with runtime().database.transaction() as session:
            logins.record_throttled(session, error, action=f"{action}.throttled", now=now())
        raise
    checked = logins.check(attempt, password, passwords())
    with runtime().database.transaction() as session:
        if checked.is_right:
            return logins.succeed(session, attempt, checked, action=action, now=now())
        logins.fail(session, attempt, action=f"{action}.refused", now=now())
    raise RefusedError(wrong)


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


def _password_page(form: DeskForm) -> str:
    return render_template("organizer/confirm_password.html", form=form)
