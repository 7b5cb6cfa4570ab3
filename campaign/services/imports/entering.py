"""Entering a table's rows as signatures, in batches that hold nobody up, and taking all of them out again."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.daily_figures import Figure
from campaign.domain.imports import IMPORT_MOVES, UNDER_WAY, ImportState, RowRead
from campaign.domain.name_order import name_keys
from campaign.domain.signature import Capacity, SignatureState
from campaign.domain.signing import SignatureForm
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.campaigns import versions
from campaign.services.campaigns.shown_counts import count_changes
from campaign.services.imports.drafts import known_hashes, mapping_of, read_rows, table_of_run
from campaign.services.outbox.suppression_check import AddressHashes, is_suppressed
from campaign.services.signatures import kept_forms
from campaign.services.signatures.erasure import erase_entered
from campaign.services.signatures.kept_forms import NewForm
from campaign.services.statistics import recording
from campaign.services.statistics.recording import Act
from campaign.store.insert_new import InsertNew, InsertOrLock
from campaign.store.tables import Campaign, Consent, Signature, SignatureImport, Supporter
from campaign.store.tables.core import signature, signature_import
from campaign.store.tables.search_terms import NamedSignature, store_terms

# A tenth of a second or so, in which nobody else writes on SQLite.
BATCH = 200
UNDO_BATCH = 50
_SUPPORTER = InsertOrLock(
    Supporter,
    columns=("address_hash", "spelling_hash", "email", "created_at"),
    unique="address_hash",
    returning=("id",),
)
_SIGNATURE = InsertNew(
    Signature,
    columns=(
        *("name", "capacity", "organization", "country", "postal_code", "visibility", "updates"),
        *("language", "source", "letter_version_id", "campaign_id", "supporter_id", "state"),
        *("signed_at", "confirmed_at", "wall_key", "last_key", "import_id"),
    ),
    unique=("campaign_id", "supporter_id"),
)
_NUMBER = update(signature).where(signature.c.id == bindparam("b_id")).values(number=bindparam("b_number"))


def undo(session: Session, campaign_id: int, import_id: int, *, actor: Actor, now: datetime) -> None:
    """Have all of a run taken out, for `carry_on`; those who have confirmed themselves stay."""
    run = _locked(session, import_id)
    if run.campaign_id != campaign_id:
        raise NotFoundError("There is no such import.")
    if run.asks_to_confirm or ImportState.UNDOING not in IMPORT_MOVES[run.state]:
        raise ConflictError("This can no longer be undone.")
    if session.get_one(Campaign, campaign_id).purged_at is not None:
        raise ConflictError("This letter’s personal data has been deleted, so this cannot be done anymore.")
    run.state, run.rows = ImportState.UNDOING, None
    details = {"campaign": campaign_id, "import": import_id, "entered": run.entered}
    audit_log.record(session, action="import.undo", actor=actor, details=details, now=now)


def under_way(session: Session) -> int | None:
    """The id of the oldest run with something left to do; None when there is none."""
    is_under_way = or_(*(signature_import.c.state == state for state in UNDER_WAY))
    ids = select(signature_import.c.id).where(is_under_way).order_by(signature_import.c.id)
    return session.scalar(ids.limit(1))


def carry_on(session: Session, import_id: int, *, key: bytes, now: datetime) -> bool:
    """Do the next batch of a run; whether there is more."""
    run = _locked(session, import_id)
    if run.state is ImportState.RUNNING:
        return _enter_batch(session, run, key=key, now=now)
    if run.state is ImportState.UNDOING:
        return _undo_batch(session, run, now=now)
    return False


def give_up(session: Session, import_id: int, *, now: datetime) -> None:
    """End a run whose table no key opens: what it has entered stays, and the next run follows."""
    this_run = update(signature_import).where(
        signature_import.c.id == import_id, signature_import.c.state == ImportState.RUNNING
    )
    session.execute(this_run.values(state=ImportState.DONE, rows=None, done_at=now))


def _enter_batch(session: Session, run: SignatureImport, *, key: bytes, now: datetime) -> bool:
    campaign = session.get_one(Campaign, run.campaign_id)
    if run.asks_to_confirm and campaign.quiet_at is not None:
        # Those who are left were never here: they have no secret words to answer with.
        return _end(session, run, now=now)
    table = table_of_run(run)
    part = type(table)(table.header, table.rows[run.looked_at : run.looked_at + BATCH])
    read = read_rows(session, campaign, part, mapping_of(run), asks_to_confirm=run.asks_to_confirm, now=now)
    rows = [row[1] for row in read if isinstance(row, tuple)]
    enter = _ask if run.asks_to_confirm else _enter
    entered = enter(session, run, campaign, rows, key=key, now=now)
    run.looked_at += len(part.rows)
    run.entered += entered
    run.known += len(rows) - entered
    if run.looked_at < len(table.rows):
        return True
    return _end(session, run, now=now)


def _end(session: Session, run: SignatureImport, *, now: datetime) -> bool:
    run.state, run.rows, run.done_at = ImportState.DONE, None, now
    _record_end(session, "import.done", run, run.entered, now=now)
    return False


def _ask(
    session: Session,
    run: SignatureImport,
    campaign: Campaign,
    rows: Sequence[RowRead],
    *,
    key: bytes,
    now: datetime,
) -> int:
    """Keep a form for each row, as if it had been sent in: it counts once the mailbox's owner confirms it."""
    version_id = versions.original(session, campaign).id
    hashes = {row.email: AddressHashes.of(row.email or "", key=key).canonical for row in rows}
    known = known_hashes(session, campaign.id, set(hashes.values()))
    forms = {}
    for row in rows:
        if row.email and hashes[row.email] not in known:
            form = SignatureForm(
                name=row.name,
                email=row.email,
                capacity=Capacity.MYSELF,
                organization=row.organization,
                country=row.country,
                postal_code=row.postal_code,
                visibility=row.visibility,
                updates=row.updates,
                language=row.language,
                source=run.source.value,
                consent_wording=run.note if row.updates else "",
            )
            content = kept_forms.encode(form, letter_version_id=version_id)
            forms[hashes[row.email]] = NewForm(
                campaign_id=campaign.id,
                language=row.language,
                email=row.email,
                content=content,
                received_at=now,
            )
    if forms:
        kept_forms.store(session.connection(), list(forms.values()))
    return len(forms)


def _enter(
    session: Session,
    run: SignatureImport,
    campaign: Campaign,
    rows: Sequence[RowRead],
    *,
    key: bytes,
    now: datetime,
) -> int:
    version_id = versions.original(session, campaign).id
    keyed = [(row, AddressHashes.of(row.email, key=key) if row.email else None) for row in rows]
    # In one order, so that two who enter or confirm at once never wait for each other.
    keyed.sort(key=lambda pair: pair[1].canonical if pair[1] else "")
    entered: list[tuple[int, RowRead]] = []
    for row, hashes in keyed:
        is_kept_quiet = hashes is not None and is_suppressed(session.connection(), hashes)
        wants_updates = row.updates and not is_kept_quiet
        signature_id = _insert(
            session, run, row, hashes, key=key, version_id=version_id, updates=wants_updates, now=now
        )
        if signature_id is None:
            continue
        entered.append((signature_id, row))
        if wants_updates:
            session.add(
                Consent(signature_id=signature_id, wording=run.note, language=row.language, given_at=now)
            )
    session.flush()
    _record(session, run, entered, now=now)
    _count(session, campaign.id, entered)
    return len(entered)


def _record(
    session: Session, run: SignatureImport, entered: Sequence[tuple[int, RowRead]], *, now: datetime
) -> None:
    """Let them be found on the desk, and be in the day's figures."""
    named = [
        NamedSignature(run.campaign_id, id_, row.name, row.organization, row.postal_code)
        for id_, row in entered
    ]
    store_terms(session.connection(), named)
    acts = [
        Act(
            what=Figure.CONFIRMED,
            at=now,
            campaign_id=run.campaign_id,
            language=row.language,
            country=row.country,
            source=run.source.value,
        )
        for _, row in entered
    ]
    recording.add(session.connection(), acts)


def _insert(
    session: Session,
    run: SignatureImport,
    row: RowRead,
    hashes: AddressHashes | None,
    *,
    key: bytes,
    version_id: int,
    updates: bool,
    now: datetime,
) -> int | None:
    """The new signature's id; None where the mailbox has one already, be it withdrawn or removed."""
    owner = {
        "address_hash": hashes.canonical if hashes else row.likeness(key, run.campaign_id),
        "spelling_hash": hashes.spelling if hashes else None,
        "email": row.email,
        "created_at": now,
    }
    (supporter_id,) = _SUPPORTER.run(session.connection(), owner)
    given = ("name", "organization", "country", "postal_code", "visibility", "language")
    keys = name_keys(row.name, row.visibility)
    return _SIGNATURE.run(
        session.connection(),
        {
            **{name: getattr(row, name) for name in given},
            "capacity": Capacity.MYSELF,
            "updates": updates,
            "source": run.source.value,
            "letter_version_id": version_id,
            "campaign_id": run.campaign_id,
            "supporter_id": supporter_id,
            "state": SignatureState.CONFIRMED,
            "signed_at": datetime.combine(row.signed_on, time(), UTC) if row.signed_on else now,
            "confirmed_at": now,
            "wall_key": keys.wall,
            "last_key": keys.last,
            "import_id": run.id,
        },
    )


def _count(session: Session, campaign_id: int, entered: Sequence[tuple[int, RowRead]]) -> None:
    """Give each a number; last in the transaction, since everybody who confirms waits for this row."""
    if not entered:
        return
    visibilities = [row.visibility for _, row in entered]
    counted = session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id)
        .values(**count_changes(visibilities, 1, entered=visibilities))
        .returning(Campaign.signature_count),
        execution_options={"synchronize_session": False},
    ).scalar_one()
    first = counted - len(entered) + 1
    numbers = [{"b_id": id_, "b_number": number} for number, (id_, _) in enumerate(entered, first)]
    session.connection().execute(_NUMBER, numbers)


def _undo_batch(session: Session, run: SignatureImport, *, now: datetime) -> bool:
    of_run = select(signature.c.id).where(signature.c.import_id == run.id).order_by(signature.c.id)
    ids = session.scalars(of_run.limit(UNDO_BATCH)).all()
    held = _held(session, run, ids)
    standing = [one for one in held if one.state is SignatureState.CONFIRMED]
    counted = [one.visibility for one in standing]
    recording.add(session.connection(), [_taken_back(run, one) for one in standing])
    for one in held:
        erase_entered(session, one, now=now)
    # Last, as whoever confirms does.
    if counted:
        session.execute(
            update(Campaign)
            .where(Campaign.id == run.campaign_id)
            .values(**count_changes(counted, -1, entered=counted)),
            execution_options={"synchronize_session": False},
        )
    run.undone += len(held)
    if len(ids) == UNDO_BATCH:
        return True
    run.state, run.undone_at = ImportState.UNDONE, now
    _record_end(session, "import.undone", run, run.undone, now=now)
    return False


def _taken_back(run: SignatureImport, one: Signature) -> Act:
    """What was counted on the day that it was entered: nobody had signed."""
    return Act(
        what=Figure.CONFIRMED,
        at=one.confirmed_at or run.begun_at,
        campaign_id=run.campaign_id,
        number=-1,
        language=one.language,
        country=one.country,
        source=run.source.value,
    )


def _held(session: Session, run: SignatureImport, ids: Sequence[int]) -> Sequence[Signature]:
    """Those of them that are the run's still, held after their mailboxes, as whoever confirms holds them."""
    mailboxes = select(Signature.supporter_id).where(Signature.id.in_(ids))
    in_order = select(Supporter.id).where(Supporter.id.in_(mailboxes)).order_by(Supporter.address_hash)
    session.execute(in_order.with_for_update()).all()
    return session.scalars(
        select(Signature)
        .where(Signature.id.in_(ids), Signature.import_id == run.id)
        .order_by(Signature.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _record_end(session: Session, action: str, run: SignatureImport, number: int, *, now: datetime) -> None:
    details = {"campaign": run.campaign_id, "import": run.id, "number": number}
    audit_log.record(session, action=action, actor=Actor(None, Via.WORKER), details=details, now=now)


def _locked(session: Session, import_id: int) -> SignatureImport:
    run = session.get(SignatureImport, import_id, with_for_update=True)
    if run is None:
        raise NotFoundError("There is no such import.")
    return run
