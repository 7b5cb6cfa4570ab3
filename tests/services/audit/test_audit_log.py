"""The audit log: what is in it stays as it was written."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.domain.audit_chain import ChainKeys, chain_keys, entry_hash
from campaign.errors import ConflictError
from campaign.services.audit import audit_log
from campaign.store.database import Database, Session
from campaign.store.tables import AuditEntry


def write(database: Database, now: datetime, *, count: int = 3) -> None:
    for number in range(count):
        with database.transaction() as session:
            audit_log.record(
                session, action="test.done", actor=COMMAND_LINE, details={"number": number}, now=now
            )


def test_entries_as_they_were_written_make_a_whole_chain(database: Database, now: datetime) -> None:
    write(database, now)
    with database.reading() as session:
        assert audit_log.verify(session).entries == 3
        assert [entry.details["number"] for entry in audit_log.entries(session)] == [2, 1, 0]


@pytest.mark.parametrize(
    "changes", [{"details": {"number": 9}}, {"action": "test.undone"}, {"entry_hash": "0" * 64}]
)
def test_a_changed_entry_is_named(database: Database, now: datetime, changes: dict[str, object]) -> None:
    write(database, now)
    with database.transaction() as session:
        first = audit_log.entries(session)[-1].id
        session.execute(update(AuditEntry).where(AuditEntry.id == first).values(**changes))
    with database.reading() as session, pytest.raises(ConflictError, match=f"Entry {first} "):
        audit_log.verify(session)


def test_an_entry_taken_out_is_missed(database: Database, now: datetime) -> None:
    write(database, now)
    with database.transaction() as session:
        last, second, _ = (entry.id for entry in audit_log.entries(session))
        session.execute(delete(AuditEntry).where(AuditEntry.id == second))
    with database.reading() as session, pytest.raises(ConflictError, match=f"Entry {last} "):
        audit_log.verify(session)


def test_many_who_write_at_once_make_one_chain(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: write(database, now, count=5), range(8)))
    with database.reading() as session:
        assert audit_log.verify(session).entries == 40


def test_an_address_never_gets_into_the_log(database: Database, now: datetime) -> None:
    with database.transaction() as session, pytest.raises(ValueError, match="looks like an address"):
        audit_log.record(
            session, action="x", actor=COMMAND_LINE, details={"who": "rana@mail.example"}, now=now
        )


def test_an_entry_of_an_earlier_version_still_fits_and_is_gone_on_from(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        session.add(
            AuditEntry(
                at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
                organizer_id=None,
                action="email.send-again",
                details={"email": 7, "by": "command line"},
                entry_hash="dd1f3497a5acd06a406635c3dc5f0948f9aaeb6448a09de188850e1146c78517",
            )
        )
    write(database, now, count=1)
    with database.reading() as session:
        assert audit_log.verify(session).entries == 2


@pytest.mark.parametrize(
    ("via", "by"), [(Via.DESK, None), (Via.COMMAND_LINE, "command line"), (Via.WORKER, "worker")]
)
def test_what_was_not_done_on_the_desk_says_so(
    database: Database, now: datetime, via: Via, by: str | None
) -> None:
    with database.transaction() as session:
        audit_log.record(session, action="test.done", actor=Actor(None, via), details={"number": 1}, now=now)
        [entry] = audit_log.entries(session)
    assert entry.details.get("by") == by


OLD_KEY, KEY, OTHER_KEY = "o" * 40, "k" * 40, "x" * 40


def opened_with(database: Database, keys: ChainKeys) -> Database:
    return Database(database.url, chain_keys=keys)


def rewrite(session: Session, *, key: bytes | None, key_id: str | None, without: int = 0) -> None:
    """Write the whole log anew, without one entry, as somebody would who has the database."""
    session.execute(delete(AuditEntry).where(AuditEntry.id == without))
    previous = ""
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        entry.key_id = key_id
        entry.entry_hash = previous = entry_hash(
            previous,
            at=entry.at,
            organizer_id=entry.organizer_id,
            action=entry.action,
            details=entry.details,
            key=key,
        )
    session.flush()


def test_who_has_the_database_and_not_the_key_cannot_write_the_log_anew(
    database: Database, now: datetime
) -> None:
    write(database, now)
    with database.transaction() as session:
        second = audit_log.entries(session)[1]
        own_id = session.scalars(select(AuditEntry.key_id)).first()
        rewrite(session, key=None, key_id=None, without=second.id)
        with pytest.raises(ConflictError, match="not sealed"):
            audit_log.verify(session)
        rewrite(session, key=b"a guess", key_id=own_id)
        with pytest.raises(ConflictError, match="not as it was written"):
            audit_log.verify(session)
        rewrite(session, key=b"a guess", key_id="0" * 16)
        with pytest.raises(ConflictError, match="not in the settings"):
            audit_log.verify(session)


def test_no_entry_without_a_key_follows_one_that_has_it(database: Database, now: datetime) -> None:
    write(database, now, count=1)
    with database.transaction() as session:
        previous = session.scalars(select(AuditEntry.entry_hash)).one()
        facts = {"at": now, "organizer_id": None, "action": "test.forged", "details": {}}
        session.add(AuditEntry(**facts, entry_hash=entry_hash(previous, **facts, key=None)))
        session.flush()
        with pytest.raises(ConflictError, match="not as it was written"):
            audit_log.verify(session)


def test_a_log_stays_whole_when_the_secret_key_is_changed(database: Database, now: datetime) -> None:
    for keys in (chain_keys(OLD_KEY), chain_keys(KEY, (OLD_KEY,)), chain_keys(KEY, (OLD_KEY,))):
        opened = opened_with(database, keys)
        write(opened, now, count=2)
        opened.close()
    for keys, is_whole in (
        (chain_keys(KEY, (OLD_KEY,)), True),
        (chain_keys(OTHER_KEY, (KEY, OLD_KEY)), True),
        (chain_keys(KEY), False),
        (chain_keys(OTHER_KEY), False),
    ):
        opened = opened_with(database, keys)
        with opened.reading() as session:
            if is_whole:
                assert audit_log.verify(session).keyed == 6
            else:
                with pytest.raises(ConflictError, match="not in the settings"):
                    audit_log.verify(session)
        opened.close()


def test_entries_cut_off_at_the_end_are_missed_by_a_hash_kept_elsewhere(
    database: Database, now: datetime
) -> None:
    write(database, now)
    with database.transaction() as session:
        noted = audit_log.verify(session).head
        assert audit_log.verify(session, earlier_head=noted).entries == 3
        session.execute(delete(AuditEntry).where(AuditEntry.entry_hash == noted))
        assert audit_log.verify(session).entries == 2
        with pytest.raises(ConflictError, match="No entry of the audit log has this hash"):
            audit_log.verify(session, earlier_head=noted)


def test_an_upgrade_seals_a_log_that_was_begun_without_keys(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        audit_log.record_upgrade(session, schema="0020", actor=COMMAND_LINE, now=now)
        assert audit_log.verify(session) == audit_log.ChainState(0, 0, "")
    write(database, now)
    with database.transaction() as session:
        rewrite(session, key=None, key_id=None)
        audit_log.record_upgrade(session, schema="0020", actor=COMMAND_LINE, now=now)
        chain = audit_log.verify(session)
        assert (chain.entries, chain.keyed) == (4, 1)


def test_what_strangers_cause_again_and_again_is_one_entry_an_hour(database: Database, now: datetime) -> None:
    def cause(subject: str, at: datetime) -> None:
        with database.transaction() as session:
            audit_log.record_once(
                session, subject=subject, action="test.tried", actor=COMMAND_LINE, details={}, now=at
            )

    for minutes in range(60):
        cause("one", now + timedelta(minutes=minutes))
    cause("another", now)
    cause("one", now + timedelta(minutes=61))
    with database.reading() as session:
        assert audit_log.verify(session).entries == 3
