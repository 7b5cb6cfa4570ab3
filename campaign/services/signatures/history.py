"""What has happened to one signature, from the form on: for whoever is asked about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from campaign.domain.actor import Actor
from campaign.domain.events import EventKind
from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind
from campaign.errors import NotFoundError
from campaign.services.audit import audit_log
from campaign.store.tables import (
    Affirmation,
    AuditEntry,
    Consent,
    DeliveryEvent,
    DigestedMessage,
    Message,
    Official,
    Organizer,
    OutboxEmail,
    Removal,
    Reply,
    Signature,
    SignatureChange,
)

# More of it tells no story; of a signature there are seldom more than thirty.
MOST_EVENTS = 200
# Organizers choose first signatories by hand, so that there are never many.
MOST_FIRST = 500
_TOLD_REPORTS = (EventKind.BOUNCED, EventKind.DROPPED, EventKind.BLOCKED, EventKind.COMPLAINED)


@dataclass(frozen=True)
class Happened:
    """One thing that happened; `what` names the sentence that tells it, `values` stand in its places.

    `change_id` is of a correction that can be undone.
    """

    at: datetime
    what: str
    values: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    reason: str | None = None
    change_id: int | None = None


@dataclass(frozen=True)
class Written:
    """What one supporter wrote to one official; empty once it was deleted in time."""

    official_name: str
    subject: str
    words: str
    own_words: int | None


def of_signature(session: Session, signature_id: int) -> tuple[Happened, ...]:
    """All that is known, the first first."""
    signature = session.get(Signature, signature_id)
    if signature is None:
        return ()
    events = [
        Happened(signature.signed_at, "signed", {"language": signature.language}),
        *_emails(session, signature_id),
        *_own(session, signature),
        *_changes(session, signature_id),
        *_among_the_first(session, signature),
        *_by_hand(session, signature_id),
        *_replies(session, signature_id),
    ]
    return tuple(sorted(events, key=lambda event: event.at)[:MOST_EVENTS])


def read_words(
    session: Session, campaign_id: int, signature_id: int, *, actor: Actor, now: datetime
) -> tuple[Written, ...]:
    """What a supporter wrote, entered into the audit log; NotFoundError for another campaign's."""
    signature = session.get(Signature, signature_id)
    if signature is None or signature.campaign_id != campaign_id:
        raise NotFoundError("There is no such supporter in this campaign.")
    rows = session.execute(
        select(Official.name, Message.subject, Message.words, Message.own_words)
        .join(Official, Official.id == Message.official_id)
        .where(Message.signature_id == signature_id)
        .order_by(Official.position)
    )
    written = tuple(Written(*row) for row in rows)
    details = {"campaign": campaign_id, "signature": signature_id}
    audit_log.record(session, action="supporter.read", actor=actor, details=details, now=now)
    return written


def _own(session: Session, signature: Signature) -> Iterator[Happened]:
    if signature.confirmed_at:
        yield Happened(signature.confirmed_at, "confirmed")
    if signature.withdrawn_at:
        yield Happened(signature.withdrawn_at, "withdrawn")
    if signature.anonymized_at:
        yield Happened(signature.anonymized_at, "anonymized")
    for given_at in session.scalars(select(Consent.given_at).where(Consent.signature_id == signature.id)):
        yield Happened(given_at, "consent")
    answers = select(Affirmation).where(Affirmation.signature_id == signature.id)
    for said in session.scalars(answers.order_by(Affirmation.wording)):
        yield Happened(said.answered_at, f"version_{said.answer}", {"version": str(said.wording)})
    removal = session.get(Removal, signature.id)
    if removal:
        yield Happened(removal.removed_at, "removed", reason=removal.reason or None)


def _changes(session: Session, signature_id: int) -> Iterator[Happened]:
    rows = session.execute(
        select(SignatureChange, Organizer.email)
        .outerjoin(Organizer, Organizer.id == SignatureChange.organizer_id)
        .where(SignatureChange.signature_id == signature_id)
        .order_by(SignatureChange.id)
        .limit(MOST_EVENTS)
    ).all()
    for change, organizer in rows:
        if change.before is None:
            yield Happened(change.changed_at, "changed", fields=tuple(change.fields))
            continue
        # What somebody changed since would be lost with it.
        is_last = change is rows[-1][0] and change.undone_at is None and "visibility" not in change.before
        yield Happened(
            change.changed_at,
            "corrected",
            {"who": organizer or ""},
            fields=tuple(change.fields),
            reason=change.reason,
            change_id=change.id if is_last else None,
        )
        if change.undone_at:
            yield Happened(change.undone_at, "correction_undone")


def _among_the_first(session: Session, signature: Signature) -> Iterator[Happened]:
    """When organizers showed somebody among the first signatories, and took them off: the audit log knows."""
    entries = select(AuditEntry.at, AuditEntry.action, AuditEntry.details, Organizer.email).outerjoin(
        Organizer, Organizer.id == AuditEntry.organizer_id
    )
    of_campaign = entries.where(
        AuditEntry.action.in_(("signature.first", "signature.first_undone")),
        AuditEntry.campaign_id == signature.campaign_id,
    )
    for row in session.execute(of_campaign.order_by(AuditEntry.id.desc()).limit(MOST_FIRST)):
        if row.details.get("signature") == signature.id:
            what = "first" if row.action == "signature.first" else "first_undone"
            yield Happened(row.at, what, {"who": row.email or ""})


def _emails(session: Session, signature_id: int) -> Iterator[Happened]:
    """What was written to whom, what became of it, and what was reported about it later."""
    digest = aliased(OutboxEmail)
    rows = session.execute(
        select(
            OutboxEmail.public_id,
            OutboxEmail.kind,
            OutboxEmail.created_at,
            func.coalesce(digest.state, OutboxEmail.state).label("state"),
            func.coalesce(OutboxEmail.settled_at, digest.settled_at).label("settled_at"),
            Official.name,
        )
        .outerjoin(Official, Official.id == OutboxEmail.official_id)
        .outerjoin(DigestedMessage, DigestedMessage.email_id == OutboxEmail.id)
        .outerjoin(digest, digest.id == DigestedMessage.digest_id)
        .where(OutboxEmail.signature_id == signature_id)
        .order_by(OutboxEmail.id)
        .limit(MOST_EVENTS)
    ).all()
    for row in rows:
        to_official = row.kind is EmailKind.MESSAGE
        values = {"official": row.name or "", "kind": row.kind.value}
        about = "message" if to_official else "email"
        yield Happened(row.created_at, f"{about}_written", values)
        yield Happened(row.settled_at or row.created_at, f"{about}_{row.state}", values)
    of_email = {row.public_id: row for row in rows}
    reports = select(DeliveryEvent.public_id, DeliveryEvent.kind, DeliveryEvent.occurred_at).where(
        DeliveryEvent.public_id.in_(of_email), DeliveryEvent.kind.in_(_TOLD_REPORTS)
    )
    for public_id, kind, at in session.execute(reports.order_by(DeliveryEvent.id).limit(MOST_EVENTS)):
        email = of_email[public_id]
        whose = "office" if email.kind is EmailKind.MESSAGE else "own"
        yield Happened(at, f"{whose}_{kind.value}", {"official": email.name or ""})


def _by_hand(session: Session, signature_id: int) -> Iterator[Happened]:
    rows = session.execute(
        select(Message.created_at, Message.channel, Official.name)
        .join(Official, Official.id == Message.official_id)
        .where(Message.signature_id == signature_id, Message.channel != Channel.EMAIL)
    )
    for at, channel, official in rows:
        yield Happened(at, f"written_{channel.value}", {"official": official})


def _replies(session: Session, signature_id: int) -> Iterator[Happened]:
    rows = session.execute(
        select(Reply.received_at, Official.name)
        .join(Message, Message.id == Reply.message_id)
        .join(Official, Official.id == Message.official_id)
        .where(Message.signature_id == signature_id, Reply.is_automatic.is_(False))
    )
    for at, official in rows:
        yield Happened(at, "answered", {"official": official})
