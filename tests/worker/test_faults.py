"""A provider that fails in every way at once: nothing is lost, nothing is sent twice, nothing is made up."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from campaign.domain.outcomes import Outcome
from campaign.mail.email import Email
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.sendgrid import SendGridProvider
from campaign.runtime import Runtime, build_runtime
from campaign.settings import Settings
from campaign.worker import loop
from tests.queueing import enqueue, stored
from tests.stand_in import TAKEN, THROTTLED_SECONDS, Act, StandIn
from tests.waiting import comes_true

pytestmark = pytest.mark.slow

MESSAGES = 240
FAULTS = (
    *(Act.ERROR, Act.UNAVAILABLE, Act.DROP, Act.HALF, Act.RESET, Act.DRIP),
    *(Act.GARBAGE, Act.NO_ID, Act.WRONG_LENGTH, Act.TOO_LONG, Act.REFUSE),
)

FROM_ADDRESSES = FromAddresses("Ondra <campaign@ondra.example>")
KNOWN_TAKEN = frozenset({Act.ACCEPT, Act.WRONG_LENGTH})
CALL_SECONDS = 1.0


class TimedProvider(SendGridProvider):
    """Keeps the ids of emails whose call took all of its time, as a good one may on a busy machine."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, seconds=CALL_SECONDS)
        self.late: set[str] = set()

    def send(self, email: Email, *, now: datetime) -> Outcome:
        began = time.monotonic()
        outcome = super().send(email, now=now)
        if time.monotonic() - began >= 0.9 * CALL_SECONDS:
            self.late.add(email.public_id)
        return outcome


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(latency=0.01) as running:
        yield running


@pytest.fixture
def provider(stand_in: StandIn) -> TimedProvider:
    return TimedProvider(host=stand_in.url, api_key="k", from_addresses=FROM_ADDRESSES)


@pytest.fixture
def runtime(settings: Settings, provider: TimedProvider) -> Iterator[Runtime]:
    runtime = build_runtime(settings, provider=provider)
    yield runtime
    runtime.close()


@pytest.mark.slow
def test_every_fault_ends_in_the_state_that_is_true(
    runtime: Runtime, stand_in: StandIn, provider: TimedProvider
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    clock = runtime.clock
    enqueue(runtime.database, clock(), MESSAGES)
    ids = [row.public_id for row in stored(runtime.database)]
    acts = plan(ids, random.Random(seed))
    stand_in.choose = lambda email_id, attempt: (
        Act.ACCEPT if acts[email_id] is Act.THROTTLE and attempt > 1 else acts[email_id]
    )

    def is_settled() -> bool:
        loop.drain(runtime, clock=clock)
        return not any(row.state == "queued" for row in stored(runtime.database))

    assert comes_true(is_settled, every=0.05)

    taken = Counter(stand_in.accepted)
    assert max(taken.values()) == 1
    for row in stored(runtime.database):
        act = acts[row.public_id]
        assert row.state in ("accepted", "failed", "in_doubt")
        assert (row.state == "accepted") <= (row.public_id in taken)
        if row.public_id in provider.late:
            assert act not in (Act.RESET, Act.ERROR, Act.DROP) or row.state == "in_doubt"
        else:
            assert row.state == true_state(act), act
    in_time = [act for public_id, act in acts.items() if public_id not in provider.late]
    assert in_time
    assert len(taken.keys() - provider.late) == sum(act in TAKEN or act is Act.THROTTLE for act in in_time)
    assert_no_throttled_email_came_again_too_early(stand_in, late=provider.late)


def true_state(act: Act) -> str:
    if act in KNOWN_TAKEN or act is Act.THROTTLE:
        return "accepted"
    return "failed" if act is Act.REFUSE else "in_doubt"


def plan(ids: list[str], chance: random.Random) -> dict[str, Act]:
    """Each fault some times among many good answers, and two 429s."""
    acts = [act for act in FAULTS for _ in range(5)] + [Act.THROTTLE] * 2
    acts += [Act.ACCEPT] * (len(ids) - len(acts))
    chance.shuffle(acts)
    return dict(zip(ids, acts, strict=True))


def assert_no_throttled_email_came_again_too_early(stand_in: StandIn, *, late: set[str]) -> None:
    """That the others wait as well is shown where calls and clock are the test's own (`test_dispatching`)."""
    for throttled in stand_in.requests:
        if throttled.act is Act.THROTTLE and throttled.email_id not in late:
            times = [request.at for request in stand_in.requests if request.email_id == throttled.email_id]
            assert len(times) == 2
            assert times[1] - times[0] >= THROTTLED_SECONDS - 0.02
