"""Addresses of supporters that are not written to: by reports, by their own word, or by an organizer's.

Officials are never among them: `services.officials.pauses` pauses them where organizers see it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, literal, select, union_all, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.addresses import clean_address, masked_address, spelling_hash
from campaign.domain.events import SuppressionSource
from campaign.domain.suppressions import (
    OPT_OUT_REASONS,
    AddressReport,
    Suppressed,
    SuppressionReason,
    clean_note,
    stopped_kinds,
    with_report,
)
from campaign.errors import NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.outbox.enqueue import cancel, delete_bodies
from campaign.services.outbox.suppression_check import AddressHashes, concerns, reason_not_sent
from campaign.services.outbox.unreadable import has_not_left
from campaign.store.legible import legible
from campaign.store.row_numbers import new_numbers
from campaign.store.statements import inserting
from campaign.store.tables import Official
from campaign.store.tables.core import outbox_email, signature, supporter, suppression
from campaign.store.tables.encrypted import in_row

# As a list shows it, in which one broken row keeps nobody from the others.
_COLUMNS = tuple(legible(column) if column.name in ("masked", "note") else column for column in suppression.c)
_SOURCES = {Via.DESK: SuppressionSource.DESK, Via.COMMAND_LINE: SuppressionSource.COMMAND}


@dataclass(frozen=True)
class SuppressionShown:
    """One suppression as organizers see it; `masked` is empty when its supporter was erased."""

    id: int
    masked: str
    reason: SuppressionReason
    source: SuppressionSource
    note: str | None
    reports: int
    first_at: datetime
    last_at: datetime
    lifted_at: datetime | None


@dataclass(frozen=True)
class SuppressionsPage:
    """Some suppressions in force, the newest first; `next` is the cursor of those after them."""

    suppressions: tuple[SuppressionShown, ...]
    next: int | None


def apply(session: Session, findings: Iterable[tuple[str, str, AddressReport]], *, now: datetime) -> None:
    """Take in what reports say about the addresses of supporters: the hash, the address, the report."""
    # In one order, so that no two transactions wait for each other.
    for hashed, address, finding in sorted(findings, key=lambda found: found[0]):
        if _record(session, hashed, address, finding).is_active:
            _cancel_waiting(session, hashed, finding, now=now)


def unsubscribe(session: Session, supporter_id: int, *, source: SuppressionSource, now: datetime) -> None:
    """A supporter wants no more news, about any letter; doing it twice changes nothing."""
    columns = (supporter.c.spelling_hash, supporter.c.address_hash, legible(supporter.c.email))
    person = session.execute(select(*columns).where(supporter.c.id == supporter_id)).one()
    hashed = person.spelling_hash or person.address_hash
    finding = AddressReport(SuppressionReason.UNSUBSCRIBED, source, now)
    if not _is_active(session, hashed, finding.reason):
        _record(session, hashed, person.email, finding)
    _cancel_waiting(session, hashed, finding, now=now)


def resubscribe(session: Session, supporter_id: int, *, now: datetime) -> None:
    """The mailbox's owner asks for news again: what they ended themselves begins again."""
    session.execute(
        update(suppression)
        .where(
            _concerns_supporter(session, supporter_id),
            suppression.c.reason == SuppressionReason.UNSUBSCRIBED,
            suppression.c.lifted_at.is_(None),
        )
        .values(lifted_at=now)
    )


def add(
    session: Session,
    address: str,
    *,
    key: bytes,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> str:
    """Write to an address no more, by an organizer's word; gives it back masked.

    RefusedError when it is no address, and for an official's. Adding one twice changes nothing but its note.
    """
    good = clean_address(address)
    if session.execute(select(Official.id).where(Official.email == good).limit(1)).first():
        raise RefusedError("This is the address of an official. Pause the official instead.")
    words = clean_note(note)
    hashed = spelling_hash(key, good)
    finding = AddressReport(SuppressionReason.ORGANIZER, _SOURCES[actor.via], now, words or None)
    entry = _record(session, hashed, good, finding)
    _cancel_waiting(session, hashed, finding, now=now)
    details = {"suppression": entry.id, "reason": finding.reason.value}
    audit_log.record(session, action="suppression.add", actor=actor, details=details, now=now)
    return masked_address(good)


def lift(session: Session, suppression_id: int, *, actor: Actor, now: datetime) -> None:
    """Write to an address again: what was not sent meanwhile stays unsent. Lifting twice changes nothing."""
    row = session.execute(
        select(*_COLUMNS).where(suppression.c.id == suppression_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such suppression.")
    if row.lifted_at is not None:
        return
    session.execute(update(suppression).where(suppression.c.id == suppression_id).values(lifted_at=now))
    details = {"suppression": suppression_id, "reason": row.reason.value}
    audit_log.record(session, action="suppression.lift", actor=actor, details=details, now=now)


def of_address(session: Session, address: str, *, key: bytes) -> tuple[SuppressionShown, ...]:
    """What is in force against an address in this spelling; RefusedError when it is none."""
    hashes = AddressHashes.of(clean_address(address), key=key)
    of_address = concerns(literal(hashes.spelling), literal(hashes.canonical))
    statement = (
        select(suppression)
        .where(of_address, suppression.c.lifted_at.is_(None))
        .order_by(suppression.c.id.desc())
    )
    return tuple(_shown(row) for row in session.execute(statement))


def of_signature(session: Session, signature_id: int) -> tuple[SuppressionShown, ...]:
    """What is in force against the address of the supporter behind a signature."""
    supporter_id = session.scalar(select(signature.c.supporter_id).where(signature.c.id == signature_id))
    if supporter_id is None:
        return ()
    statement = (
        select(*_COLUMNS)
        .where(_concerns_supporter(session, supporter_id), suppression.c.lifted_at.is_(None))
        .order_by(suppression.c.id.desc())
    )
    return tuple(_shown(row) for row in session.execute(statement))


def search(
    session: Session, address: str, *, key: bytes, actor: Actor, now: datetime
) -> tuple[SuppressionShown, ...]:
    """The same as `of_address`, entered into the audit log."""
    in_force = of_address(session, address, key=key)
    details = {"suppressions": [suppression.id for suppression in in_force]}
    audit_log.record(session, action="suppression.search", actor=actor, details=details, now=now)
    return in_force


def page(
    session: Session, *, before: int | None = None, limit: int = 50, actor: Actor, now: datetime
) -> SuppressionsPage:
    """A page from where the cursor `before` ended, entered into the audit log.

    It reads a range of one index, however long the list.
    """
    statement = select(*_COLUMNS).where(suppression.c.lifted_at.is_(None))
    if before is not None:
        statement = statement.where(suppression.c.id < before)
    rows = session.execute(statement.order_by(suppression.c.id.desc()).limit(limit + 1)).all()
    suppressions = tuple(_shown(row) for row in rows[:limit])
    audit_log.record(session, action="suppression.list", actor=actor, details={"before": before}, now=now)
    return SuppressionsPage(suppressions, suppressions[-1].id if len(rows) > limit else None)


def forget(session: Session, supporter_id: int) -> None:
    """Keep of the address of a supporter who erases themselves only the hash: they still want no mail."""
    forget_all(session, [supporter_id])


def forget_all(session: Session, supporter_ids: Sequence[int]) -> None:
    """The same for several supporters."""
    rows = session.execute(
        select(supporter.c.spelling_hash, supporter.c.address_hash).where(supporter.c.id.in_(supporter_ids))
    ).all()
    spelled = [row.spelling_hash or row.address_hash for row in rows]
    of_all = suppression.c.any_spelling & suppression.c.address_hash.in_([row.address_hash for row in rows])
    session.execute(
        update(suppression).where(suppression.c.address_hash.in_(spelled) | of_all).values(masked="")
    )


def _concerns_supporter(session: Session, supporter_id: int) -> ColumnElement[bool]:
    hashes = session.execute(
        select(supporter.c.spelling_hash, supporter.c.address_hash).where(supporter.c.id == supporter_id)
    ).one()
    return concerns(literal(hashes.spelling_hash or hashes.address_hash), literal(hashes.address_hash))


@dataclass(frozen=True)
class _Entry:
    id: int
    is_active: bool


def _record(session: Session, hashed: str, address: str | None, finding: AddressReport) -> _Entry:
    """Write a finding down beside what is known of the address."""
    masked = masked_address(address) if address else ""
    [number] = new_numbers(session.connection(), suppression, 1)
    first = {
        "id": number,
        "address_hash": hashed,
        "reason": finding.reason,
        "source": finding.source,
        "masked": masked,
        "note": finding.note,
        "reports": 1,
        "first_at": finding.at,
        "last_at": finding.at,
    }
    is_same = (suppression.c.address_hash == hashed) & (suppression.c.reason == finding.reason)
    insert = inserting(session, suppression).values(in_row(suppression, first))
    insert = insert.on_conflict_do_nothing(index_elements=["address_hash", "reason"])
    new_id = session.scalar(insert.returning(suppression.c.id))
    if new_id is not None:
        return _Entry(new_id, is_active=True)
    row = session.execute(select(*_COLUMNS).where(is_same).with_for_update()).one()
    before = Suppressed(row.source, row.note, row.reports, row.first_at, row.last_at, row.lifted_at)
    after = with_report(before, finding)
    values = {**vars(after), "id": row.id, "masked": masked or row.masked}
    change = update(suppression).where(suppression.c.id == row.id)
    session.execute(change.values(in_row(suppression, values)))
    return _Entry(row.id, is_active=after.lifted_at is None)


def _is_active(session: Session, hashed: str, reason: SuppressionReason) -> bool:
    active = select(suppression.c.id).where(
        suppression.c.address_hash == hashed,
        suppression.c.reason == reason,
        suppression.c.lifted_at.is_(None),
    )
    return session.execute(active).first() is not None


def _cancel_waiting(session: Session, hashed: str, finding: AddressReport, *, now: datetime) -> None:
    """Cancel the emails that wait for an address, and end its owner's consent where they have had enough."""
    if finding.reason in OPT_OUT_REASONS:
        # Who signed and asked for news after they complained has thought better of it.
        session.execute(
            update(signature)
            .where(
                signature.c.supporter_id.in_(_supporters_spelled(hashed)),
                signature.c.updates,
                signature.c.signed_at <= finding.at,
            )
            .values(updates=False)
        )
    stopped = (outbox_email.c.to_hash == hashed) & outbox_email.c.kind.in_(stopped_kinds(finding.reason))
    delete_bodies(session, stopped & has_not_left())
    cancel(session, stopped, now=now, reason=reason_not_sent(finding.reason))


def _supporters_spelled(hashed: str) -> CompoundSelect[int]:
    """The supporter with this address; those from before the spelling was kept are known by their mailbox."""
    is_old = supporter.c.spelling_hash.is_(None)
    return union_all(
        select(supporter.c.id).where(supporter.c.spelling_hash == hashed),
        select(supporter.c.id).where(supporter.c.address_hash == hashed, is_old),
    )


def _shown(row: Row[*tuple[Any, ...]]) -> SuppressionShown:
    return SuppressionShown(
        id=row.id,
        masked=row.masked,
        reason=row.reason,
        source=row.source,
        note=row.note,
        reports=row.reports,
        first_at=row.first_at,
        last_at=row.last_at,
        lifted_at=row.lifted_at,
    )
