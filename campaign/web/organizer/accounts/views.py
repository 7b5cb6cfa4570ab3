"""One's own login: the password, and where one is logged in."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.passwords import check_password as check_new
from campaign.domain.roles import Permission
from campaign.errors import RefusedError
from campaign.services.accounts import organizers, sessions
from campaign.services.monitoring import alerts
from campaign.web.context import now, runtime
from campaign.web.organizer.accounts import login
from campaign.web.organizer.guard import actor, blueprint, me, needs, passwords


@blueprint.get("/account")
@needs(Permission.LOOK)
def account() -> str:
    """The organizer's own page."""
    return _page(None)


@blueprint.post("/account/password")
@needs(Permission.LOOK)
def change_password() -> AnyResponse | tuple[str, int]:
    """Store a new password; everywhere else one is logged out."""
    new = request.form.get("new_password", "")
    try:
        check_new(new, email=me().email)
        if new != request.form.get("new_password_again", ""):
            raise RefusedError("The two new passwords are not the same.")
        login.check_password(me().email, request.form.get("password", ""), action="password_again")
    except RefusedError as error:
        return _page(error), 422
    hashed = passwords().hashed(new)
    with runtime().database.transaction() as session:
        organizers.change_password(
            session,
            me().organizer_id,
            password_hash=hashed,
            keep=me().session_hash,
            actor=actor(),
            now=now(),
        )
        sessions.record_password(session, me().session_hash, now=now())
    return redirect(url_for("organizer.account", done="password"), 303)


@blueprint.post("/account/sessions")
@needs(Permission.LOOK)
def end_session() -> AnyResponse:
    """End one of one's own sessions, or all but this one."""
    which = request.form.get("session", "")
    with runtime().database.transaction() as session:
        if which == "others":
            sessions.end_others(session, me().organizer_id, keep=me().session_hash, actor=actor(), now=now())
        else:
            sessions.end(session, me().organizer_id, which, actor=actor(), now=now())
    return redirect(url_for("organizer.account", done="session-ended"), 303)


@blueprint.post("/account/language")
@needs(Permission.LOOK)
def change_language() -> AnyResponse:
    """Keep the language the desk speaks to this organizer."""
    with runtime().database.transaction() as session:
        language = request.form.get("language", "")
        organizers.choose_language(session, me().organizer_id, language, actor=actor(), now=now())
    return redirect(url_for("organizer.account", done="saved"), 303)


@blueprint.post("/account/alerts")
@needs(Permission.CHANGE)
def choose_alerts() -> AnyResponse:
    """Whether mails about the queue are welcome."""
    wanted = request.form.get("alerts") == "yes"
    with runtime().database.transaction() as session:
        alerts.set_wanted(session, me().organizer_id, wanted=wanted, actor=actor(), now=now())
    return redirect(url_for("organizer.account", done="alerts" if wanted else "no-alerts"), 303)


def _page(error: RefusedError | None) -> str:
    with runtime().database.reading() as session:
        mine = sessions.list_of(session, me().organizer_id, now=now())
        gets_alerts = alerts.are_wanted(session, me().organizer_id)
    return render_template("organizer/account.html", sessions=mine, gets_alerts=gets_alerts, error=error)
