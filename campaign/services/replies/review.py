"""Answers of offices as organizers see them: counted, read, and published in the organizers' own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.replies import (
    ReplyState,
    Wordless,
    clean_summary,
    is_from_elsewhere,
    why_wordless,
)
from campaign.domain.signature import SignatureState
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.compose.mail_context import MailContext
from campaign.services.replies import receiving
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.legible import legible
from campaign.store.tables import Message, Official, Reply, Signature


class ReviewDecision(StrEnum):
    """What an organizer may make of an answer."""

    PUBLISH = "publish"
    HIDE = "hide"
    ANSWER = "answer"  # it was taken for automatic, and a person wrote it: passed on after all
    AUTOMATIC = "automatic"


@dataclass(frozen=True)
class ReplyCounts:
    """How many answers one official's office gave; each is counted no further than COUNTED_UP_TO."""

    official_id: int
    official_name: str
    answers: int
    automatic: int


@dataclass(frozen=True)
class ReplyListed:
    """One answer in the list."""

    id: int
    received_at: datetime
    official_name: str
    subject: str
    state: ReplyState
    is_passed_on: bool


@dataclass(frozen=True)
class RepliesPage:
    """Some answers, newest first; `next` is the cursor of those after them."""

    replies: tuple[ReplyListed, ...]
    next: int | None


@dataclass(frozen=True)
class ReplyShown:
    """One answer in full; without a `signature_id` the supporter has erased theirs, and most is empty.

    So it is too when it `is_emptied`, since it has been kept for long enough.
    """

    id: int
    received_at: datetime
    official_name: str
    official_email: str | None
    sender_name: str
    sender_address: str
    subject: str
    written: str
    quoted: str
    attachments: Sequence[dict[str, Any]]
    is_automatic: bool
    passed_on_at: datetime | None
    state: ReplyState
    summary: str | None
    signature_id: int | None
    supporter_name: str | None
    may_be_passed_on: bool
    message_subject: str | None
    is_emptied: bool = False

    @property
    def is_from_other_domain(self) -> bool:
        """Whether its sender's domain is another than the one the message went to."""
        is_elsewhere = is_from_elsewhere(self.sender_address, self.official_email or "")
        return bool(self.signature_id) and not self.is_emptied and is_elsewhere

    @property
    def wordless(self) -> Wordless | None:
        """Why there is nothing to read in it."""
        kinds = [str(attachment["kind"]) for attachment in self.attachments]
        return why_wordless(f"{self.written}{self.quoted}", kinds)


def counts(session: Session, campaign_id: int) -> tuple[ReplyCounts, ...]:
    """For each official in the letter's order: two looks into an index, which end at COUNTED_UP_TO."""
    rows = session.execute(
        select(Official.id, Official.name, _counted(automatic=False), _counted(automatic=True))
        .where(Official.campaign_id == campaign_id)
        .order_by(Official.position)
    )
    return tuple(ReplyCounts(*row) for row in rows)


def page(
    session: Session,
    campaign_id: int,
    *,
    automatic: bool,
    before: int | None = None,
    limit: int = 50,
    actor: Actor,
    now: datetime,
) -> RepliesPage:
    """Answers, or automatic ones, from where the cursor `before` ended, entered into the audit log."""
    statement = (
        select(
            Reply.id,
            Reply.received_at,
            Official.name,
            legible(Reply.subject),
            Reply.state,
            Reply.passed_on_at,
        )
        .join(Official, Official.id == Reply.official_id)
        .where(Reply.campaign_id == campaign_id, Reply.is_automatic == automatic)
        .order_by(Reply.id.desc())
        .limit(limit + 1)
    )
    rows = session.execute(statement.where(Reply.id < before) if before is not None else statement).all()
    replies = tuple(
        ReplyListed(id_, at, name, subject, state, passed_on_at is not None)
        for id_, at, name, subject, state, passed_on_at in rows[:limit]
    )
    details = {"campaign": campaign_id, "automatic": automatic, "before": before}
    audit_log.record(session, action="reply.list", actor=actor, details=details, now=now)
    return RepliesPage(replies, replies[-1].id if len(rows) > limit else None)


def read(session: Session, campaign_id: int, reply_id: int, *, actor: Actor, now: datetime) -> ReplyShown:
    """One answer in full, entered into the audit log; NotFoundError for none and for another campaign's."""
    reply = _shown(session, campaign_id, reply_id)
    _record(session, "reply.read", campaign_id, reply_id, actor=actor, now=now)
    return reply


def decide(
    session: Session,
    campaign_id: int,
    reply_id: int,
    decision: ReviewDecision,
    *,
    summary: str,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> None:
    """Carry out an organizer's decision; RefusedError for an unfit summary, ConflictError for a late one."""
    reply = _locked(session, campaign_id, reply_id)
    was_public = reply.state is ReplyState.PUBLISHED
    if decision is ReviewDecision.PUBLISH:
        _publish(reply, summary)
    elif decision is ReviewDecision.HIDE:
        reply.state = ReplyState.HIDDEN
    elif decision is ReviewDecision.ANSWER:
        reply.is_automatic = False
        session.flush()
        receiving.end_silence(session, reply.official_id, now=now)
        receiving.pass_on(session, reply_id, context=context, now=now)
    else:
        if was_public:
            raise ConflictError("This answer is published. Hide it first.")
        reply.is_automatic = True
        session.flush()
        receiving.begin_silence(session, reply.official_id)
    session.flush()
    if was_public or reply.state is ReplyState.PUBLISHED:
        campaigns.raise_version(session, campaign_id)
    _record(session, f"reply.{decision}", campaign_id, reply_id, actor=actor, now=now)


def empty(session: Session, replies: ColumnElement[bool], *, now: datetime, **values: Any) -> None:
    """Delete what offices wrote in the answers that meet a condition; the organizers' own words stay."""
    session.execute(
        update(Reply)
        .where(replies)
        .values(
            sender_name="",
            sender_address="",
            subject="",
            written="",
            quoted="",
            attachments=[],
            emptied_at=now,
            **values,
        ),
        execution_options={"synchronize_session": False},
    )


def _locked(session: Session, campaign_id: int, reply_id: int) -> Reply:
    """The answer, which nobody changes or erases until the transaction ends.

    The supporter's signature is held first, as by whoever erases it: the other way round, two would wait for
    each other.
    """
    this = select(Reply).where(Reply.id == reply_id, Reply.campaign_id == campaign_id)
    message_id = session.scalar(this.with_only_columns(Reply.message_id))
    if message_id is not None:
        receiving.locked_message(session, message_id)
    reply = session.scalar(this.with_for_update())
    if reply is None:
        raise _not_found()
    return reply


def _publish(reply: Reply, summary: str) -> None:
    words = clean_summary(summary)
    if reply.is_automatic:
        raise ConflictError("This was taken for an automatic reply. First say that a person wrote it.")
    reply.summary = words
    reply.state = ReplyState.PUBLISHED


def _counted(*, automatic: bool) -> Any:
    counted = (
        select(Reply.id)
        .where(Reply.official_id == Official.id, Reply.is_automatic == automatic)
        .limit(COUNTED_UP_TO + 1)
        .correlate(Official)
        .subquery()
    )
    return select(func.count()).select_from(counted).scalar_subquery()


def _shown(session: Session, campaign_id: int, reply_id: int) -> ReplyShown:
    statement: Select[Reply, Official, Message, Signature] = (
        select(Reply, Official, Message, Signature)
        .join(Official, Official.id == Reply.official_id)
        .outerjoin(Message, Message.id == Reply.message_id)
        .outerjoin(Signature, Signature.id == Message.signature_id)
        .where(Reply.id == reply_id, Reply.campaign_id == campaign_id)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise _not_found()
    reply, official, message, signature = row
    return ReplyShown(
        id=reply.id,
        received_at=reply.received_at,
        official_name=official.name,
        official_email=official.email,
        sender_name=reply.sender_name,
        sender_address=reply.sender_address,
        subject=reply.subject,
        written=reply.written,
        quoted=reply.quoted,
        attachments=reply.attachments,
        is_automatic=reply.is_automatic,
        passed_on_at=reply.passed_on_at,
        state=reply.state,
        summary=reply.summary,
        signature_id=signature.id if signature else None,
        supporter_name=signature.name if signature else None,
        may_be_passed_on=(
            bool(signature) and signature.state is SignatureState.CONFIRMED and reply.emptied_at is None
        ),
        message_subject=message.subject if message else None,
        is_emptied=reply.emptied_at is not None,
    )


def _record(
    session: Session, action: str, campaign_id: int, reply_id: int, *, actor: Actor, now: datetime
) -> None:
    audit_log.record(
        session,
        action=action,
        actor=actor,
        details={"campaign": campaign_id, "reply": reply_id},
        now=now,
    )


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such answer in this campaign.")
