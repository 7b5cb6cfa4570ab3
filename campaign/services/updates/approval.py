"""Before an update is sent: a test to oneself, the asking for a second person, and their word."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.approval import TIME_TO_THINK, Approvable
from campaign.domain.outbox import OutboxState
from campaign.domain.updates import (
    Audience,
    UpdateState,
    UpdateText,
    check_is_for_enough,
)
from campaign.errors import ConflictError, ForbiddenError, RefusedError
from campaign.services.accounts import second_person, trial_limit
from campaign.services.accounts.second_person import WhoMayApprove
from campaign.services.compose.mail_context import MailContext
from campaign.services.outbox.enqueue import NewEmail, enqueue
from campaign.services.updates import audience as audiences
from campaign.services.updates import batch, questions
from campaign.services.updates.drafts import UpdateShown, check_in_question, locked, move, record, texts_of
from campaign.services.updates.mails import UpdateWriter
from campaign.store.tables import Campaign, CampaignUpdate, Organizer, Signature
from campaign.store.tables.signatures import IS_AGREED


def who_may(session: Session, update: UpdateShown | CampaignUpdate, organizer_id: int) -> WhoMayApprove:
    """Whether this organizer is a second person: neither wrote the words last, nor asked for approval."""
    return second_person.who_may(
        session, Approvable.UPDATE, organizer_id, update.campaign_id, begun_by=_begun_by(update)
    )


def send_test(
    session: Session,
    slug: str,
    update_id: int,
    *,
    language: str,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> None:
    """Send an update in one language to the organizer's own address, and to nobody else."""
    row = locked(session, slug, update_id)
    texts = texts_of(row)
    if language not in texts or not _is_whole(row, texts[language]):
        raise RefusedError("Write a subject and a text first, and save them.")
    email = session.scalar(select(Organizer.email).where(Organizer.id == actor.organizer_id))
    if email is None or actor.organizer_id is None:
        raise ForbiddenError("Only an organizer with a login can get a test.")
    trial_limit.count(session, actor.organizer_id, now=now)
    campaign = session.get_one(Campaign, row.campaign_id)
    only = {language: texts[language]}
    writer = UpdateWriter(session, campaign, only, asks_wording=row.asks_wording, context=context)
    rendered = writer.write(language, name=email.partition("@")[0], links=writer.no_links())
    test = NewEmail(
        kind=writer.kind,
        state=OutboxState.QUEUED,
        due_at=now,
        campaign_id=row.campaign_id,
        to_address=email,
        from_name=writer.publisher.name or None,
        language=language,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
    )
    enqueue(session, [test], now=now)
    record(session, "update.test", row, actor=actor, now=now)


def ask(session: Session, slug: str, update_id: int, *, edition: int, actor: Actor, now: datetime) -> None:
    """Ask for a second person; RefusedError while a text is missing, ConflictError for words that changed."""
    row = locked(session, slug, update_id)
    _check_edition(row, edition)
    campaign = session.get_one(Campaign, row.campaign_id)
    texts = texts_of(row)
    if campaign.language not in texts:
        raise RefusedError("Write it in the letter’s own language first: everyone else gets that text.")
    if not all(_is_whole(row, text) for text in texts.values()):
        raise RefusedError("Each language needs both a subject and a text, or neither.")
    if row.asks_wording is not None:
        questions.check_current(session, row)
        check_in_question(texts)
    audience = Audience.from_json(row.audience)
    check_is_for_enough(audiences.number(session, campaign.id, audience))
    if campaign.purged_at:
        raise ConflictError("The personal data of this campaign has been deleted: nobody can be written to.")
    move(row, UpdateState.ASKED, now=now)
    row.asked_by, row.asked_at = actor.organizer_id, now
    session.flush()
    record(session, "update.ask", row, actor=actor, now=now)


def approve(
    session: Session, slug: str, update_id: int, *, edition: int, actor: Actor, now: datetime
) -> None:
    """Let an update be sent, exactly as it was looked at.

    ForbiddenError for whoever wrote it or asked, unless there is nobody else: then it waits TIME_TO_THINK.
    """
    row = locked(session, slug, update_id)
    _check_edition(row, edition)
    is_alone = second_person.require(
        session, Approvable.UPDATE, actor, row.campaign_id, begun_by=_begun_by(row)
    )
    if row.asks_wording is not None:
        questions.check_current(session, row)
    move(row, UpdateState.PREPARING, now=now)
    row.approved_by, row.approved_at = actor.organizer_id, now
    row.starts_at = now + TIME_TO_THINK if is_alone else now
    row.gathered_id = 0
    row.last_signature_id = _last_signature(session, row)
    session.flush()
    action = "update.approve-alone" if is_alone else "update.approve"
    record(session, action, row, actor=actor, now=now)


def take_back(session: Session, slug: str, update_id: int, *, actor: Actor, now: datetime) -> int:
    """Make a draft of it again, to change it: its list ends, and what has not left is called back.

    Who has got it is remembered, and gets it no second time. Says how many emails were called back.
    """
    row = locked(session, slug, update_id)
    move(row, UpdateState.DRAFT, now=now)
    called_back = batch.call_back(session, row, keeps_list=False, now=now)
    row.asked_by = row.asked_at = row.approved_by = row.approved_at = row.starts_at = None
    session.flush()
    record(session, "update.take-back", row, actor=actor, now=now, emails=called_back)
    return called_back


def _last_signature(session: Session, row: CampaignUpdate) -> int:
    """The last that can be on the list."""
    last = select(func.max(Signature.id)).where(Signature.campaign_id == row.campaign_id)
    return session.scalar(last if row.asks_wording is not None else last.where(IS_AGREED)) or 0


def _begun_by(update: UpdateShown | CampaignUpdate) -> tuple[int | None, ...]:
    return update.written_by, update.asked_by


def _is_whole(row: CampaignUpdate, text: UpdateText) -> bool:
    """Whether nothing is missing of a text; the subject of a question is always the same."""
    return bool(text.body and (text.subject or row.asks_wording is not None))


def _check_edition(row: CampaignUpdate, edition: int) -> None:
    if row.edition != edition:
        raise ConflictError("This update has changed in the meantime. Look at it again.")
