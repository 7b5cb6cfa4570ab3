"""A table that was uploaded or typed: kept for a day until it is entered, and what is wrong with it."""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from campaign.documents.tables.read_table import TableRead
from campaign.domain.actor import Actor
from campaign.domain.addresses import address_hash
from campaign.domain.campaign import CampaignState
from campaign.domain.imports import (
    IMPORT_MOVES,
    ImportField,
    ImportSource,
    ImportState,
    RowRead,
    check_mapping,
    read_note,
    read_row,
)
from campaign.errors import CampaignError, ConflictError, NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, quiet_mode, versions
from campaign.store.row_numbers import new_numbers
from campaign.store.tables import Campaign, SignatureImport
from campaign.store.tables.core import signature, signature_import, supporter
from campaign.store.tables.encrypted import in_row

DRAFT_KEPT_FOR = timedelta(days=1)
_HASHES_AT_ONCE = 500
# Of rows with something wrong, and of those known already, so many are shown.
MOST_SHOWN = 100


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row; the header is row 1, as spreadsheet programs count."""

    row: int
    field: ImportField
    error: CampaignError


@dataclass(frozen=True)
class TableChecked:
    """What entering a table would do: `good` rows, and by their numbers those that are not entered.

    `known` have signed, or had, by their address; `repeated` are in the table twice.
    """

    good: int
    updates: int
    named: int
    problems: tuple[RowProblem, ...]
    problem_count: int
    known: tuple[int, ...]
    repeated: tuple[int, ...]


def keep(
    session: Session,
    slug: str,
    table: TableRead,
    source: ImportSource,
    *,
    mapping: Mapping[int, ImportField],
    actor: Actor,
    now: datetime,
) -> int:
    """Keep a table for the look at it; the id. Nothing has been entered yet."""
    campaign = campaigns.campaign_row(session, slug)
    _check_takes_signatures(campaign)
    [import_id] = new_numbers(session.connection(), signature_import, 1)
    run = {
        "id": import_id,
        "campaign_id": campaign.id,
        "organizer_id": actor.organizer_id,
        "source": source,
        "state": ImportState.DRAFT,
        "note": "",
        "mapping": _stored(mapping),
        "rows": zlib.compress(json.dumps([table.header, table.rows], ensure_ascii=False).encode()),
        "begun_at": now,
        "expected": len(table.rows),
    }
    session.execute(insert(signature_import).values(in_row(signature_import, run)))
    details = {"campaign": campaign.id, "import": import_id, "source": source.value, "rows": len(table.rows)}
    audit_log.record(session, action="import.upload", actor=actor, details=details, now=now)
    return import_id


def table_of_run(run: SignatureImport) -> TableRead:
    """The table of a run that has not been entered yet."""
    if run.rows is None:
        raise NotFoundError("There is no such import.")
    header, rows = json.loads(zlib.decompress(run.rows))
    return TableRead(tuple(header), tuple(tuple(row) for row in rows))


def draft(session: Session, campaign_id: int, import_id: int, *, lock: bool = False) -> SignatureImport:
    """A table that was not entered yet; NotFoundError for any other."""
    run = session.get(SignatureImport, import_id, with_for_update=lock or None)
    if run is None or run.campaign_id != campaign_id or run.state is not ImportState.DRAFT:
        raise NotFoundError("There is no such import.")
    return run


def check(
    session: Session,
    campaign: Campaign,
    table: TableRead,
    mapping: Mapping[int, ImportField],
    *,
    asks_to_confirm: bool,
    key: bytes,
    now: datetime,
) -> TableChecked:
    """What entering a table would do; RefusedError when the columns are not enough.

    ConflictError where people are to be asked whose emails are quiet: they have no secret words to answer
    with.
    """
    if asks_to_confirm:
        quiet_mode.refuse_questions(campaign)
    check_mapping(mapping, needs_email=asks_to_confirm)
    read = read_rows(session, campaign, table, mapping, asks_to_confirm=asks_to_confirm, now=now)
    problems = [problem for problem in read if isinstance(problem, RowProblem)]
    rows = [row for row in read if isinstance(row, tuple)]
    hashes = {
        at: address_hash(key, row.email) if row.email else row.likeness(key, campaign.id) for at, row in rows
    }
    signed = known_hashes(session, campaign.id, set(hashes.values()))
    known = [at for at, given in hashes.items() if given in signed]
    repeated = _repeated(hashes)
    left = {*known, *repeated}
    good = [row for at, row in rows if at not in left]
    return TableChecked(
        good=len(good),
        updates=sum(row.updates for row in good),
        named=sum(row.visibility != "hidden" for row in good),
        problems=tuple(problems[:MOST_SHOWN]),
        problem_count=len(problems),
        known=tuple(known),
        repeated=tuple(repeated),
    )


def look(
    session: Session,
    campaign_id: int,
    import_id: int,
    mapping: Mapping[int, ImportField],
    *,
    asks_to_confirm: bool,
    key: bytes,
    actor: Actor,
    now: datetime,
) -> TableChecked:
    """The same for a table that is kept, entered into the audit log: it tells who of it has signed."""
    run = draft(session, campaign_id, import_id)
    campaign = session.get_one(Campaign, campaign_id)
    checked = check(
        session, campaign, table_of_run(run), mapping, asks_to_confirm=asks_to_confirm, key=key, now=now
    )
    details = {"campaign": campaign_id, "import": import_id, "known": len(checked.known)}
    audit_log.record(session, action="import.check", actor=actor, details=details, now=now)
    return checked


def begin(
    session: Session,
    campaign_id: int,
    import_id: int,
    mapping: Mapping[int, ImportField],
    *,
    note: str,
    asks_to_confirm: bool,
    only_good: bool,
    key: bytes,
    actor: Actor,
    now: datetime,
) -> None:
    """Have a table entered, for `entering.carry_on`; with `only_good`, without the rows that are wrong.

    ConflictError when something is wrong and all of it was wanted.
    """
    run = draft(session, campaign_id, import_id, lock=True)
    campaign = session.get_one(Campaign, campaign_id)
    _check_takes_signatures(campaign)
    run.note = read_note(note)
    table = table_of_run(run)
    checked = check(session, campaign, table, mapping, asks_to_confirm=asks_to_confirm, key=key, now=now)
    _check_is_wanted(checked, only_good=only_good)
    assert ImportState.RUNNING in IMPORT_MOVES[run.state]
    run.state = ImportState.RUNNING
    run.mapping = _stored(mapping)
    run.asks_to_confirm = asks_to_confirm
    run.begun_at = now
    details = {
        "campaign": campaign_id,
        "import": import_id,
        "source": run.source.value,
        "expected": checked.good,
        "note": run.note,
        "asks": "yes" if asks_to_confirm else "no",
    }
    audit_log.record(session, action="import.begin", actor=actor, details=details, now=now)


def discard(session: Session, campaign_id: int, import_id: int, *, actor: Actor, now: datetime) -> None:
    """Delete a table that was not entered."""
    session.delete(draft(session, campaign_id, import_id, lock=True))
    details = {"campaign": campaign_id, "import": import_id}
    audit_log.record(session, action="import.discard", actor=actor, details=details, now=now)


def read_rows(
    session: Session,
    campaign: Campaign,
    table: TableRead,
    mapping: Mapping[int, ImportField],
    *,
    asks_to_confirm: bool,
    now: datetime,
) -> list[tuple[int, RowRead] | RowProblem]:
    """Each row as it would be entered, with its number, or what is wrong with it."""
    languages = {campaign.language, *versions.published_languages(session, campaign.id)}
    read: list[tuple[int, RowRead] | RowProblem] = []
    for at, cells in enumerate(table.rows, 2):
        row = read_row(
            cells,
            mapping,
            usual_language=campaign.language,
            languages=languages,
            needs_email=asks_to_confirm,
            today=now.date(),
        )
        read.append((at, row) if isinstance(row, RowRead) else RowProblem(at, *row))
    return read


def known_hashes(session: Session, campaign_id: int, hashes: Collection[str]) -> set[str]:
    """Those of these mailboxes that have a signature here, whatever became of it."""
    left = sorted(hashes)
    known: set[str] = set()
    for start in range(0, len(left), _HASHES_AT_ONCE):
        part = left[start : start + _HASHES_AT_ONCE]
        known.update(
            session.scalars(
                select(supporter.c.address_hash)
                .join(signature, signature.c.supporter_id == supporter.c.id)
                .where(signature.c.campaign_id == campaign_id, supporter.c.address_hash.in_(part))
            )
        )
    return known


def due_drafts(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Tables that nobody entered for a day."""
    return list(session.scalars(select(signature_import.c.id).where(_is_old(now)).limit(limit)))


def delete_drafts(session: Session, ids: Sequence[Any], *, now: datetime) -> None:
    """Delete them; one that is being entered by now is left alone."""
    session.execute(delete(signature_import).where(signature_import.c.id.in_(ids), _is_old(now)))


def mapping_of(run: SignatureImport) -> dict[int, ImportField]:
    """Which column holds what."""
    return {int(at): ImportField(field) for at, field in run.mapping.items()}


def _is_old(now: datetime) -> Any:
    is_draft = signature_import.c.state == ImportState.DRAFT
    return is_draft & (signature_import.c.begun_at <= now - DRAFT_KEPT_FOR)


def _stored(mapping: Mapping[int, ImportField]) -> dict[str, str]:
    return {str(at): field.value for at, field in mapping.items()}


def _repeated(hashes: Mapping[int, str]) -> list[int]:
    """Rows whose mailbox, or without one whose name and place, stood in the table before."""
    seen: set[str] = set()
    repeated = []
    for at, given in hashes.items():
        if given in seen:
            repeated.append(at)
        seen.add(given)
    return repeated


def _check_is_wanted(checked: TableChecked, *, only_good: bool) -> None:
    if checked.problem_count and not only_good:
        raise ConflictError("Some rows are wrong. Correct the file, or enter only the good ones.")
    if not checked.good:
        raise RefusedError("There is no row that can be entered.")


def _check_takes_signatures(campaign: Campaign) -> None:
    if campaign.state is CampaignState.DRAFT:
        raise ConflictError("Open the letter first. Then you can enter signatures.")
    if campaign.purged_at is not None:
        raise ConflictError("This letter’s personal data has been deleted, so this cannot be done anymore.")
