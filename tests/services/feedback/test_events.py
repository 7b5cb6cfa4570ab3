from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.runtime import Runtime
from campaign.services.feedback import events
from campaign.services.outbox.enqueue import NewEmail, enqueue
from campaign.store.tables import OutboxEmail
from tests import make


@pytest.fixture
def email(runtime: Runtime, now: datetime) -> OutboxEmail:
    """One message that is in doubt."""
    new = NewEmail(
        kind=EmailKind.MESSAGE,
        state=OutboxState.QUEUED,
        due_at=now,
        to_address="minister@waters.example",
        language="en",
        subject="The dam",
        text="Please stop.",
        html="<p>Please stop.</p>",
    )
    with runtime.database.transaction() as session:
        enqueue(session, [new], now=now)
        session.execute(update(OutboxEmail).values(state=OutboxState.IN_DOUBT, attempts=1))
    return make.emails(runtime)[0]


def report(
    runtime: Runtime, public_id: str, *kinds: EventKind, now: datetime, reason: str | None = None
) -> None:
    """Reports come in, each with an id made of its kind, and the worker reads them."""
    reports = [DeliveryReport(f"{public_id}-{kind}", public_id, kind, now, reason) for kind in kinds]
    with runtime.database.transaction() as session:
        events.store(session, reports, now=now)
    with runtime.database.transaction() as session:
        while events.process(session, now=now):
            pass


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (EventKind.PROCESSED, OutboxState.ACCEPTED),
        (EventKind.DELIVERED, OutboxState.DELIVERED),
        (EventKind.BOUNCED, OutboxState.BOUNCED),
        (EventKind.DROPPED, OutboxState.FAILED),
    ],
)
def test_a_report_settles_a_mail_in_doubt(
    runtime: Runtime, email: OutboxEmail, now: datetime, kind: EventKind, state: OutboxState
) -> None:
    report(runtime, email.public_id, kind, now=now, reason="550 no such user")
    settled = make.emails(runtime)[0]
    assert settled.state is state
    failed = state in (OutboxState.BOUNCED, OutboxState.FAILED)
    assert settled.reason == ("550 no such user" if failed else None)


def test_reports_that_come_twenty_times_and_backwards_end_the_same(
    runtime: Runtime, email: OutboxEmail, now: datetime
) -> None:
    kinds = [EventKind.BOUNCED, EventKind.DELIVERED, EventKind.DEFERRED, EventKind.PROCESSED]
    for _ in range(20):
        report(runtime, email.public_id, *kinds, now=now)
    assert make.emails(runtime)[0].state is OutboxState.BOUNCED


def test_a_report_about_an_unknown_mail_changes_nothing(
    runtime: Runtime, email: OutboxEmail, now: datetime
) -> None:
    report(runtime, "0" * 32, EventKind.BOUNCED, now=now)
    assert make.emails(runtime)[0].state is OutboxState.IN_DOUBT


def test_a_link_to_confirm_is_kept_no_longer_once_a_report_says_that_it_was_sent(
    runtime: Runtime, now: datetime
) -> None:
    make.sign(runtime, make.campaign(runtime, now=now), now=now)
    (question,) = make.emails(runtime, kind="confirmation")
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.IN_DOUBT, attempts=1))
    report(runtime, question.public_id, EventKind.PROCESSED, now=now)
    (sent,) = make.emails(runtime, kind="confirmation")
    assert (sent.state, sent.text) == (OutboxState.ACCEPTED, "")


def test_a_report_outlives_the_answer_it_overtook(
    runtime: Runtime, email: OutboxEmail, now: datetime
) -> None:
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.SENDING))
    report(runtime, email.public_id, EventKind.DELIVERED, now=now + timedelta(seconds=1))
    assert make.emails(runtime)[0].state is OutboxState.DELIVERED
