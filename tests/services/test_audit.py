"""The audit log: what is in it stays as it was written."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.errors import ConflictError
from campaign.services import audit
from campaign.store.database import Database
from campaign.store.tables import AuditEntry


def write(database: Database, now: datetime, *, count: int = 3) -> None:
    for number in range(count):
        with database.transaction() as session:
            audit.record(session, action="test.done", actor=COMMAND_LINE, details={"number": number}, now=now)


def test_entries_as_they_were_written_make_a_whole_chain(database: Database, now: datetime) -> None:
    write(database, now)
    with database.reading() as session:
        assert audit.verify(session) == 3
        assert [entry.details["number"] for entry in audit.entries(session)] == [2, 1, 0]


@pytest.mark.parametrize(
    "changes", [{"details": {"number": 9}}, {"action": "test.undone"}, {"entry_hash": "0" * 64}]
)
def test_a_changed_entry_is_named(database: Database, now: datetime, changes: dict[str, object]) -> None:
    write(database, now)
    with database.transaction() as session:
        first = audit.entries(session)[-1].id
        session.execute(update(AuditEntry).where(AuditEntry.id == first).values(**changes))
    with database.reading() as session, pytest.raises(ConflictError, match=f"Entry {first} "):
        audit.verify(session)


def test_an_entry_taken_out_is_missed(database: Database, now: datetime) -> None:
    write(database, now)
    with database.transaction() as session:
        last, second, _ = (entry.id for entry in audit.entries(session))
        session.execute(delete(AuditEntry).where(AuditEntry.id == second))
    with database.reading() as session, pytest.raises(ConflictError, match=f"Entry {last} "):
        audit.verify(session)


def test_many_who_write_at_once_make_one_chain(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: write(database, now, count=5), range(8)))
    with database.reading() as session:
        assert audit.verify(session) == 40


def test_an_address_never_gets_into_the_log(database: Database, now: datetime) -> None:
    with database.transaction() as session, pytest.raises(ValueError, match="looks like an address"):
        audit.record(session, action="x", actor=COMMAND_LINE, details={"who": "rana@mail.example"}, now=now)


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
        assert audit.verify(session) == 2


@pytest.mark.parametrize(
    ("via", "by"), [(Via.DESK, None), (Via.COMMAND_LINE, "command line"), (Via.WORKER, "worker")]
)
def test_what_was_not_done_on_the_desk_says_so(
    database: Database, now: datetime, via: Via, by: str | None
) -> None:
    with database.transaction() as session:
        audit.record(session, action="test.done", actor=Actor(None, via), details={"number": 1}, now=now)
        [entry] = audit.entries(session)
    assert entry.details.get("by") == by
