"""Updates to supporters: written, looked at, approved by a second person, and followed on their way."""

from collections.abc import Callable

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.domain.updates import SMALLEST_NUMBER_TOLD, Audience, AudienceNumber, UpdateState
from campaign.errors import NotFoundError
from campaign.i18n import available_languages
from campaign.mail.render import Rendered
from campaign.services.campaigns import campaigns
from campaign.services.installation import publisher as publishers
from campaign.services.updates import approval, audience, drafts, from_changes, mails, questions, steering
from campaign.services.updates.drafts import UpdateShown
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.countries import countries
from campaign.web.languages import current_language, name_of
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, me, needs, require_fresh
from campaign.web.organizer.updates.forms import (
    BeginForm,
    UpdateActionForm,
    UpdateForm,
    keys,
    stored_update,
    update_form,
)
from campaign.web.security import sandboxed

# A form in seven languages at its longest.
LARGEST_FORM = 512 * 1024
STEPS: dict[str, Callable[..., object]] = {
    "take-back": approval.take_back,
    "pause": steering.pause,
    "resume": steering.resume,
    "stop": steering.stop,
}


@blueprint.get("/campaigns/<slug>/updates")
@needs(Permission.CHANGE)
def updates(slug: str) -> str:
    """All updates of a campaign, and what there is to tell."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        return render_template(
            "organizer/updates.html",
            campaign=campaign,
            updates=drafts.listed(session, campaign.id),
            number=audience.number(session, campaign.id, Audience()),
            entries=from_changes.offered(session, campaign.id),
        )


@blueprint.post("/campaigns/<slug>/updates")
@needs(Permission.CHANGE)
def begin_update(slug: str) -> AnyResponse:
    """Begin one, empty or from an entry of the change log."""
    form = BeginForm()
    form.require()
    with runtime().database.transaction() as session:
        if form.entry.data:
            update_id = from_changes.create(session, slug, form.entry.data, actor=actor(), now=now())
        else:
            update_id = drafts.create(session, slug, {}, actor=actor(), now=now())
    return _to(slug, update_id)


@blueprint.post("/campaigns/<slug>/updates/question")
@needs(Permission.PEOPLE, Permission.CHANGE)
def begin_question(slug: str) -> AnyResponse:
    """Begin to ask those who signed an earlier version, or go on with what was begun.

    It takes the permission for personal data, since it is the one email to people who asked for none.
    """
    ActionForm().require()
    with runtime().database.transaction() as session:
        update_id = questions.create(session, slug, actor=actor(), now=now())
    return _to(slug, update_id)


@blueprint.get("/campaigns/<slug>/updates/<id:update_id>")
@needs(Permission.CHANGE)
def update(slug: str, update_id: int) -> str:
    """One update: its form while it is a draft, then how far it has come."""
    return _page(slug, update_id)


@blueprint.post("/campaigns/<slug>/updates/<id:update_id>")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def save_update(slug: str, update_id: int) -> AnyResponse | tuple[str, int]:
    """Store a draft; what breaks a rule comes back as it was typed."""
    with runtime().database.reading() as session:
        languages = drafts.languages(session, campaigns.by_slug(session, slug))
        is_question = drafts.found(session, slug, update_id).asks_wording is not None
    form = update_form(languages, is_question=is_question)()

    def change(session: Session) -> None:
        drafts.change(session, slug, update_id, form.details(), actor=actor(), now=now())

    if not form.carry_out(change):
        return _page(slug, update_id, refused=form), form.status
    return _to(slug, update_id, done="saved", anchor="look")


@blueprint.get("/campaigns/<slug>/updates/<id:update_id>/email/<language>")
@needs(Permission.CHANGE)
def update_email(slug: str, update_id: int, language: str) -> Response:
    """The email in one language as it arrives, alone and locked in."""
    with runtime().database.reading() as session:
        shown = drafts.found(session, slug, update_id)
        if language not in shown.texts:
            raise NotFoundError("This update has no text in that language.")
        context = runtime().mail_context
        rendered = mails.as_it_arrives(session, shown, language, name=mails.SAMPLE_NAME, context=context)
    return sandboxed(rendered.html or "")


@blueprint.post("/campaigns/<slug>/updates/<id:update_id>/test")
@needs(Permission.CHANGE)
def test_update(slug: str, update_id: int) -> AnyResponse | tuple[str, int]:
    """Send it to oneself, in one language."""
    form = UpdateActionForm()
    language = form.text("language")
    context = runtime().mail_context

    def send(session: Session) -> None:
        approval.send_test(
            session, slug, update_id, language=language, context=context, actor=actor(), now=now()
        )

    if not form.carry_out(send):
        return _page(slug, update_id), form.status
    return _to(slug, update_id, done="update-test-sent")


@blueprint.post("/campaigns/<slug>/updates/<id:update_id>/ask")
@needs(Permission.CHANGE)
def ask_update(slug: str, update_id: int) -> AnyResponse | tuple[str, int]:
    """Ask for somebody else's approval."""
    form = UpdateActionForm()

    def ask(session: Session) -> None:
        approval.ask(session, slug, update_id, edition=form.edition.data or 0, actor=actor(), now=now())

    if not form.carry_out(ask):
        return _page(slug, update_id), form.status
    return _to(slug, update_id, done="asked-to-approve")


@blueprint.post("/campaigns/<slug>/updates/<id:update_id>/approve")
@needs(Permission.CHANGE)
def approve_update(slug: str, update_id: int) -> AnyResponse | tuple[str, int]:
    """Let it be sent: by a second person, with a fresh password."""
    require_fresh(url_for("organizer.update", slug=slug, update_id=update_id))
    form = UpdateActionForm()

    def approve(session: Session) -> None:
        approval.approve(session, slug, update_id, edition=form.edition.data or 0, actor=actor(), now=now())

    if not form.carry_out(approve):
        return _page(slug, update_id), form.status
    return _to(slug, update_id, done="update-approved")


@blueprint.post("/campaigns/<slug>/updates/<id:update_id>/<any('take-back', 'pause', 'resume', 'stop'):step>")
@needs(Permission.CHANGE)
def steer_update(slug: str, update_id: int, step: str) -> AnyResponse | tuple[str, int]:
    """Take it back to change it, pause it, resume it, or stop it for good."""
    form = UpdateActionForm()

    def steer(session: Session) -> None:
        STEPS[step](session, slug, update_id, actor=actor(), now=now())

    if not form.carry_out(steer):
        return _page(slug, update_id), form.status
    return _to(slug, update_id, done=f"update-{step}")


@blueprint.post("/campaigns/<slug>/updates/<id:update_id>/delete")
@needs(Permission.CHANGE)
def delete_update(slug: str, update_id: int) -> AnyResponse | tuple[str, int]:
    """Delete a draft of which nothing was sent."""
    form = UpdateActionForm()

    def delete(session: Session) -> None:
        drafts.remove(session, slug, update_id, actor=actor(), now=now())

    if not form.carry_out(delete):
        return _page(slug, update_id), form.status
    return redirect(url_for("organizer.updates", slug=slug, done="update-deleted"), 303)


def _to(slug: str, update_id: int, *, done: str | None = None, anchor: str | None = None) -> AnyResponse:
    return redirect(
        url_for("organizer.update", slug=slug, update_id=update_id, done=done, _anchor=anchor), 303
    )


def _page(slug: str, update_id: int, *, refused: UpdateForm | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        shown = drafts.found(session, slug, update_id)
        languages = drafts.languages(session, campaign)
        officials = audience.officials(session, campaign.id)
        looked_up = {
            "plain": _as_it_arrives(session, shown),
            "may_approve": approval.who_may(session, shown, me().organizer_id),
            "number": _number(session, shown),
            "sender": publishers.current(session, default=runtime().default_publisher),
        }
    return render_template(
        "organizer/update.html",
        campaign=campaign,
        update=shown,
        is_draft=shown.state is UpdateState.DRAFT,
        is_fresh=me().is_fresh(now()),
        form=refused or stored_update(shown, languages),
        language_keys=keys(languages),
        spoken_options=[
            (one.code, one.name, {"lang": one.code, "dir": one.direction}) for one in available_languages()
        ],
        country_options=[(code, name, {}) for code, name in countries(current_language())],
        fewest=SMALLEST_NUMBER_TOLD,
        official_options=[(str(number), name, {}) for number, name in officials],
        official_names=dict(officials),
        language_names={code: name_of(code) for code in shown.texts},
        sample_name=mails.SAMPLE_NAME,
        written_in=tuple(shown.texts),
        **looked_up,
    )


def _as_it_arrives(session: Session, shown: UpdateShown) -> dict[str, Rendered]:
    context = runtime().mail_context
    return {
        code: mails.as_it_arrives(session, shown, code, name=mails.SAMPLE_NAME, context=context)
        for code in shown.texts
    }


def _number(session: Session, shown: UpdateShown) -> AudienceNumber:
    """How many it is for: those who asked for news, or those who are counted for an earlier version."""
    if shown.asks_wording is not None:
        return questions.number(session, shown.campaign_id, shown.asks_wording)
    return audience.number(session, shown.campaign_id, shown.audience)
