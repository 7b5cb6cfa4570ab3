"""What the database and the local outbox hold, at the end, of forms that were acknowledged."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select

from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import FormState
from campaign.runtime import build_runtime
from campaign.settings import load_settings
from campaign.store.database import Session
from campaign.store.tables.core import campaign, message, outbox_email, signature, signing_form, supporter

MESSAGES = 3
_UNDER_WAY = (OutboxState.QUEUED, OutboxState.LEASED, OutboxState.SENDING)


@dataclass(frozen=True)
class Kept:
    """How many of each kind of fault there are, and what is in doubt: neither lost nor doubled."""

    lost: int
    waiting_in_doubt: int
    not_confirmed: int
    miscounted: int
    messages_missing: int
    messages_twice: int
    without_one_thanks: int
    emails_in_doubt: int
    emails_not_accepted: int
    files_missing: int


def number_under_way(environment: dict[str, str]) -> int:
    """How many forms and emails still wait for a worker."""
    runtime = build_runtime(load_settings(environment))
    try:
        with runtime.database.reading() as session:
            states = (FormState.RECEIVED, FormState.WAITING, FormState.CONFIRMED)
            forms = _count(session, signing_form.c.state.in_(states))
            return forms + _count(session, outbox_email.c.state.in_(_UNDER_WAY))
    finally:
        runtime.close()


def look(environment: dict[str, str], outbox: Path, acknowledged: Set[str]) -> Kept:
    """Compare what is there with the addresses whose forms were answered with 303."""
    runtime = build_runtime(load_settings(environment))
    try:
        with runtime.database.reading() as session:
            return _look(session, outbox, acknowledged)
    finally:
        runtime.close()


def _look(session: Session, outbox: Path, acknowledged: Set[str]) -> Kept:
    signatures = session.execute(
        select(signature.c.id, signature.c.state, signature.c.campaign_id, supporter.c.email).join(
            supporter, supporter.c.id == signature.c.supporter_id
        )
    ).all()
    waiting = set(session.scalars(select(signing_form.c.email).where(signing_form.c.content.is_not(None))))
    of_drill = [row for row in signatures if not (row.email or "").startswith("signer")]
    confirmed = {row.email for row in of_drill if row.state is SignatureState.CONFIRMED}
    emails = session.execute(
        select(*(outbox_email.c[name] for name in _OF_EMAILS)).order_by(outbox_email.c.id)
    ).all()
    doubtful = {
        row.to_address
        for row in emails
        if row.kind is EmailKind.CONFIRMATION and row.state is OutboxState.IN_DOUBT
    }
    open_ = acknowledged - confirmed
    missing, twice, without_thanks = _messages(session, [row.id for row in of_drill], emails)
    files = {file.stem for file in outbox.glob("*.eml")}
    accepted = [row for row in emails if row.state in (OutboxState.ACCEPTED, OutboxState.DELIVERED)]
    in_doubt = [row for row in emails if row.state is OutboxState.IN_DOUBT]
    return Kept(
        lost=len(open_ - waiting),
        waiting_in_doubt=len(open_ & waiting & doubtful),
        not_confirmed=len((open_ & waiting) - doubtful),
        miscounted=_miscounted(session, signatures, Counter(row.email for row in of_drill)),
        messages_missing=missing,
        messages_twice=twice,
        without_one_thanks=without_thanks,
        emails_in_doubt=len(in_doubt),
        emails_not_accepted=len(emails) - len(accepted) - len(in_doubt),
        files_missing=sum(row.public_id not in files for row in accepted),
    )


_OF_EMAILS = ("public_id", "kind", "state", "to_address", "signature_id", "message_id")
_Rows = Sequence[Row[*tuple[Any, ...]]]


def _miscounted(session: Session, signatures: _Rows, of_address: Counter[str]) -> int:
    """Addresses with two signatures, and how far the campaign's own count is from its signatures."""
    counted = session.execute(select(campaign.c.signature_count)).scalar_one()
    there = sum(row.state is SignatureState.CONFIRMED for row in signatures)
    return sum(number - 1 for number in of_address.values()) + abs(counted - there)


def _messages(session: Session, signature_ids: Iterable[int], emails: _Rows) -> tuple[int, int, int]:
    """Messages that are missing or twice, with their emails; signatures without exactly one thanks."""
    rows = session.execute(select(message.c.id, message.c.signature_id, message.c.channel)).all()
    written = Counter(row.signature_id for row in rows)
    sent = Counter(row.message_id for row in emails if row.message_id is not None)
    thanks = Counter(row.signature_id for row in emails if row.kind is EmailKind.THANKS)
    by_email = [sent[row.id] for row in rows if row.channel is Channel.EMAIL]
    ids = list(signature_ids)
    missing = sum(max(0, MESSAGES - written[id_]) for id_ in ids) + sum(number == 0 for number in by_email)
    twice = sum(max(0, written[id_] - MESSAGES) for id_ in ids) + sum(number > 1 for number in by_email)
    return missing, twice, sum(thanks[id_] != 1 for id_ in ids)


def _count(session: Session, condition: Any) -> int:
    return session.execute(select(func.count()).where(condition)).scalar_one()
