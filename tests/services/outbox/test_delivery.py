"""The queue as workers see it, on both databases."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.outcomes import (
    Accepted,
    Deferred,
    NotBegun,
    NotSent,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unknown,
)
from campaign.services.outbox import claim as claiming
from campaign.services.outbox import delivery, heartbeat
from campaign.services.outbox.claim import Claimed, Route
from campaign.services.outbox.rate_limits import Limits
from campaign.services.queue import decisions
from campaign.services.queue.decisions import Decision
from campaign.store.database import Database
from campaign.store.tables import OutboxEmail, Worker
from tests.queueing import enqueue, states, stored

LEASE = timedelta(minutes=1)


def claim(database: Database, now: datetime, *, worker: str = "first", batch: int = 100) -> list[Claimed]:
    with database.transaction() as session:
        return list(
            claiming.claim(
                session, worker, route=Route("local"), limits=Limits(), batch=batch, lease=LEASE, now=now
            )
        )


def mark(database: Database, claimed: list[Claimed], now: datetime) -> list[Claimed]:
    with database.transaction() as session:
        return list(delivery.mark_sending(session, claimed, provider="local", lease=LEASE, now=now))


def record(database: Database, now: datetime, *outcomes: tuple[Claimed, Outcome]) -> None:
    with database.transaction() as session:
        delivery.record(session, outcomes, now=now)


def expire(database: Database, now: datetime) -> delivery.ExpiredLeases:
    with database.transaction() as session:
        return delivery.expire_leases(session, now=now)


def sending(database: Database, now: datetime) -> Claimed:
    """One email whose request is under way."""
    enqueue(database, now)
    return mark(database, claim(database, now), now)[-1]


def test_the_oldest_due_are_claimed_first_and_future_ones_not_at_all(
    database: Database, now: datetime
) -> None:
    for minutes in (3, 1, 2, -1):
        enqueue(database, now - timedelta(minutes=minutes))

    claimed = claim(database, now, batch=2)

    assert [one.id for one in claimed] == [stored(database)[0].id, stored(database)[2].id]
    assert len(claim(database, now)) == 1
    assert claim(database, now) == []


def test_a_claimed_email_is_whole(database: Database, now: datetime) -> None:
    enqueue(database, now, kind=EmailKind.THANKS, to_name="古丽娜尔", text="谢谢\n")

    (one,) = claim(database, now)

    assert one.email.public_id == stored(database)[0].public_id
    assert (one.email.kind, one.email.to_name, one.email.text) == ("thanks", "古丽娜尔", "谢谢\n")
    assert one.email.reply_to == "rana@mail.example"


def test_held_and_settled_emails_are_never_claimed(database: Database, now: datetime) -> None:
    enqueue(database, now, len(OutboxState))
    with database.transaction() as session:
        for row, state in zip(stored(database), OutboxState, strict=True):
            session.execute(update(OutboxEmail).where(OutboxEmail.id == row.id).values(state=state))

    assert len(claim(database, now)) == 1


def test_no_two_workers_get_the_same_email(database: Database, now: datetime) -> None:
    enqueue(database, now, 120)
    taken: list[int] = []

    def work(name: str) -> None:
        while claimed := claim(database, now, worker=name, batch=7):
            taken.extend(one.id for one in claimed)

    threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == [row.id for row in stored(database)]


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_does_not_wait_for_another_that_is_claiming(database: Database, now: datetime) -> None:
    enqueue(database, now, 3)

    with database.transaction() as session:
        first = claiming.claim(
            session, "first", route=Route("local"), limits=Limits(), batch=2, lease=LEASE, now=now
        )
        second = claim(database, now, worker="second")

    assert len(first) == 2
    assert len(second) == 1


def test_the_mark_is_what_a_request_needs(database: Database, now: datetime) -> None:
    one = sending(database, now)

    (row,) = stored(database)
    assert (row.state, row.attempts, row.provider) == (OutboxState.SENDING, 1, "local")
    assert row.sending_at == row.first_tried_at == now
    assert (one.attempts, one.first_tried_at) == (1, now)


def test_a_worker_that_lost_its_lease_may_not_send(database: Database, now: datetime) -> None:
    enqueue(database, now)
    slow = claim(database, now, worker="slow")
    expire(database, now + LEASE)
    quick = claim(database, now + LEASE, worker="quick")

    assert mark(database, slow, now + LEASE) == []
    assert len(mark(database, quick, now + LEASE)) == 1


def test_even_the_same_worker_cannot_use_an_old_claim(database: Database, now: datetime) -> None:
    enqueue(database, now)
    old = claim(database, now)
    expire(database, now + LEASE)
    new = claim(database, now + LEASE)

    assert mark(database, old, now + LEASE) == []
    assert [one.id for one in mark(database, new, now + LEASE)] == [old[0].id]


def test_an_accepted_email_is_settled_with_the_providers_id(database: Database, now: datetime) -> None:
    record(database, now, (sending(database, now), Accepted("id-1")))

    (row,) = stored(database)
    assert (row.state, row.provider_message_id, row.settled_at) == (OutboxState.ACCEPTED, "id-1", now)
    assert row.leased_by is None
    assert row.text


@pytest.mark.parametrize("kind", [EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED, EmailKind.THANKS])
def test_links_that_act_for_a_supporter_are_gone_once_accepted(
    database: Database, now: datetime, kind: EmailKind
) -> None:
    enqueue(database, now, 2, kind=kind)
    accepted, doubtful = mark(database, claim(database, now), now)
    record(database, now, (accepted, Accepted("id-1")), (doubtful, Unknown("no answer")))

    assert [(row.text, row.html) for row in stored(database, state=OutboxState.ACCEPTED)] == [("", "")]
    assert all(row.text and row.html for row in stored(database, state=OutboxState.IN_DOUBT))


def test_outcomes_of_one_group_go_each_their_way(database: Database, now: datetime) -> None:
    later = now + timedelta(minutes=9)
    enqueue(database, now, 5)
    ones = mark(database, claim(database, now), now)
    outcomes = (Refused("400: no"), Throttled(later, "429"), Unauthorized("401"), Unknown("lost"), NotBegun())
    record(database, now, *zip(ones, outcomes, strict=True))

    found = [(row.state.value, row.attempts, row.due_at, row.reason) for row in stored(database)]
    assert found == [
        ("failed", 1, now, "400: no"),
        ("queued", 0, later, "429"),
        ("queued", 0, now, "401"),
        ("in_doubt", 1, now, "lost"),
        ("queued", 0, now, None),
    ]


def test_an_email_that_did_not_leave_is_due_again_within_a_minute(database: Database, now: datetime) -> None:
    record(database, now, (sending(database, now), NotSent("connection refused")))

    (row,) = stored(database)
    assert (row.state, row.attempts, row.reason) == (OutboxState.QUEUED, 1, "connection refused")
    assert now <= row.due_at <= now + timedelta(minutes=1)


def test_an_email_that_never_leaves_fails_after_two_days(database: Database, now: datetime) -> None:
    enqueue(database, now)
    moment = now
    while stored(database)[0].state is OutboxState.QUEUED:
        for one in mark(database, claim(database, moment), moment):
            record(database, moment, (one, NotSent("connection refused")))
        moment += timedelta(minutes=31)

    (row,) = stored(database)
    assert row.state is OutboxState.FAILED
    assert timedelta(hours=40) < moment - now < timedelta(hours=53)
    assert row.attempts > 9


def test_what_an_organizer_tries_again_after_two_days_is_not_given_up_at_the_first_busy_answer(
    database: Database, now: datetime
) -> None:
    one = sending(database, now)
    record(database, now, (one, Refused("550: no")))
    later = now + timedelta(days=3)
    with database.transaction() as session:
        decisions.decide(session, one.id, Decision.RETRY, actor=COMMAND_LINE, now=later)
    for _ in range(3):
        (again,) = mark(database, claim(database, later), later)
        record(database, later, (again, Deferred("451: busy")))
        assert states(database) == {"queued": 1}
        later += timedelta(minutes=10)


def test_what_a_dead_worker_had_not_sent_is_queued_again_and_the_rest_is_in_doubt(
    database: Database, now: datetime
) -> None:
    enqueue(database, now, 3)
    claimed = claim(database, now)
    mark(database, claimed[:1], now)

    assert expire(database, now + LEASE - timedelta(seconds=1)) == delivery.ExpiredLeases(0, 0)
    assert expire(database, now + LEASE) == delivery.ExpiredLeases(2, 1)

    assert states(database) == {"queued": 2, "in_doubt": 1}
    (doubtful,) = stored(database, state=OutboxState.IN_DOUBT)
    assert (doubtful.sending_at, doubtful.provider, doubtful.attempts) == (now, "local", 1)
    assert "stopped" in (doubtful.reason or "")


def test_an_email_in_doubt_is_never_claimed_again(database: Database, now: datetime) -> None:
    sending(database, now)
    expire(database, now + LEASE)

    assert claim(database, now + timedelta(days=30)) == []


def test_an_answer_that_comes_after_the_lease_still_settles_its_own_email(
    database: Database, now: datetime
) -> None:
    one = sending(database, now)
    expire(database, now + LEASE)

    record(database, now + LEASE, (one, Accepted("id-1")))

    assert states(database) == {"accepted": 1}


def test_an_answer_to_a_lost_email_changes_nothing(database: Database, now: datetime) -> None:
    one = sending(database, now)
    with database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.QUEUED, leased_by=None))
    again = claim(database, now, worker="second")

    record(database, now, (one, Accepted("id-1")))

    assert states(database) == {"leased": 1}
    assert stored(database)[0].leased_by == again[0].lease


def test_recording_twice_is_recording_once(database: Database, now: datetime) -> None:
    one = sending(database, now)
    record(database, now, (one, Accepted("id-1")))
    record(database, now, (one, NotSent("refused")))

    assert states(database) == {"accepted": 1}


def test_a_worker_is_seen_alive_and_forgotten_after_a_day(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        heartbeat.record(session, "first", now=now)
        heartbeat.record(session, "second", now=now)
        heartbeat.record(session, "first", now=now + timedelta(hours=25))

    with database.reading() as session:
        (worker,) = session.scalars(select(Worker))
    assert (worker.id, worker.started_at, worker.seen_at) == ("first", now, now + timedelta(hours=25))


def test_a_look_at_the_queue_tells_whether_anything_is_due(database: Database, now: datetime) -> None:
    enqueue(database, now + timedelta(minutes=1))

    with database.reading() as session:
        assert not claiming.has_due(session, now=now)
        assert claiming.has_due(session, now=now + timedelta(minutes=1))
