"""A second provider takes over while the first rests, and never what the first was already given."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.domain.outbox import OutboxState, PauseCause
from campaign.domain.outcomes import NotSent, Outcome, Throttled, Unauthorized
from campaign.domain.roles import Role
from campaign.mail.email import Email
from campaign.runtime import Runtime, build_runtime
from campaign.services.accounts import organizers
from campaign.services.outbox import provider_pauses
from campaign.services.queue import decisions
from campaign.services.queue.decisions import Decision
from campaign.settings import Settings
from campaign.store.database import Database
from campaign.worker import dispatcher, loop
from tests.conftest import Clock
from tests.fakes import ScriptedProvider, accept
from tests.queueing import enqueue, states, stored

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
def first() -> ScriptedProvider:
    return ScriptedProvider(name="first")


@pytest.fixture
def second() -> ScriptedProvider:
    return ScriptedProvider(name="second")


@pytest.fixture
def runtime(settings: Settings, first: ScriptedProvider, second: ScriptedProvider) -> Iterator[Runtime]:
    built = build_runtime(settings, provider=first, second_provider=second)
    yield built
    built.close()


def refuse_all(email: Email, attempt: int) -> Outcome:
    return Unauthorized("401: the key is not valid")


def be_down(email: Email, attempt: int) -> Outcome:
    return NotSent("connection refused")


def ask_for_a_rest(clock: Clock) -> Callable[[Email, int], Outcome]:
    return lambda email, attempt: Throttled(clock().replace(hour=23), "429: too many requests")


def ids(provider: ScriptedProvider) -> set[str]:
    return {email.public_id for email in provider.sent}


def test_a_provider_that_is_well_needs_no_second(
    runtime: Runtime, second: ScriptedProvider, database: Database, clock: Clock
) -> None:
    enqueue(database, clock(), 200)

    assert loop.drain(runtime, clock=clock) == 200
    assert second.sent == []


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("fault", ["key", "down", "429"])
def test_while_the_first_rests_the_second_sends_what_the_first_was_never_given(
    runtime: Runtime,
    first: ScriptedProvider,
    second: ScriptedProvider,
    database: Database,
    clock: Clock,
    fault: str,
) -> None:
    first.script = {"key": refuse_all, "down": be_down, "429": ask_for_a_rest(clock)}[fault]
    enqueue(database, clock(), 300)

    loop.drain(runtime, clock=clock)

    tried = ids(first)
    assert 0 < len(tried) <= dispatcher.CONNECTIONS
    assert len(ids(second)) == len(second.sent) == 300 - len(tried)
    assert not tried & ids(second)
    waiting = {row.public_id for row in stored(database, state=OutboxState.QUEUED)}
    assert waiting == tried

    first.script = accept
    clock.forward(hours=12)
    loop.drain(runtime, clock=clock)
    clock.forward(hours=5)
    loop.drain(runtime, clock=clock)
    assert states(database) == {"accepted": 300}
    assert not tried & ids(second)


def test_a_pause_of_the_organizers_is_not_got_round(
    runtime: Runtime, second: ScriptedProvider, database: Database, clock: Clock
) -> None:
    enqueue(database, clock(), 3)
    with database.transaction() as session:
        provider_pauses.pause(session, "first", cause=PauseCause.ORGANIZER, reason="asked", now=clock())

    assert loop.drain(runtime, clock=clock) == 0
    assert second.sent == []


@pytest.mark.slow
def test_an_organizers_word_lets_any_provider_try_again(
    runtime: Runtime,
    first: ScriptedProvider,
    second: ScriptedProvider,
    database: Database,
    clock: Clock,
) -> None:
    first.script = be_down
    enqueue(database, clock())
    for _ in range(60):
        loop.drain(runtime, clock=clock)
        clock.forward(hours=1)
    (given_up,) = stored(database, state=OutboxState.FAILED)
    assert second.sent == []

    with database.transaction() as session:
        until = clock() + timedelta(hours=1)
        provider_pauses.pause(
            session, "first", cause=PauseCause.THROTTLED, reason="429", now=clock(), until=until
        )
        me = organizers.add(
            session,
            "ada@river.example",
            role=Role.OWNER,
            password="correct horse battery",
            actor=COMMAND_LINE,
            now=clock(),
        )
        decisions.decide(session, given_up.id, Decision.RETRY, actor=Actor(me.id, Via.DESK), now=clock())
    loop.drain(runtime, clock=clock)

    assert ids(second) == {given_up.public_id}


def test_what_a_provider_of_past_settings_was_given_goes_by_the_present_one(
    settings: Settings, database: Database, clock: Clock
) -> None:
    enqueue(database, clock())
    gone = build_runtime(settings, provider=ScriptedProvider(be_down, name="gone"))
    loop.drain(gone, clock=clock)
    gone.close()
    clock.forward(hours=4)

    other = ScriptedProvider(name="other")
    now_used = build_runtime(settings, provider=other)
    loop.drain(now_used, clock=clock)
    now_used.close()

    assert len(other.sent) == 1
