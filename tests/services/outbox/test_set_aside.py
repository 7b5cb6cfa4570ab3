"""Emails that could not be read for a while: nothing of them is lost, and nothing goes that is not to go."""

from collections.abc import Callable
from typing import Any

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.outbox import OutboxState
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.campaigns import quiet_mode
from campaign.services.feedback import suppressions
from campaign.services.moderation import removal
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from campaign.services.outbox.restored import doubt_what_waited
from campaign.services.outbox.unreadable import CANNOT_BE_READ
from campaign.services.queue import decisions, lists
from campaign.services.queue.decisions import Decision, EmailSelection
from campaign.services.queue.lists import EmailList
from campaign.services.signatures import self_service
from campaign.store.archive import Manifest
from campaign.store.database import Session
from campaign.worker import loop
from tests import make, queueing
from tests.conftest import Clock
from tests.fakes import ScriptedProvider
from tests.unreadable import find_again, lose

pytestmark = pytest.mark.slow_on_postgresql


def retry(runtime: Runtime, email_id: int, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        decisions.decide(session, email_id, Decision.RETRY, actor=COMMAND_LINE, now=clock())


def retry_all(runtime: Runtime, clock: Clock) -> tuple[EmailSelection, int]:
    with runtime.database.transaction() as session:
        found = decisions.select_emails(session, Decision.RETRY, campaign_id=None)
        all_of = {"campaign_id": None, "up_to": found.up_to, "actor": COMMAND_LINE, "now": clock()}
        return found, decisions.decide_all(session, Decision.RETRY, **all_of)


def set_aside(runtime: Runtime, clock: Clock, kind: str) -> Any:
    """The one email of a kind, which the worker could not read."""
    (email,) = make.emails(runtime, kind=kind)
    lose(runtime.database, "outbox_body", "text", f"email_id = {email.id}")
    loop.drain(runtime, clock=clock)
    find_again(runtime.database, "outbox_body", "text")
    (now_failed,) = make.emails(runtime, kind=kind)
    assert (now_failed.state, now_failed.reason) == (OutboxState.FAILED, CANNOT_BE_READ)
    return email


def sent(provider: ScriptedProvider, kind: str) -> list[str]:
    return [email.to_address for email in provider.sent if email.kind == kind]


@pytest.mark.parametrize("place", [("outbox_body", "text"), ("outbox_email", "subject")])
def test_what_could_not_be_read_is_sent_once_it_can_be_and_somebody_says_so(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, place: tuple[str, str]
) -> None:
    queueing.enqueue(runtime.database, clock())
    lose(runtime.database, *place)
    assert loop.drain(runtime, clock=clock) == 0
    with runtime.database.reading() as session:
        (failed,) = lists.page(session, EmailList.FAILED).emails
    assert failed.is_unreadable
    email_id = failed.id
    with pytest.raises(ConflictError, match="can’t be read"):
        retry(runtime, email_id, clock)
    assert retry_all(runtime, clock) == (EmailSelection(0, email_id, 1), 0)
    assert provider.sent == []

    find_again(runtime.database, *place)
    retry(runtime, email_id, clock)
    assert [loop.drain(runtime, clock=clock), loop.drain(runtime, clock=clock)] == [1, 0]
    with pytest.raises(ConflictError, match="changed in the meantime"):
        retry(runtime, email_id, clock)


def test_of_many_those_go_again_that_can_be_read_and_the_others_stay_on_the_list(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock
) -> None:
    queueing.enqueue(runtime.database, clock(), 5)
    first = min(email.id for email in make.emails(runtime))
    lose(runtime.database, "outbox_body", "text")
    loop.drain(runtime, clock=clock)
    find_again(runtime.database, "outbox_body", "text", f"email_id < {first + 3}")
    assert retry_all(runtime, clock) == (EmailSelection(3, first + 4, 2), 3)
    assert loop.drain(runtime, clock=clock) == 3
    find_again(runtime.database, "outbox_body", "text")
    assert retry_all(runtime, clock) == (EmailSelection(2, first + 4), 2)
    assert loop.drain(runtime, clock=clock) == 2
    assert len(provider.sent) == 5


def withdraw(session: Session, thanks: Any, runtime: Runtime, clock: Clock) -> None:
    self_service.withdraw(session, make.link(thanks, "withdraw"), now=clock())


def erase(session: Session, thanks: Any, runtime: Runtime, clock: Clock) -> None:
    self_service.erase(session, make.link(thanks, "manage"), now=clock())


def forget(session: Session, thanks: Any, runtime: Runtime, clock: Clock) -> None:
    self_service.forget(session, make.link(thanks, "manage"), key=runtime.address_key, now=clock())


def remove(session: Session, thanks: Any, runtime: Runtime, clock: Clock) -> None:
    ids = (thanks.campaign_id, thanks.signature_id)
    removal.remove(session, *ids, reason="Made up", actor=COMMAND_LINE, now=clock())


@pytest.mark.parametrize("take_back", [withdraw, erase, remove, pytest.param(forget, marks=pytest.mark.slow)])
def test_a_message_that_is_taken_back_while_it_cannot_be_read_is_called_back_for_good(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, take_back: Callable[..., None]
) -> None:
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    (thanks,) = make.emails(runtime, kind="thanks")
    message = set_aside(runtime, clock, "message")
    with runtime.database.transaction() as session:
        take_back(session, thanks, runtime, clock)
    assert [row.state for row in make.emails(runtime, kind="message")] == [OutboxState.CANCELLED]
    if take_back is withdraw:
        # Also where its writer signs again: they took back what they wrote.
        clock.forward(hours=1)
        make.sign_and_confirm(runtime, page, now=clock())
    with pytest.raises(ConflictError):
        retry(runtime, message.id, clock)
    assert retry_all(runtime, clock) == (EmailSelection(0, 0), 0)
    loop.drain(runtime, clock=clock)
    assert sent(provider, "message") == []


def test_a_message_of_a_signature_that_is_restored_waits_again_and_goes_once(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock
) -> None:
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    message = set_aside(runtime, clock, "message")
    ids = (page.head.id, message.signature_id)
    with runtime.database.transaction() as session:
        removal.remove(session, *ids, reason="Made up", actor=COMMAND_LINE, now=clock())
        removal.restore(session, *ids, actor=COMMAND_LINE, now=clock())
    loop.drain(runtime, clock=clock)
    with pytest.raises(ConflictError):
        retry(runtime, message.id, clock)
    assert sent(provider, "message") == ["minister@waters.example"]


def test_a_message_that_could_not_be_read_goes_to_the_address_that_its_official_has_by_now(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock
) -> None:
    page = make.campaign(runtime, now=clock())
    official_id = page.officials[0].id
    make.sign_and_confirm(runtime, page, now=clock(), officials=(official_id,))
    message = set_aside(runtime, clock, "message")
    with runtime.database.transaction() as session:
        moved = OfficialDetails(email="new@waters.example")
        directory.change(session, page.head.id, official_id, moved, actor=COMMAND_LINE, now=clock())
    retry(runtime, message.id, clock)
    loop.drain(runtime, clock=clock)
    assert sent(provider, "message") == ["new@waters.example"]


def suppress(session: Session, runtime: Runtime, clock: Clock) -> None:
    by = {"key": runtime.address_key, "actor": COMMAND_LINE, "now": clock()}
    suppressions.add(session, "rana@mail.example", **by)


def turn_quiet(session: Session, runtime: Runtime, clock: Clock) -> None:
    quiet_mode.turn_on(session, make.SLUG, has_reply_domain=True, actor=COMMAND_LINE, now=clock())


@pytest.mark.parametrize("change", [suppress, turn_quiet])
def test_an_email_that_could_not_be_read_does_not_go_to_whom_nothing_or_only_quiet_email_may_go_by_now(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock, change: Callable[..., None]
) -> None:
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock())
    thanks = set_aside(runtime, clock, "thanks")
    with runtime.database.transaction() as session:
        change(session, runtime, clock)
    assert [(row.state, row.text) for row in make.emails(runtime, kind="thanks")] == [
        (OutboxState.CANCELLED, "")
    ]
    with pytest.raises(ConflictError):
        retry(runtime, thanks.id, clock)
    loop.drain(runtime, clock=clock)
    assert sent(provider, "thanks") == []


def test_an_email_that_could_not_be_read_when_a_backup_was_made_may_have_been_sent_since(
    runtime: Runtime, provider: ScriptedProvider, clock: Clock
) -> None:
    queueing.enqueue(runtime.database, clock())
    lose(runtime.database, "outbox_body", "text")
    loop.drain(runtime, clock=clock)
    find_again(runtime.database, "outbox_body", "text")
    with runtime.database.transaction() as session:
        doubt_what_waited(session, Manifest(1, "2026-11-23", "0051", "", {}))
    assert retry_all(runtime, clock) == (EmailSelection(0, 0), 0)
    loop.drain(runtime, clock=clock)
    assert provider.sent == []
    (email,) = make.emails(runtime)
    assert email.state is OutboxState.IN_DOUBT
