"""Emails written in, released, cancelled and counted."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import insert

from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.outbox import claim as claiming
from campaign.services.outbox import delivery
from campaign.services.outbox import enqueue as outbox
from campaign.services.outbox.claim import Route
from campaign.services.outbox.rate_limits import Limits
from campaign.store.database import Database
from campaign.store.tables import LetterVersion, Message, OutboxEmail, Signature, Supporter
from campaign.store.tables.base import table_of
from tests.bound_rows import insert_rows
from tests.queueing import campaign_with_officials, enqueue, new_email, stored

LATER = timedelta(hours=3)


@dataclass(frozen=True)
class Signed:
    id: int
    officials: list[int]


@pytest.fixture
def signature(database: Database, now: datetime) -> int:
    return sign(database, now, "dam").id


def sign(database: Database, now: datetime, slug: str) -> Signed:
    """A signature under a campaign of its own."""
    campaign, officials = campaign_with_officials(database, now, slug=slug)
    with database.transaction() as session:
        supporter = session.execute(
            insert(Supporter).values(address_hash=slug, created_at=now).returning(Supporter.id)
        ).scalar_one()
        letter = session.execute(
            insert(LetterVersion)
            .values(
                **{"campaign_id": campaign, "language": "en", "number": 1, "created_at": now},
                **{name: [] for name in ("addressees", "introduction", "conclusion", "warnings")},
            )
            .returning(LetterVersion.id)
        ).scalar_one()
        row = {
            **{"campaign_id": campaign, "supporter_id": supporter, "letter_version_id": letter},
            **{"state": "pending", "name": "Rana Idris", "capacity": "myself", "visibility": "public"},
            **{"updates": False, "language": "en", "signed_at": now},
        }
        [signature] = insert_rows(session, table_of(Signature), [row])
    return Signed(signature, officials)


def test_each_email_gets_an_id_that_says_nothing(database: Database, now: datetime) -> None:
    enqueue(database, now, 3)

    ids = {row.public_id for row in stored(database)}
    assert len(ids) == 3
    assert {len(each) for each in ids} == {32}


def test_an_email_cannot_begin_in_the_middle(database: Database, now: datetime) -> None:
    with database.transaction() as session, pytest.raises(ValueError, match="accepted"):
        outbox.enqueue(session, [new_email(now, state=OutboxState.ACCEPTED)], now=now)


def test_emails_exist_only_if_the_rest_of_the_transaction_does(database: Database, now: datetime) -> None:
    def fail_halfway() -> None:
        with database.transaction() as session:
            outbox.enqueue(session, [new_email(now)], now=now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()

    assert stored(database) == []


def test_one_message_is_one_email(database: Database, now: datetime) -> None:
    signed = sign(database, now, "dam")
    with database.transaction() as session:
        row = {
            **{"signature_id": signed.id, "official_id": signed.officials[0], "subject": "The dam"},
            **{"channel": Channel.EMAIL, "words": "", "stressed_asks": [], "created_at": now},
        }
        [message] = insert_rows(session, table_of(Message), [row])
    enqueue(database, now, message_id=message)

    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        enqueue(database, now, message_id=message)


def test_a_confirmation_lets_only_its_own_signatures_emails_go(
    database: Database, now: datetime, signature: int
) -> None:
    other = sign(database, now, "other").id
    enqueue(database, now, 2, state=OutboxState.HELD, signature_id=signature)
    enqueue(database, now, state=OutboxState.HELD, signature_id=other)

    with database.transaction() as session:
        assert outbox.release(session, signature_id=signature, now=now + LATER) == 2
        assert outbox.release(session, signature_id=signature, now=now + LATER) == 0

    assert [row.due_at for row in stored(database, state=OutboxState.QUEUED)] == [now + LATER] * 2
    assert [row.signature_id for row in stored(database, state=OutboxState.HELD)] == [other]


def test_a_withdrawal_cancels_what_has_not_begun_to_leave(
    database: Database, now: datetime, signature: int
) -> None:
    minute = timedelta(minutes=1)
    enqueue(database, now, 2, signature_id=signature)
    with database.transaction() as session:
        first, _ = claim(session, now)
        leaving = delivery.mark_sending(session, [first], provider="local", lease=minute, now=now)
    enqueue(database, now, state=OutboxState.HELD, signature_id=signature)

    with database.transaction() as session:
        assert outbox.cancel(session, OutboxEmail.signature_id == signature, now=now) == 2

    assert [row.id for row in stored(database, state=OutboxState.SENDING)] == [one.id for one in leaving]


def test_an_email_cancelled_after_its_claim_is_not_sent(
    database: Database, now: datetime, signature: int
) -> None:
    minute = timedelta(minutes=1)
    enqueue(database, now, 2, signature_id=signature)
    enqueue(database, now)
    with database.transaction() as session:
        claimed = claim(session, now)
    with database.transaction() as session:
        outbox.cancel(session, OutboxEmail.signature_id == signature, now=now)

    with database.transaction() as session:
        marked = delivery.mark_sending(session, claimed, provider="local", lease=minute, now=now)

    assert [one.id for one in marked] == [stored(database)[2].id]


def test_the_status_counts_by_kind_and_state_and_names_the_oldest_due(
    database: Database, now: datetime
) -> None:
    enqueue(database, now, 2)
    enqueue(database, now - LATER, kind=EmailKind.CONFIRMATION)
    enqueue(database, now - 2 * LATER, state=OutboxState.HELD)

    with database.reading() as session:
        status = outbox.status(session)

    assert status.counts == {"message": {"queued": 2, "held": 1}, "confirmation": {"queued": 1}}
    assert status.oldest_due_at == now - LATER


def test_an_empty_outbox_has_no_oldest(database: Database) -> None:
    with database.reading() as session:
        assert outbox.status(session) == outbox.OutboxStatus({}, None)


def claim(session: object, now: datetime) -> tuple[claiming.Claimed, ...]:
    return claiming.claim(
        session,  # type: ignore[arg-type]
        "worker",
        route=Route("local"),
        limits=Limits(),
        batch=10,
        lease=timedelta(minutes=1),
        now=now,
    )
