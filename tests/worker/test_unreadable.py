"""What no key opens, however much of it there is: everything else is sent, asked and answered meanwhile."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.suppressions import SuppressionReason
from campaign.runtime import Runtime
from campaign.services.feedback import events, suppressions
from campaign.services.outbox import claim
from campaign.services.outbox.claim import Route
from campaign.services.outbox.rate_limits import Limits
from campaign.services.outbox.unreadable import CANNOT_BE_READ
from campaign.services.signatures import settling
from campaign.store.data_cipher import DataCipher, UnreadableError
from campaign.worker import loop
from campaign.worker.unreadable import Apart
from tests import make, queueing
from tests.conftest import Clock

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime]) -> Runtime:
    return make_runtime()


def damage(runtime: Runtime, table: str, column: str, where: str = "1 = 1") -> None:
    with runtime.database.transaction() as session:
        session.execute(text(f"UPDATE {table} SET {column} = substr({column}, 1, 60) WHERE {where}"))


def test_many_emails_that_no_key_opens_hold_up_none_of_those_behind_them(
    runtime: Runtime, clock: Clock
) -> None:
    queueing.enqueue(runtime.database, clock(), 90)
    for column, of in (("subject", 0), ("to_name", 1)):
        damage(runtime, "outbox_email", column, f"id % 3 = {of} AND id < (SELECT max(id) FROM outbox_email)")
    damage(
        runtime, "outbox_body", "text", "email_id % 3 = 2 AND email_id < (SELECT max(id) FROM outbox_email)"
    )
    assert loop.drain(runtime, clock=clock) == 1
    with runtime.database.reading() as session:
        rows = session.execute(text("SELECT state, reason FROM outbox_email"))
        found = Counter((row.state, row.reason) for row in rows)
    assert found == {("accepted", None): 1, ("failed", CANNOT_BE_READ): 89}


def test_a_broken_email_costs_the_look_at_its_batch_and_not_at_the_whole_queue(
    runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Counter[str]()
    for name in ("open", "open_bytes"):
        really = getattr(DataCipher, name)

        def counted(*args: object, really: Callable[..., object] = really) -> object:
            opened["values"] += 1
            return really(*args)

        monkeypatch.setattr(DataCipher, name, counted)

    def values_opened() -> int:
        damage(runtime, "outbox_email", "subject", "id = (SELECT min(id) FROM outbox_email)")
        opened.clear()
        with runtime.database.transaction() as session:
            how = {"route": Route("local"), "limits": Limits(), "batch": 4, "lease": timedelta(minutes=1)}
            assert len(claim.claim(session, "one", **how, now=clock())) == 3
            session.rollback()
        return opened["values"]

    queueing.enqueue(runtime.database, clock(), 8)
    with_eight = values_opened()
    queueing.enqueue(runtime.database, clock(), 60)
    assert values_opened() == with_eight


def test_what_is_reported_about_an_email_that_cannot_be_read_is_taken_in_with_all_the_rest(
    runtime: Runtime, clock: Clock
) -> None:
    page = make.campaign(runtime, now=clock())
    for name in ("rana", "tom"):
        make.sign_and_confirm(runtime, page, now=clock(), email=f"{name}@mail.example")
    loop.drain(runtime, clock=clock)
    thanks = make.emails(runtime, kind="thanks")
    with runtime.database.transaction() as session:
        # The second report is about an address whose suppression cannot be read either.
        for number in range(2):
            reports = [
                DeliveryReport(f"{number}{one.id}", one.public_id, EventKind.BOUNCED, clock(), "no such box")
                for one in thanks
            ]
            events.store(session, reports, now=clock())
            damaged = "UPDATE {} SET {} = substr({}, 1, 60)"
            session.execute(text(damaged.format("outbox_email", *["to_address"] * 2)))
            session.execute(text(damaged.format("suppression", *["note"] * 2)))
            assert events.process(session, now=clock()) == 2
        in_force = suppressions.of_address(session, "tom@mail.example", key=runtime.address_key)
        assert [one.reason for one in in_force] == [SuppressionReason.BOUNCED]
        [entry] = in_force
        assert entry.reports == 2


@pytest.mark.parametrize("state", ["received", "waiting", "mailed"])
def test_a_form_that_no_key_opens_keeps_no_other_waiting_whatever_has_become_of_it(
    runtime: Runtime, clock: Clock, state: str
) -> None:
    page = make.campaign(runtime, now=clock())
    make.keep(runtime, make.new_form(page, now=clock(), email="rana@mail.example"))
    if state != "received":
        make.settle(runtime, now=clock())
    damage(runtime, "signing_form", "email")
    if state == "waiting":
        with runtime.database.transaction() as session:
            session.execute(text("UPDATE signing_form SET state = 'waiting'"))
    clock.forward(hours=2)
    # Its owner asks for the email once more, and somebody else signs.
    make.keep(runtime, make.wish(page, now=clock()))
    make.keep(runtime, make.new_form(page, now=clock(), email="tom@mail.example"))
    loop.drain(runtime, clock=clock)
    assert [one.to_address for one in make.emails(runtime, kind="confirmation")][-1] == "tom@mail.example"


def test_a_confirmed_form_that_no_key_opens_keeps_nobody_from_their_thanks(
    runtime: Runtime, clock: Clock
) -> None:
    page = make.campaign(runtime, now=clock())
    for name in ("rana", "tom"):
        make.sign(runtime, page, now=clock(), email=f"{name}@mail.example")
        make.press(runtime, make.link(make.last_question(runtime), "confirm"), now=clock())
    damage(runtime, "signing_form", "email", "id = (SELECT min(id) FROM signing_form)")
    make.write_out(runtime, now=clock())
    assert [one.to_address for one in make.emails(runtime, kind="thanks")] == ["tom@mail.example"]
    with runtime.database.reading() as session:
        states = session.execute(text("SELECT state, email != '' FROM signing_form ORDER BY id")).all()
    assert [tuple(row) for row in states] == [("ended", True), ("written", False)]


def test_what_one_job_cannot_read_keeps_no_other_job_from_being_done(
    runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make.campaign(runtime, now=clock())
    make.keep(runtime, make.new_form(page, now=clock()))
    queueing.enqueue(runtime.database, clock())

    def settle(*_args: object, **_more: object) -> int:
        raise UnreadableError("A value in %(place)s is damaged.", place="supporter.email")

    monkeypatch.setattr(settling, "settle", settle)
    assert loop.drain(runtime, clock=clock) == 1


def test_a_job_that_cannot_read_something_rests_before_it_tries_again() -> None:
    tried = []

    def job(number: int) -> None:
        tried.append(number)
        raise UnreadableError("A value in %(place)s is damaged.", place="supporter.email")

    apart = Apart(job)
    assert [apart(1), apart(2)] == [False, False]
    assert tried == [1]
