"""`campaign outbox`: the queue for who has no desk at hand."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import update

from campaign.domain.data_keys import data_keys
from campaign.domain.digest import DigestMode
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.audit import audit_log
from campaign.services.outbox.unreadable import CANNOT_BE_READ
from campaign.settings import load_settings
from campaign.store.database import Database
from campaign.store.tables import Official, OutboxEmail
from tests.queueing import campaign_with_officials, enqueue, states, stored
from tests.unreadable import find_again, lose

Run = Callable[..., Result]


@pytest.fixture
def database(migrated: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{migrated}", data_keys=data_keys(load_settings().secret_key))
    yield opened
    opened.close()


def doubt(database: Database, number: int) -> list[int]:
    enqueue(database, datetime.now(UTC), number, kind=EmailKind.CONFIRMATION, to_address="rana@mail.example")
    with database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.IN_DOUBT, reason="503", attempts=1))
    return [one.id for one in stored(database)]


def test_the_status_is_the_same_for_programs_and_tells_people_what_needs_them(
    campaign: Run, database: Database
) -> None:
    assert "Nothing is due." in campaign("outbox", "status").output
    enqueue(database, datetime.now(UTC) - timedelta(minutes=3), kind=EmailKind.THANKS)
    doubt(database, 1)
    enqueue(database, datetime.now(UTC) - timedelta(minutes=3), kind=EmailKind.THANKS)
    told = campaign("outbox", "status").output
    assert "Email is due and no worker is running" in told
    assert "Emails are in doubt: see campaign outbox doubts." in told
    read = json.loads(campaign("outbox", "status", "--json").output)
    assert read.keys() == {"counts", "oldest_due_at", "waiting", "forms"}
    assert read["forms"] == {"waiting": 0}
    assert read["counts"]["confirmation"] == {"in_doubt": 1}


def test_the_status_says_what_emails_wait_for(campaign: Run, database: Database) -> None:
    past = datetime.now(UTC) - timedelta(minutes=3)
    _, (one, other) = campaign_with_officials(database, past)
    with database.transaction() as session:
        by_digest = {"digest_mode": DigestMode.DAILY}
        session.execute(update(Official).where(Official.id == one).values(by_digest))
        session.execute(update(Official).where(Official.id == other).values(paused_at=past))
    enqueue(database, past, 2, official_id=one)
    enqueue(database, past, official_id=other)
    told = campaign("outbox", "status").output
    assert "Waiting for the next digest to their official: 2." in told
    assert "Paused, by campaign or official: 1." in told
    assert "Nothing is due." in told
    enqueue(database, past, kind=EmailKind.THANKS)
    assert f"The oldest that could go is due since {past.isoformat()}." in campaign("outbox", "status").output


def test_doubts_are_listed_with_what_is_known_and_settled_one_by_one(
    campaign: Run, database: Database
) -> None:
    assert campaign("outbox", "doubts").output == "No email is in doubt.\n"
    first, second = doubt(database, 2)
    listed = campaign("outbox", "doubts").output.splitlines()
    assert [line.split("\t")[0] for line in listed] == [str(second), str(first)]
    assert "r…@mail.example" in listed[0]
    assert listed[0].endswith("503")

    assert campaign("outbox", "settle", str(first), "sent").output == "It counts as sent.\n"
    assert campaign("outbox", "settle", str(second), "again").exit_code == 0
    assert states(database) == {"accepted": 1, "queued": 1}
    with database.reading() as session:
        entries = audit_log.entries(session)
    assert [(one.organizer, one.action, one.details["by"]) for one in entries] == [
        (None, "email.send-again", "command line"),
        (None, "email.treat-as-sent", "command line"),
    ]


def test_what_cannot_be_settled_is_told_in_a_sentence(campaign: Run, database: Database) -> None:
    assert campaign("outbox", "settle", "nobody", "sent").exit_code == 2
    assert campaign("outbox", "settle", "1", "perhaps").exit_code == 2
    unknown = campaign("outbox", "settle", "77", "sent")
    assert (unknown.exit_code, "There is no such email." in unknown.stderr) == (1, True)


def test_what_failed_is_tried_again_and_what_no_key_opens_is_left_and_told(
    campaign: Run, database: Database
) -> None:
    enqueue(database, datetime.now(UTC), 3)
    with database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.FAILED, reason=CANNOT_BE_READ))
    first = min(one.id for one in stored(database))
    lose(database, "outbox_body", "text", f"email_id < {first + 2}")
    refused = campaign("outbox", "retry", str(first))
    assert (refused.exit_code, "can’t be read with the keys" in refused.stderr) == (1, True)
    assert "campaign outbox retry tries them again" in campaign("outbox", "status").output
    assert campaign("outbox", "retry").output.splitlines() == [
        "Failed emails that are in the queue again: 1.",
        "Failed emails that no key here opens, left as they are: 2.",
    ]
    find_again(database, "outbox_body", "text")
    assert campaign("outbox", "retry", str(first)).output == "It is in the queue again.\n"
    assert states(database) == {"failed": 1, "queued": 2}
