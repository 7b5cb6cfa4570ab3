"""Who gets through: one check before every route of the desk, by the permission each route declares."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.actor import Actor, Via
from campaign.domain.roles import Permission
from campaign.errors import ForbiddenError, NotFoundError, UnavailableError
from campaign.services.accounts import sessions
from campaign.services.accounts.passwords import Passwords
from campaign.services.accounts.sessions import LoggedIn
from campaign.services.audit import audit_log
from campaign.web.context import now, runtime
from campaign.web.languages import set_language
from campaign.web.organizer import cookies
from campaign.web.organizer.desk_form import check_token
from campaign.web.organizer.navigation import tabs

blueprint = Blueprint("organizer", __name__, url_prefix="/organizer")

# The only routes that need nobody logged in.
OPEN_TO_ALL = frozenset(
    {
        "organizer.login",
        "organizer.log_in",
        "organizer.forgotten",
        "organizer.ask_for_password",
        "organizer.reset",
        "organizer.choose_password",
        "organizer.invitation",
        "organizer.accept_invitation",
    }
)

# What somebody may open who has yet to set up the second factor that their role needs.
WITHOUT_SECOND_FACTOR = frozenset(
    {
        "organizer.second_factor",
        "organizer.set_second_factor",
        "organizer.my_passkeys",
        "organizer.add_passkey",
        "organizer.confirm_password",
        "organizer.password_again",
        "organizer.log_out",
    }
)

View = TypeVar("View", bound=Callable[..., Any])


def needs(
    permission: Permission,
    *also: Permission,
    largest_form: int | None = None,
    somewhere: bool = False,
    fresh: bool = False,
    shows_people: bool | None = None,
) -> Callable[[View], View]:
    """Declare what a view asks for, and how many bytes its form may have where that is more than usual.

    Where the address has a `slug`, it is asked for in that campaign; elsewhere for the whole installation, or
    `somewhere` at least: that view shows and changes only what is of campaigns in which its reader may.
    `fresh`: the password must have been given a moment ago. Each page that needs PEOPLE is one look at them,
    unless it shows nobody and says so with `shows_people`, and so is the answer to a form that shows some.
    """

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        view.permissions = (permission, *also)  # type: ignore[attr-defined]
        view.largest_form = largest_form  # type: ignore[attr-defined]
        view.is_somewhere = somewhere  # type: ignore[attr-defined]
        view.needs_fresh_login = fresh  # type: ignore[attr-defined]
        view.shows_people = shows_people  # type: ignore[attr-defined]
        return view

    return declare


class PasswordNeededError(Exception):
    """Before this, the password is asked for once more; `leads_to` is the page that it leads on to."""

    def __init__(self, leads_to: str) -> None:
        super().__init__(leads_to)
        self.leads_to = leads_to


def permissions_of(endpoint: str) -> tuple[Permission, ...]:
    """What a route asks for; nothing for those open to all. A route that declares nothing is a mistake."""
    if endpoint in OPEN_TO_ALL:
        return ()
    view = current_app.view_functions[endpoint]
    if not hasattr(view, "permissions"):
        raise LookupError(f"the route {endpoint} declares no permission")
    return cast(tuple[Permission, ...], view.permissions)


def is_allowed(endpoint: str, permission: Permission, slug: str | None) -> bool:
    """Whether who sends this request may open a route, as far as one permission goes."""
    if slug is None and getattr(current_app.view_functions[endpoint], "is_somewhere", False):
        return me().rights.may_somewhere(permission)
    return me().may(permission, slug)


def me() -> LoggedIn:
    """Who sends this request; only behind the guard."""
    return cast(LoggedIn, g.logged_in)


def actor() -> Actor:
    """The same as the audit log knows them."""
    return Actor(me().organizer_id, Via.DESK)


def i_may(permission: Permission | str, slug: str | None = None) -> bool:
    """Whether I may in this campaign, else in the one that the page is about, else everywhere."""
    named = slug or g.get("desk_slug") or (request.view_args or {}).get("slug")
    return "logged_in" in g and me().may(Permission(permission), named)


def require(permission: Permission, slug: str) -> None:
    """What the guard asks for by the address, for a campaign that a form or a question names.

    NotFoundError when I may not even know of it, else ForbiddenError. The page is then about this campaign.
    """
    g.desk_slug = slug
    if me().may(permission, slug):
        return
    if me().may(Permission.LOOK, slug):
        _record_refusal("role")
        raise _forbidden()
    _record_refusal("campaign")
    # In the words of a campaign that there is not.
    raise NotFoundError("There is no campaign named %(slug)s.", slug=slug)


def require_fresh(leads_to: str) -> None:
    """Ask for the password once more, unless it was given a moment ago."""
    if not me().is_fresh(now()):
        raise PasswordNeededError(leads_to)


def count_look() -> None:
    """Count a look at people; after many within a quarter of an hour the password is asked for first."""
    with runtime().database.transaction() as session:
        may_look = sessions.count_look(session, me().session_hash, now=now())
    if not may_look:
        raise PasswordNeededError(_this_page())


def _this_page() -> str:
    """The page that was asked for, or the one that a form was on."""
    if _is_page():
        return request.full_path.rstrip("?")
    return urlsplit(request.referrer or "").path


def _is_page() -> bool:
    return request.method in {"GET", "HEAD"}


def passwords() -> Passwords:
    """What hashes passwords in this application."""
    return cast(Passwords, current_app.extensions["campaign_passwords"])


@blueprint.before_request
def check() -> AnyResponse | None:
    """Let a request through, send it to the login page, or refuse it."""
    endpoint = request.endpoint or ""
    permissions = permissions_of(endpoint)
    if not permissions:
        g.form_secret = cookies.read(cookies.LOGIN_FORM)
        _check_form()
        return None
    token = cookies.read(cookies.SESSION)
    logged_in = _who(token) if token else None
    if logged_in is None:
        asked_for = request.full_path.rstrip("?") if _is_page() else None
        return redirect(url_for("organizer.login", next=asked_for), 303)
    g.logged_in = logged_in
    if logged_in.language:
        set_language(logged_in.language)
    g.form_secret = token
    _check_rights(endpoint, permissions)
    if _lacks_second_factor(logged_in) and endpoint not in WITHOUT_SECOND_FACTOR:
        return redirect(url_for("organizer.second_factor"), 303)
    view = current_app.view_functions[endpoint]
    largest = getattr(view, "largest_form", None)
    if largest:
        request.max_content_length = request.max_form_memory_size = largest
    try:
        _check_form()
    except ForbiddenError:
        _record_refusal("form")
        raise
    if getattr(view, "needs_fresh_login", False):
        require_fresh(_this_page())
    shows_people = getattr(view, "shows_people", None)
    if Permission.PEOPLE in permissions and (_is_page() if shows_people is None else shows_people):
        count_look()
    return None


@blueprint.errorhandler(PasswordNeededError)
def ask_for_password(error: PasswordNeededError) -> AnyResponse:
    """To the form for it, which leads on."""
    return redirect(url_for("organizer.confirm_password", next=error.leads_to), 303)


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
    return {
        "me": g.get("logged_in"),
        "may": i_may,
        "may_everywhere": lambda permission: "logged_in" in g and me().may(Permission(permission)),
        "may_somewhere": lambda permission: (
            "logged_in" in g and me().rights.may_somewhere(Permission(permission))
        ),
        "needs_second_factor": lambda: needs_second_factor(me()),
        "campaign_tabs": lambda: tabs(request.endpoint or "", i_may),
        "form_token": cookies.form_token(g.get("form_secret", "")),
        "done": request.args.get("done", ""),
        "refused_form": g.get("refused_form"),
    }


def _lacks_second_factor(logged_in: LoggedIn) -> bool:
    """Whoever sees people or decides needs one as soon as the desk can be reached from elsewhere."""
    is_open = runtime().settings.web.is_https
    return is_open and needs_second_factor(logged_in) and not logged_in.has_second_factor


def needs_second_factor(logged_in: LoggedIn) -> bool:
    """Whether what somebody may do is too much for a password alone."""
    return any(logged_in.rights.may_somewhere(each) for each in (Permission.CHANGE, Permission.PEOPLE))


def _check_rights(endpoint: str, permissions: tuple[Permission, ...]) -> None:
    slug = (request.view_args or {}).get("slug")
    if all(is_allowed(endpoint, permission, slug) for permission in permissions):
        return
    if slug is not None:
        for permission in permissions:
            require(permission, slug)
    _record_refusal("role")
    raise _forbidden()


def _forbidden() -> ForbiddenError:
    return ForbiddenError(
        "Your role does not allow this. Ask an owner of this desk: they can change what you may do."
    )


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
        audit_log.record_once(
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
