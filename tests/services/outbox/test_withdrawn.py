"""What a supporter has taken back, or takes no more, is not sent again, whatever an organizer decides."""

from collections.abc import Callable
from typing import Any

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.outcomes import Accepted, Deferred, Outcome, Refused, Unknown
from campaign.errors import ConflictError
from campaign.mail.email import Email
from campaign.runtime import Runtime
from campaign.services.feedback import suppressions
from campaign.services.queue import decisions
from campaign.services.queue.decisions import Decision
from campaign.services.signatures import self_service
from campaign.worker import loop
from tests import make
from tests.conftest import Clock
from tests.fakes import ScriptedProvider, accept

pytestmark = pytest.mark.slow_on_postgresql

# How signatures are taken back, and by which link.
LINKS = {self_service.withdraw: "withdraw", self_service.erase: "manage"}


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("take_back", LINKS)
@pytest.mark.parametrize(
    ("outcome", "decision"),
    [(Refused("too large"), Decision.RETRY), (Unknown("no answer"), Decision.SEND_AGAIN)],
)
def test_a_message_that_failed_or_is_in_doubt_does_not_go_once_it_is_taken_back(
    runtime: Runtime,
    provider: ScriptedProvider,
    clock: Clock,
    take_back: Any,
    outcome: Outcome,
    decision: Decision,
) -> None:
    page = make.campaign(runtime, now=clock())
    provider.script = lambda email, _: outcome if email.kind == "message" else Accepted("taken")
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    loop.drain(runtime, clock=clock)
    thanks = next(email for email in provider.sent if email.kind == "thanks")
    with runtime.database.transaction() as session:
        take_back(session, make.link(thanks, LINKS[take_back]), now=clock())

    (message,) = make.emails(runtime, kind="message")
    with runtime.database.transaction() as session, pytest.raises(ConflictError, match="has withdrawn it"):
        decisions.decide(session, message.id, decision, actor=COMMAND_LINE, now=clock())
    with runtime.database.reading() as session:
        assert decisions.select_emails(session, decision, campaign_id=None).number == 0
    provider.script = accept
    clock.forward(minutes=5)
    loop.drain(runtime, clock=clock)

    assert [email.kind for email in provider.sent].count("message") == 1
    assert make.emails(runtime, kind="message")[0].state == message.state


@pytest.mark.parametrize("take_back", LINKS)
def test_a_message_that_is_taken_back_while_it_leaves_and_does_not_is_cancelled(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, take_back: Any
) -> None:
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    (thanks,) = make.emails(runtime, kind="thanks")

    def end() -> None:
        with runtime.database.transaction() as session:
            take_back(session, make.link(thanks, LINKS[take_back]), now=clock())

    put_off_once(runtime, provider, clock, "message", meanwhile=end)
    assert [row.state.value for row in make.emails(runtime, kind="message")] == ["cancelled"]
    assert [email.kind for email in provider.sent].count("message") == 1


def suppress(runtime: Runtime, clock: Clock) -> None:
    by = {"key": runtime.address_key, "actor": COMMAND_LINE, "now": clock()}
    with runtime.database.transaction() as session:
        suppressions.add(session, "rana@mail.example", **by)


@pytest.mark.parametrize(
    ("outcome", "decision"),
    [(Refused("too large"), Decision.RETRY), (Unknown("no answer"), Decision.SEND_AGAIN)],
)
def test_an_email_that_failed_or_is_in_doubt_goes_to_a_suppressed_address_only_once_it_may_again(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, outcome: Outcome, decision: Decision
) -> None:
    page = make.campaign(runtime, now=clock())
    provider.script = lambda email, _: outcome if email.kind == "thanks" else Accepted("taken")
    make.sign_and_confirm(runtime, page, now=clock())
    loop.drain(runtime, clock=clock)
    suppress(runtime, clock)

    (thanks,) = make.emails(runtime, kind="thanks")
    with runtime.database.transaction() as session, pytest.raises(ConflictError, match="suppressed"):
        decisions.decide(session, thanks.id, decision, actor=COMMAND_LINE, now=clock())
    with runtime.database.transaction() as session:
        assert decisions.select_emails(session, decision, campaign_id=None).number == 0
        all_of = {"campaign_id": None, "up_to": thanks.id, "actor": COMMAND_LINE, "now": clock()}
        assert decisions.decide_all(session, decision, **all_of) == 0

    with runtime.database.transaction() as session:
        (entry,) = suppressions.of_address(session, "rana@mail.example", key=runtime.address_key)
        suppressions.lift(session, entry.id, actor=COMMAND_LINE, now=clock())
        decisions.decide(session, thanks.id, decision, actor=COMMAND_LINE, now=clock())
    provider.script = accept
    loop.drain(runtime, clock=clock)
    assert [email.kind for email in provider.sent].count("thanks") == 2


def test_an_email_whose_address_is_suppressed_while_it_leaves_and_does_not_is_cancelled(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock
) -> None:
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock())

    put_off_once(runtime, provider, clock, "thanks", meanwhile=lambda: suppress(runtime, clock))
    assert [row.state.value for row in make.emails(runtime, kind="thanks")] == ["cancelled"]
    assert [email.kind for email in provider.sent].count("thanks") == 1


def put_off_once(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, kind: str, *, meanwhile: Callable[[], None]
) -> None:
    """Let emails of one kind be put off, while something happens, and whatever may still go an hour later."""

    def put_off(email: Email, _: int) -> Outcome:
        if email.kind != kind:
            return Accepted("taken")
        meanwhile()
        return Deferred("busy")

    provider.script = put_off
    loop.drain(runtime, clock=clock)
    provider.script = accept
    clock.forward(hours=1)
    loop.drain(runtime, clock=clock)
