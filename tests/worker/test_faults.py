"""A provider that fails in every way at once: nothing is lost, nothing is sent twice, nothing is made up."""

import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.sendgrid import SendGridProvider
from campaign.runtime import Runtime, build_runtime
from campaign.settings import Settings
from campaign.store.clock import shared_clock
from campaign.worker import loop
from tests.queueing import enqueue, stored
from tests.stand_in import TAKEN, THROTTLED_SECONDS, Act, StandIn

MESSAGES = 240
FAULTS = (
    *(Act.ERROR, Act.UNAVAILABLE, Act.DROP, Act.HALF, Act.RESET, Act.DRIP),
    *(Act.GARBAGE, Act.NO_ID, Act.WRONG_LENGTH, Act.TOO_LONG, Act.REFUSE),
)

FROM_ADDRESSES = FromAddresses("Ondra <campaign@ondra.example>")
KNOWN_TAKEN = frozenset({Act.ACCEPT, Act.WRONG_LENGTH})


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(latency=0.01) as running:
        yield running


@pytest.fixture
def runtime(settings: Settings, stand_in: StandIn) -> Iterator[Runtime]:
    provider = SendGridProvider(
        host=stand_in.url,
        api_key="k",
        from_addresses=FROM_ADDRESSES,
        seconds=0.5,
    )
    runtime = build_runtime(settings, provider=provider)
    yield runtime
    runtime.close()


def test_every_fault_ends_in_the_state_that_is_true(
    runtime: Runtime, stand_in: StandIn, pytestconfig: pytest.Config
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    clock = shared_clock(runtime.database)
    enqueue(runtime.database, clock(), MESSAGES)
    ids = [row.public_id for row in stored(runtime.database)]
    acts = plan(ids, random.Random(seed))
    stand_in.choose = lambda email_id, attempt: (
        Act.ACCEPT if acts[email_id] is Act.THROTTLE and attempt > 1 else acts[email_id]
    )

    deadline = time.monotonic() + 60
    while any(row.state == "queued" for row in stored(runtime.database)):
        assert time.monotonic() < deadline
        loop.drain(runtime, clock=clock)
        time.sleep(0.05)

    taken = Counter(stand_in.accepted)
    assert max(taken.values()) == 1
    for row in stored(runtime.database):
        act = acts[row.public_id]
        if act in KNOWN_TAKEN or act is Act.THROTTLE:
            assert row.state == "accepted", act
        elif act is Act.REFUSE:
            assert row.state == "failed", act
        else:
            assert row.state == "in_doubt", act
        assert (row.state == "accepted") <= (row.public_id in taken)
    assert len(taken) == sum(act in TAKEN or act is Act.THROTTLE for act in acts.values())
    assert_throttling_was_heard(stand_in)


def plan(ids: list[str], chance: random.Random) -> dict[str, Act]:
    """Each fault some times among many good answers, and two 429s."""
    acts = [act for act in FAULTS for _ in range(5)] + [Act.THROTTLE] * 2
    acts += [Act.ACCEPT] * (len(ids) - len(acts))
    chance.shuffle(acts)
    return dict(zip(ids, acts, strict=True))


def assert_throttling_was_heard(stand_in: StandIn) -> None:
    """Requests already on their way when a 429 comes may arrive a moment later; no other comes early."""
    moment = 0.3
    for throttled in stand_in.requests:
        if throttled.act is Act.THROTTLE:
            early = [
                request
                for request in stand_in.requests
                if throttled.at + moment < request.at < throttled.at + THROTTLED_SECONDS - 0.02
            ]
            assert early == []
