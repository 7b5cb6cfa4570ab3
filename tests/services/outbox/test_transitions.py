"""An email's state is only ever moved as the table of moves allows, and cancelled is final unless named."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.outbox import OUTBOX_MOVES, OutboxState, is_settled
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.feedback import events
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from campaign.services.outbox import delivery, enqueue, transitions
from campaign.services.queue import decisions
from campaign.services.queue.decisions import Decision
from campaign.services.signatures import self_service
from campaign.store.database import Database
from campaign.store.tables import OutboxEmail
from campaign.store.tables.core import outbox_email
from campaign.store.tables.encrypted import InRow
from campaign.worker import loop
from tests import make
from tests import queueing as queue
from tests.conftest import Clock
from tests.fakes import ScriptedProvider

# How signatures are taken back, and by which link.
LINKS = {self_service.withdraw: "withdraw", self_service.erase: "manage"}

LEASE_ENDS = timedelta(minutes=1)


def one_in_each_state(database: Database, now: datetime) -> None:
    queue.enqueue(database, now, len(OutboxState))
    with database.transaction() as session:
        for row, state in zip(queue.with_words(session), OutboxState, strict=True):
            subject = InRow(row.id, state.value)
            values = {"state": state, "subject": subject, "leased_by": "w.1", "lease_ends_at": now}
            session.execute(update(outbox_email).where(outbox_email.c.id == row.id).values(**values))


@pytest.mark.parametrize("to", OutboxState)
def test_an_email_moves_only_from_where_the_table_lets_it(
    database: Database, now: datetime, to: OutboxState
) -> None:
    one_in_each_state(database, now)
    allowed = {state.value for state, following in OUTBOX_MOVES.items() if to in following} - {"cancelled"}

    with database.transaction() as session:
        moved = transitions.move(session, to, outbox_email.c.to_address != "", now=now, reason="moved")

    rows = queue.stored(database, reason="moved")
    assert {row.subject for row in rows} == allowed
    assert moved == len(allowed)
    if to not in (OutboxState.LEASED, OutboxState.SENDING):
        assert all(row.lease_ends_at is None for row in rows)
        assert {row.settled_at for row in rows} <= {now if is_settled(to) else None}


def test_a_cancelled_email_waits_again_only_where_it_is_named(database: Database, now: datetime) -> None:
    one_in_each_state(database, now)
    with database.transaction() as session:
        transitions.move(
            session,
            OutboxState.QUEUED,
            outbox_email.c.to_address != "",
            start=(OutboxState.CANCELLED,),
            now=now,
        )
    (row,) = queue.stored(database, subject="cancelled")
    assert (row.state, row.settled_at) == (OutboxState.QUEUED, None)


def test_a_move_that_the_table_has_not_is_refused_before_it_is_tried(now: datetime) -> None:
    with pytest.raises(ValueError, match="delivered never becomes queued"):
        transitions.moving(OutboxState.QUEUED, start=(OutboxState.DELIVERED,))
    with pytest.raises(ValueError, match="at some time"):
        transitions.moving(OutboxState.FAILED)


@pytest.mark.parametrize(
    "state", [state for state in OutboxState if state not in (OutboxState.HELD, OutboxState.QUEUED)]
)
def test_no_email_begins_as_if_it_had_been_sent(
    database: Database, now: datetime, state: OutboxState
) -> None:
    with pytest.raises(ValueError, match="cannot begin"):
        queue.enqueue(database, now, state=state)


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("take_back", LINKS)
def test_a_cancelled_message_is_never_sent_whatever_is_decided_reported_or_corrected(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, take_back: Any
) -> None:
    page = make.campaign(runtime, now=clock())
    official = page.officials[0]
    make.sign_and_confirm(runtime, page, now=clock(), officials=(official.id,))
    (thanks,) = make.emails(runtime, kind="thanks")
    (message,) = make.emails(runtime, kind="message")
    with runtime.database.transaction() as session:
        take_back(session, make.link(thanks, LINKS[take_back]), now=clock())

    for decision in Decision:
        with runtime.database.transaction() as session, pytest.raises(ConflictError):
            decisions.decide(session, message.id, decision, actor=COMMAND_LINE, now=clock())
    with runtime.database.transaction() as session:
        for kind in EventKind:
            report = DeliveryReport(kind.value, message.public_id, kind, clock(), None)
            events.store(session, [report], now=clock())
        events.process(session, now=clock())
        moved = OfficialDetails(email="new@waters.example")
        directory.change(session, page.head.id, official.id, moved, actor=COMMAND_LINE, now=clock())
        delivery.expire_leases(session, now=clock() + LEASE_ENDS)
        enqueue.release(session, signature_id=message.signature_id, now=clock())
        for state in OutboxState:
            transitions.move(session, state, OutboxEmail.id == message.id, now=clock())
    clock.forward(hours=1)
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[1].id,))
    loop.drain(runtime, clock=clock)

    assert make.emails(runtime, kind="message")[0].state is OutboxState.CANCELLED
    assert official.name not in [email.to_name for email in provider.sent]
