"""What organizers correct or stop holds for messages that a worker has in its hands already."""

from collections.abc import Callable

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.outcomes import Deferred, Outcome, Unknown
from campaign.mail.email import Email
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from campaign.services.outbox import claim, delivery
from campaign.services.outbox.claim import Claimed, Route
from campaign.services.outbox.rate_limits import Limits
from campaign.services.queue import decisions
from campaign.services.queue.decisions import Decision
from campaign.worker import loop
from campaign.worker.dispatcher import LEASE
from tests import make
from tests.conftest import Clock
from tests.fakes import ScriptedProvider, accept

pytestmark = pytest.mark.slow_on_postgresql

NEW = "minister@new.example"


@pytest.fixture
def official_id(runtime: Runtime, clock: Clock) -> int:
    """Somebody has written to this one, who takes messages at any pace."""
    page = make.campaign(runtime, now=clock())
    minister = page.officials[0].id
    with runtime.database.transaction() as session:
        details = OfficialDetails(hourly_rate="0")
        directory.change(session, page.head.id, minister, details, actor=COMMAND_LINE, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), officials=(minister,))
    return minister


def correct(runtime: Runtime, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        make.set_email(session, make.SLUG, "Mara Lindqvist", NEW, now=clock())


def claimed(runtime: Runtime, clock: Clock) -> tuple[Claimed, ...]:
    with runtime.database.transaction() as session:
        return claim.claim(
            session, "first", route=Route("scripted"), limits=Limits(), batch=9, lease=LEASE, now=clock()
        )


def marked(runtime: Runtime, held: tuple[Claimed, ...], clock: Clock) -> tuple[Claimed, ...]:
    with runtime.database.transaction() as session:
        return delivery.mark_sending(session, held, provider="scripted", lease=LEASE, now=clock())


def to_offices(provider: ScriptedProvider) -> list[str]:
    return [email.to_address for email in provider.sent if email.kind == "message"]


def test_a_message_that_a_worker_holds_does_not_go_to_an_address_corrected_meanwhile(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, official_id: int
) -> None:
    held = claimed(runtime, clock)
    correct(runtime, clock)
    kinds = {entry.email.kind.value for entry in marked(runtime, held, clock)}
    assert kinds == {"confirmation", "thanks"}, "what goes to somebody else is not kept back"
    clock.forward(minutes=2)

    loop.drain(runtime, clock=clock)
    assert to_offices(provider) == [NEW]
    (message,) = make.emails(runtime, kind="message")
    assert (message.state.value, message.attempts, message.official_id) == ("accepted", 1, official_id)


def test_what_did_not_leave_while_its_address_was_corrected_is_tried_at_the_new_one(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, official_id: int
) -> None:
    provider.script = correcting(runtime, clock, Deferred("busy"))
    loop.drain(runtime, clock=clock)
    provider.script = accept
    clock.forward(hours=1)
    loop.drain(runtime, clock=clock)
    assert to_offices(provider)[1:] == [NEW]


def test_a_message_in_doubt_that_is_to_be_sent_again_goes_to_the_new_address(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, official_id: int
) -> None:
    provider.script = correcting(runtime, clock, Unknown("no answer"))
    loop.drain(runtime, clock=clock)
    (message,) = make.emails(runtime, kind="message")
    assert message.to_address != NEW, "the desk says where it may have gone"
    with runtime.database.transaction() as session:
        decisions.decide(session, message.id, Decision.SEND_AGAIN, actor=COMMAND_LINE, now=clock())
    provider.script = accept
    loop.drain(runtime, clock=clock)
    assert to_offices(provider)[1:] == [NEW]


@pytest.mark.parametrize("stopped", ["the official", "the campaign"])
def test_a_message_that_a_worker_holds_does_not_go_once_somebody_has_stopped_sending(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, official_id: int, stopped: str
) -> None:
    def set_paused(*, paused: bool) -> None:
        with runtime.database.transaction() as session:
            who = {"paused": paused, "actor": COMMAND_LINE, "now": clock()}
            if stopped == "the official":
                campaign_id = campaigns.by_slug(session, make.SLUG).id
                directory.set_paused(session, campaign_id, official_id, **who)
            else:
                decisions.set_paused(session, make.SLUG, **who)

    held = claimed(runtime, clock)
    set_paused(paused=True)
    kinds = {entry.email.kind.value for entry in marked(runtime, held, clock)}
    assert kinds == {"confirmation", "thanks"}
    loop.drain(runtime, clock=clock)
    assert to_offices(provider) == []

    set_paused(paused=False)
    loop.drain(runtime, clock=clock)
    assert len(to_offices(provider)) == 1


def correcting(runtime: Runtime, clock: Clock, outcome: Outcome) -> Callable[[Email, int], Outcome]:
    """Corrects the official's address while a message is on its way there."""

    def script(email: Email, attempt: int) -> Outcome:
        if email.kind != "message":
            return accept(email, attempt)
        correct(runtime, clock)
        return outcome

    return script
