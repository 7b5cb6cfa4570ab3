"""A doubt is looked up in SendGrid's log, where the account lets us read it."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from campaign.domain.activity_lookup import FoundInLog, LogBusy, LogClosed, NoAnswer, NotInLog
from campaign.domain.events import EventKind
from campaign.domain.outbox import OutboxState
from campaign.mail.providers.sendgrid_activity import SendGridActivity
from campaign.runtime import Runtime
from campaign.services.feedback import activity_lookup, events
from campaign.services.queue import lists
from campaign.services.queue.lists import EmailList
from campaign.store.database import Database
from campaign.store.tables import OutboxEmail
from campaign.worker.activity import LookupThread
from tests.conftest import Clock
from tests.queueing import enqueue, states, stored
from tests.stand_in import StandIn

ID = "a1" * 16
EVENTS = [
    {"event_name": "processed", "processed": "2026-11-23T11:58:01Z"},
    {"event_name": "bounced", "processed": "2026-11-23T11:58:20Z", "reason": "550 no rana@mail.example"},
    {"event_name": "group_resubscribe", "processed": "2026-11-23T11:59:20Z"},
]


class Log:
    """SendGrid's log by its published contract: messages by a query, then one message's events."""

    def __init__(self) -> None:
        self.status = 200
        self.messages: dict[str, dict[str, Any]] = {}

    def __call__(self, path: str) -> tuple[int, Any]:
        if self.status != 200:
            return self.status, {"errors": [{"message": "no"}]}
        parts = urlsplit(path)
        if parts.path == "/v3/messages":
            asked = parse_qs(parts.query)["query"][0]
            found = [key for key, one in self.messages.items() if f'="{one["id"]}")' in asked]
            assert asked.startswith("(unique_args['campaign_email_id']=")
            return 200, {"messages": [{"msg_id": key, "status": "processed"} for key in found]}
        one = self.messages[parts.path.removeprefix("/v3/messages/")]
        return 200, {"unique_args": json.dumps({"campaign_email_id": one["id"]}), "events": one["events"]}


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def stand_in(log: Log) -> Iterator[StandIn]:
    with StandIn() as stand_in:
        stand_in.log = log
        yield stand_in


@pytest.fixture
def activity(stand_in: StandIn) -> Iterator[SendGridActivity]:
    asking = SendGridActivity(host=stand_in.url, api_key="key-1", seconds=3)
    yield asking
    asking.close()


def test_what_the_log_knows_is_read_as_reports(activity: SendGridActivity, log: Log, clock: Clock) -> None:
    assert activity.look_up(ID, now=clock()) == NotInLog()
    log.messages["fEvq2kPb.filter-1"] = {"id": ID, "events": EVENTS}
    found = activity.look_up(ID, now=clock())
    assert isinstance(found, FoundInLog)
    assert [(one.kind, one.public_id) for one in found.reports] == [
        (EventKind.PROCESSED, ID),
        (EventKind.BOUNCED, ID),
    ]
    assert found.reports[1].reason == "550 no <address>"
    # Read again, it is the same evidence and not more.
    assert activity.look_up(ID, now=clock()) == found


@pytest.mark.parametrize(
    ("status", "finding"),
    [
        (429, LogBusy),
        (401, LogClosed),
        (403, LogClosed),
        (400, LogClosed),
        (404, LogClosed),
        (500, NoAnswer),
        (302, NoAnswer),
    ],
)
def test_an_answer_without_messages_proves_nothing(
    activity: SendGridActivity, log: Log, clock: Clock, status: int, finding: type
) -> None:
    log.status = status
    assert isinstance(activity.look_up(ID, now=clock()), finding)


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"messages": None},
        {"messages": [1]},
        {"messages": [{"msg_id": "../mail/send"}]},
        {"messages": [{"msg_id": "m-1", "status": "delivered"}]},
    ],
)
def test_what_is_not_plainly_about_our_email_is_no_evidence(
    activity: SendGridActivity, stand_in: StandIn, clock: Clock, told: Any
) -> None:
    somebody_elses = {"unique_args": '{"campaign_email_id": "b2"}', "events": EVENTS}
    stand_in.log = lambda path: (200, told if "query" in path else somebody_elses)
    assert isinstance(activity.look_up(ID, now=clock()), NoAnswer)
    assert not any("send" in path for path in stand_in.asked)


def test_a_log_out_of_reach_is_no_answer(clock: Clock) -> None:
    assert isinstance(
        SendGridActivity(host="http://127.0.0.1:9", api_key="k").look_up(ID, now=clock()), NoAnswer
    )


@pytest.fixture
def looking(activity: SendGridActivity, database: Database, clock: Clock) -> Callable[[], None]:
    """What the worker's housekeeping does, waiting for the answer."""
    looker = LookupThread(activity, database, clock)

    def look() -> None:
        looker.start_next()
        looker.close()

    return look


def doubt(database: Database, clock: Clock, **values: Any) -> list[str]:
    with database.transaction() as session:
        session.execute(
            update(OutboxEmail).values(
                **{"state": OutboxState.IN_DOUBT, "settled_at": clock(), "provider": "sendgrid", **values}
            )
        )
    return [one.public_id for one in stored(database)]


def digest(runtime: Runtime, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        events.process(session, now=clock())


def test_a_doubt_is_settled_by_the_log_once_reports_had_their_time(
    runtime: Runtime,
    database: Database,
    clock: Clock,
    log: Log,
    stand_in: StandIn,
    looking: Callable[[], None],
) -> None:
    enqueue(database, clock(), 2)
    known, unknown = doubt(database, clock)
    log.messages["m-1"] = {"id": known, "events": EVENTS}
    clock.forward(minutes=4)
    looking()
    assert stand_in.asked == []
    clock.forward(minutes=1)
    looking()
    looking()  # the log's limit is for all workers together
    assert len(stand_in.asked) == 1
    clock.forward(seconds=30)
    looking()
    digest(runtime, clock)

    assert states(database) == {"bounced": 1, "in_doubt": 1}
    with database.reading() as session:
        (one,) = lists.page(session, EmailList.IN_DOUBT).emails
    assert (one.public_id, one.lookup_note) == (unknown, "unknown")
    assert stand_in.accepted == []


def test_an_email_the_log_never_knows_is_asked_about_a_few_times_and_stays_in_doubt(
    database: Database, clock: Clock, stand_in: StandIn, looking: Callable[[], None]
) -> None:
    enqueue(database, clock())
    doubt(database, clock)
    for _ in range(60):
        clock.forward(hours=1)
        looking()
    assert len(stand_in.asked) == 5
    assert states(database) == {"in_doubt": 1}


def test_a_log_that_is_closed_or_busy_is_left_alone_for_a_while(
    database: Database, clock: Clock, log: Log, stand_in: StandIn, looking: Callable[[], None]
) -> None:
    enqueue(database, clock(), 3)
    doubt(database, clock)
    log.status = 403
    clock.forward(minutes=10)
    for _ in range(10):
        clock.forward(minutes=5)
        looking()
    assert len(stand_in.asked) == 1
    log.status = 429
    clock.forward(minutes=20)
    looking()
    looking()
    assert len(stand_in.asked) == 2


def test_what_another_provider_sent_is_not_asked_about_and_what_a_backup_brought_is(
    database: Database, clock: Clock
) -> None:
    enqueue(database, clock())
    doubt(database, clock, provider="smtp")
    later = clock() + timedelta(hours=1)
    with database.reading() as session:
        assert activity_lookup.next_doubt(session, "sendgrid", now=later) is None
    doubt(database, clock, provider=None, settled_at=None, sending_at=None)
    with database.reading() as session:
        assert activity_lookup.next_doubt(session, "sendgrid", now=later)
