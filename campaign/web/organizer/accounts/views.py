"""One's own login: the password, and where one is logged in."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.i18n import available_languages
from campaign.services.accounts import organizers, second_factors, sessions
from campaign.services.campaigns import campaigns
from campaign.services.monitoring import alerts
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.accounts import login
from campaign.web.organizer.accounts.forms import AlertsForm, LanguageForm, NewPasswordForm, SessionForm
from campaign.web.organizer.guard import actor, blueprint, me, needs, passwords


@blueprint.get("/account")
@needs(Permission.LOOK, somewhere=True)
def account() -> str:
    """The organizer's own page."""
    return _page()


@blueprint.post("/account/password")
@needs(Permission.LOOK, somewhere=True)
def change_password() -> AnyResponse | tuple[str, int]:
    """Store a new password; everywhere else one is logged out."""
    form = NewPasswordForm()
    is_valid = form.validate()
    # A password until now that is wrong is told together with what is wrong with the new one.
    is_mine = bool(form.text("password")) and login.is_my_password(form)
    if not (is_valid and is_mine):
        return _page(password_form=form), form.status
    hashed = passwords().hashed(form.text("new_password"))
    with runtime().database.transaction() as session:
        organizers.change_password(
            session,
            me().organizer_id,
            password_hash=hashed,
            keep=me().session_hash,
            context=runtime().organizer_mail,
            actor=actor(),
            now=now(),
        )
        sessions.record_password(session, me().session_hash, now=now())
    return redirect(url_for("organizer.account", done="password"), 303)


@blueprint.post("/account/sessions")
@needs(Permission.LOOK, somewhere=True)
def end_session() -> AnyResponse:
    """End one of one's own sessions, or all but this one."""
    form = SessionForm()
    form.require()
    with runtime().database.transaction() as session:
        if form.text("session") == "others":
            sessions.end_others(session, me().organizer_id, keep=me().session_hash, actor=actor(), now=now())
        else:
            sessions.end(session, me().organizer_id, form.text("session"), actor=actor(), now=now())
    return redirect(url_for("organizer.account", done="session-ended"), 303)


@blueprint.post("/account/language")
@needs(Permission.LOOK, somewhere=True)
def change_language() -> AnyResponse | tuple[str, int]:
    """Keep the language the desk speaks to this organizer."""
    form = LanguageForm()

    def choose(session: Session) -> None:
        language = form.text("language")
        organizers.choose_language(session, me().organizer_id, language, actor=actor(), now=now())

    if not form.carry_out(choose, field="language"):
        return _page(language_form=form), form.status
    return redirect(url_for("organizer.account", done="saved"), 303)


@blueprint.post("/account/alerts")
@needs(Permission.CHANGE, somewhere=True)
def choose_alerts() -> AnyResponse:
    """Whether mails about the queue are welcome."""
    form = AlertsForm()
    form.require()
    wanted = form.alerts.data
    with runtime().database.transaction() as session:
        alerts.set_wanted(session, me().organizer_id, wanted=wanted, actor=actor(), now=now())
    return redirect(url_for("organizer.account", done="alerts" if wanted else "no-alerts"), 303)


def _page(*, password_form: NewPasswordForm | None = None, language_form: LanguageForm | None = None) -> str:
    with runtime().database.reading() as session:
        mine = sessions.list_of(session, me().organizer_id, now=now())
        gets_alerts = alerts.are_wanted(session, me().organizer_id)
        codes_left = second_factors.recovery_codes_left(session, me().organizer_id)
        titles = campaigns.titles(session, me().rights.campaigns)
    return render_template(
        "organizer/account.html",
        sessions=mine,
        gets_alerts=gets_alerts,
        codes_left=codes_left,
        my_campaigns=titles,
        password_form=password_form or NewPasswordForm.filled({}),
        language_form=language_form or LanguageForm.filled({"language": me().language}),
        languages=[
            (spoken.code, spoken.name, {"lang": spoken.code, "dir": spoken.direction})
            for spoken in available_languages()
        ],
    )
