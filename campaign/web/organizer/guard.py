"""Who gets through: one check before every route of the desk, by the permission each route declares."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.actor import Actor, Via
from campaign.domain.roles import Permission, may
from campaign.errors import ForbiddenError, UnavailableError
from campaign.services import audit
from campaign.services.accounts import sessions
from campaign.services.accounts.passwords import Passwords
from campaign.services.accounts.sessions import LoggedIn
from campaign.web.context import now, runtime
from campaign.web.languages import set_language
from campaign.web.organizer import cookies
from campaign.web.organizer.desk_form import check_token
from campaign.web.organizer.navigation import tabs

blueprint = Blueprint("organizer", __name__, url_prefix="/organizer")

# The only routes that need nobody logged in.
OPEN_TO_ALL = frozenset(
    {"organizer.login", "organizer.log_in", "organizer.reset", "organizer.choose_password"}
)

# What somebody may open who has yet to set up the second factor that their role needs.
WITHOUT_SECOND_FACTOR = frozenset(
    {
        "organizer.second_factor",
        "organizer.set_second_factor",
        "organizer.confirm_password",
        "organizer.password_again",
        "organizer.log_out",
    }
)

View = TypeVar("View", bound=Callable[..., Any])


def needs(permission: Permission, *, largest_form: int | None = None) -> Callable[[View], View]:
    """Declare what a view asks for, and how many bytes its form may have where that is more than usual."""

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        view.largest_form = largest_form  # type: ignore[attr-defined]
        return view

    return declare


def permission_of(endpoint: str) -> Permission | None:
    """What a route asks for; None for those open to all. A route that declares nothing is a mistake."""
    if endpoint in OPEN_TO_ALL:
        return None
    view = current_app.view_functions[endpoint]
    if not hasattr(view, "permission"):
        raise LookupError(f"the route {endpoint} declares no permission")
    return cast(Permission, view.permission)


def me() -> LoggedIn:
    """Who sends this request; only behind the guard."""
    return cast(LoggedIn, g.logged_in)


def actor() -> Actor:
    """The same as the audit log knows them."""
    return Actor(me().organizer_id, Via.DESK)


def passwords() -> Passwords:
    """What hashes passwords in this application."""
    return cast(Passwords, current_app.extensions["campaign_passwords"])


@blueprint.before_request
def check() -> AnyResponse | None:
    """Let a request through, send it to the login page, or refuse it."""
    permission = permission_of(request.endpoint or "")
    if permission is None:
        g.form_secret = cookies.read(cookies.LOGIN_FORM)
        _check_form()
        return None
    token = cookies.read(cookies.SESSION)
    logged_in = _who(token) if token else None
    if logged_in is None:
        is_page = request.method in {"GET", "HEAD"}
        asked_for = request.full_path.rstrip("?") if is_page else None
        return redirect(url_for("organizer.login", next=asked_for), 303)
    g.logged_in = logged_in
    if logged_in.language:
        set_language(logged_in.language)
    g.form_secret = token
    if not may(logged_in.role, permission):
        _record_refusal("role")
        raise ForbiddenError("Your role does not allow this. Ask an owner of this installation.")
    if _lacks_second_factor(logged_in) and request.endpoint not in WITHOUT_SECOND_FACTOR:
        return redirect(url_for("organizer.second_factor"), 303)
    largest = getattr(current_app.view_functions[request.endpoint or ""], "largest_form", None)
    if largest:
        request.max_content_length = request.max_form_memory_size = largest
    try:
        _check_form()
    except ForbiddenError:
        _record_refusal("form")
        raise
    return None


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """No page of the desk is kept anywhere, and no address of one is told to anyone."""
    response.headers["Cache-Control"] = "no-store"
    holds_secret = "token" in (request.view_args or {})
    response.headers["Referrer-Policy"] = "no-referrer" if holds_secret else "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.context_processor
def for_templates() -> dict[str, Any]:
    """What every template of the desk knows: who is there, what they may do, and the form's token."""
    logged_in: LoggedIn | None = g.get("logged_in")

    def i_may(permission: str) -> bool:
        return logged_in is not None and may(logged_in.role, Permission(permission))

    return {
        "me": logged_in,
        "may": i_may,
        "campaign_tabs": lambda: tabs(request.endpoint or "", i_may),
        "form_token": cookies.form_token(g.get("form_secret", "")),
        "done": request.args.get("done", ""),
        "refused_form": g.get("refused_form"),
    }


def _lacks_second_factor(logged_in: LoggedIn) -> bool:
    """Whoever sees people or decides needs one as soon as the desk can be reached from elsewhere."""
    is_open = runtime().settings.web.is_https
    return is_open and may(logged_in.role, Permission.CHANGE) and not logged_in.has_second_factor


def _who(token: str) -> LoggedIn | None:
    with runtime().database.reading() as session:
        logged_in = sessions.find(session, token, now=now())
    if logged_in and logged_in.is_use_due(now()):
        try:
            with runtime().database.transaction() as session:
                sessions.record_use(session, logged_in.session_hash, now=now())
        except UnavailableError:
            return logged_in  # a full disk does not keep organizers from reading
    return logged_in


def _record_refusal(why: str) -> None:
    """Enter into the audit log what somebody may not do: each page once an hour, however often they try."""
    page = (request.endpoint or "").removeprefix(f"{blueprint.name}.")
    with runtime().database.transaction() as session:
        audit.record_once(
            session,
            subject=f"{me().organizer_id} {page} {why}",
            action="desk.refused",
            actor=actor(),
            details={"page": page, "why": why},
            now=now(),
        )


def _check_form() -> None:
    """Refuse a form of another session or site before any view, so that none can forget to."""
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        check_token(request.form.get("csrf_token", ""))
