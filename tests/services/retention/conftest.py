"""A campaign that people have signed, and runs of retention at any time."""

from collections.abc import Callable
from datetime import datetime

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.retention import PurgeKind
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.services.retention.purges import all_purges
from campaign.worker import loop
from campaign.worker.retention import RetentionRun
from tests import make
from tests.conftest import Clock

Purged = Callable[..., dict[str, int]]


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime]) -> Runtime:
    return make_runtime(
        official_rate=0,
        reply_domain="replies.letters.example",
        from_address="Us <letters@river.example>",
    )


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    return make.campaign(runtime, now=clock())


@pytest.fixture
def deliver(runtime: Runtime, clock: Clock) -> Callable[[], None]:
    """Lets a worker send all that is due into the local outbox."""

    def send() -> None:
        loop.drain(runtime, clock=clock)

    return send


@pytest.fixture
def run(runtime: Runtime, clock: Clock) -> Callable[..., RetentionRun]:
    """Does a whole run now."""

    def do(*, dry_run: bool = False) -> RetentionRun:
        purges = all_purges(
            outbox=runtime.settings.outbox_folder, prepared_folder=runtime.settings.prepared_folder
        )
        run = RetentionRun(runtime.database, purges, actor=COMMAND_LINE, now=clock(), dry_run=dry_run)
        while run.step():
            pass
        run.record()
        return run

    return do


@pytest.fixture
def purge(run: Callable[..., RetentionRun]) -> Purged:
    """Does a whole run now and says what it deleted, having seen that a dry run says the same."""

    def do() -> dict[str, int]:
        foreseen, done = run(dry_run=True), run()
        assert foreseen.deleted == done.deleted
        assert list(done.deleted) == list(PurgeKind)
        return {str(kind): number for kind, number in done.deleted.items() if number}

    return do


def close(runtime: Runtime, *, now: datetime, slug: str = make.SLUG) -> None:
    with runtime.database.transaction() as session:
        campaigns.set_state(session, slug, CampaignState.CLOSED, actor=COMMAND_LINE, now=now)
