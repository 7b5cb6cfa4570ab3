"""Who signed a letter before its page opened, as a list that is saved at once."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.letter import Signatory
from campaign.domain.letter_details import check_signatory, read_signatory_kind, read_signatory_line
from campaign.domain.official_details import read_position
from campaign.errors import ConflictError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, changes, first_signers
from campaign.store.tables import Campaign, InitialSignatory
from campaign.store.tables.core import initial_signatory

MOST = 50_000


@dataclass(frozen=True)
class SignatoryListed:
    """One of them with their place, from 1.

    Who `has_signed` on the page says there what is shown of them: here they can be moved and removed.
    """

    id: int
    position: int
    signatory: Signatory
    has_signed: bool = False


@dataclass(frozen=True, kw_only=True)
class SignatoryRow:
    """One row as it was filled in; without an `id` it is somebody new."""

    id: int | None
    kind: str = ""
    name: str = ""
    title: str = ""
    organization: str = ""
    for_identification: bool = False
    position: str = ""
    is_removed: bool = False


def listed(session: Session, campaign_id: int) -> tuple[SignatoryListed, ...]:
    """All of them in their order."""
    rows = session.scalars(
        select(InitialSignatory)
        .where(InitialSignatory.campaign_id == campaign_id)
        .order_by(InitialSignatory.position)
    )
    return tuple(
        SignatoryListed(
            row.id,
            place,
            Signatory(row.kind, row.name, row.title, row.organization, row.for_identification),
            has_signed=row.signature_id is not None,
        )
        for place, row in enumerate(rows, start=1)
    )


def fingerprint(signatories: Sequence[SignatoryListed]) -> str:
    """What the list holds, in short: another one means that somebody has changed it."""
    rows = [[one.id, *asdict(one.signatory).values()] for one in signatories]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]


def read_signatory(row: SignatoryRow) -> Signatory:
    """What a row says; RefusedError names the rule it breaks."""
    signatory = Signatory(
        kind=read_signatory_kind(row.kind),
        name=read_signatory_line(row.name),
        title=read_signatory_line(row.title),
        organization=read_signatory_line(row.organization),
        for_identification=row.for_identification,
    )
    check_signatory(signatory)
    return signatory


def save(
    session: Session,
    slug: str,
    rows: Sequence[SignatoryRow],
    *,
    seen: str,
    withhold: bool = False,
    actor: Actor,
    now: datetime,
) -> bool:
    """Store the rows among those that are not in them; whether the public log still has a name that is gone.

    `seen` is the list's fingerprint when it was filled in; ConflictError when somebody changed it since.
    With `withhold` such words of the log are deleted.
    """
    session.execute(select(Campaign.id).where(Campaign.slug == slug).with_for_update(key_share=True))
    campaign = campaigns.campaign_row(session, slug)
    before = listed(session, campaign.id)
    if seen != fingerprint(before):
        raise ConflictError(
            "Somebody changed this list while you were working on it. What you typed is still here. Compare"
            " it with the list in another window. If you save again, it replaces what is stored."
        )
    ordered = _ordered(before, rows)
    if len(ordered) > MOST:
        raise RefusedError("A letter can have at most %(most)d first signatories.", most=MOST)
    if [(id_, one) for id_, one in ordered] != [(one.id, one.signatory) for one in before]:
        _store(session, campaign, ordered, actor=actor, now=now)
    gone = _names(one.signatory for one in before) - _names(one for _, one in ordered)
    named = changes.entries_with(session, campaign.id, gone) if gone else ()
    if withhold:
        for entry in named:
            changes.withhold_words(session, slug, entry, actor=actor, now=now)
        return False
    return bool(named)


def _ordered(
    before: Sequence[SignatoryListed], rows: Sequence[SignatoryRow]
) -> list[tuple[int | None, Signatory]]:
    """Everybody in their new order: who is in no row stays at their place."""
    by_id = {row.id: row for row in rows if row.id is not None}
    placed: list[tuple[float, int, int | None, Signatory]] = []
    for one in before:
        row = by_id.get(one.id)
        if row is None:
            placed.append((one.position, 1, one.id, one.signatory))
        elif not row.is_removed:
            place = read_position(row.position) or one.position
            # Who is moved comes before whoever is there when moved up, and behind when moved down.
            nudge = (place > one.position) - (place < one.position)
            said = one.signatory if one.has_signed else read_signatory(row)
            placed.append((place, 1 + nudge, one.id, said))
    placed += [
        (read_position(row.position) or float("inf"), 0, None, read_signatory(row))
        for row in rows
        if row.id is None and not row.is_removed
    ]
    placed.sort(key=lambda entry: entry[:2])
    return [(id_, signatory) for _, _, id_, signatory in placed]


def _store(
    session: Session,
    campaign: Campaign,
    ordered: Sequence[tuple[int | None, Signatory]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    of_campaign = initial_signatory.c.campaign_id == campaign.id
    kept = [id_ for id_, _ in ordered if id_ is not None]
    stored = set(session.scalars(select(initial_signatory.c.id).where(of_campaign)))
    for id_ in stored.difference(kept):
        session.execute(delete(initial_signatory).where(initial_signatory.c.id == id_))
    # Two never have one place, not even while they change places.
    session.execute(update(initial_signatory).where(of_campaign).values(position=-initial_signatory.c.id))
    for place, (id_, signatory) in enumerate(ordered, start=1):
        values = {"campaign_id": campaign.id, "position": place, **asdict(signatory)}
        if id_ is None:
            session.add(InitialSignatory(**values))
        else:
            session.execute(update(initial_signatory).where(initial_signatory.c.id == id_).values(values))
    session.flush()
    session.expire_all()
    first_signers.recount(session, campaign.id)
    details = {"campaign": campaign.id, "signatories": len(ordered)}
    audit_log.record(session, action="letter.signatories", actor=actor, details=details, now=now)


def _names(signatories: Iterable[Signatory]) -> set[str]:
    return {name for one in signatories for name in (one.name, one.organization) if name}
