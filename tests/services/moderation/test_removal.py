"""An organizer takes one signature out, and takes that back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.outbox import OutboxState
from campaign.domain.outcomes import Deferred, Outcome
from campaign.domain.signature import SignatureState
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.mail.email import Email
from campaign.runtime import Runtime, build_runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import signatories
from campaign.services.documents import exports
from campaign.services.feedback import suppressions
from campaign.services.moderation import removal
from campaign.services.moderation.removal import Changed
from campaign.services.outbox import digest_members
from campaign.services.outbox.transitions import move
from campaign.services.signatures import self_service
from campaign.settings import Settings
from campaign.store.tables import Campaign, Removal, Signature
from campaign.store.tables.core import outbox_email
from campaign.worker import loop
from tests import digesting, make
from tests.conftest import Clock
from tests.fakes import ScriptedProvider, accept

pytestmark = pytest.mark.slow_on_postgresql

WHY = "a made-up person"


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    return make.campaign(runtime, now=clock())


def everyone(page: CampaignPage) -> tuple[int, ...]:
    return tuple(official.id for official in page.officials)


def ids_of(runtime: Runtime, email: str = "rana@mail.example") -> tuple[int, int]:
    with runtime.database.reading() as session:
        return removal.signature_of(session, make.SLUG, email, key=runtime.address_key)


def remove(runtime: Runtime, clock: Clock, reason: str = WHY, **of: str) -> Changed:
    with runtime.database.transaction() as session:
        return removal.remove(session, *ids_of(runtime, **of), reason=reason, actor=COMMAND_LINE, now=clock())


def restore(runtime: Runtime, clock: Clock, **of: str) -> Changed:
    with runtime.database.transaction() as session:
        return removal.restore(session, *ids_of(runtime, **of), actor=COMMAND_LINE, now=clock())


def count(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalars(select(Campaign.signature_count)).one()


def row(runtime: Runtime) -> Any:
    with runtime.database.reading() as session:
        found = session.scalars(select(Signature)).one()
        session.expunge(found)
        return found


def states(runtime: Runtime) -> list[tuple[str, str]]:
    return [(email.kind.value, email.state.value) for email in make.emails(runtime)]


def names(runtime: Runtime, page: CampaignPage) -> list[str | None]:
    with runtime.database.reading() as session:
        return [shown.name for shown in signatories.latest(session, page.head.id)]


def test_a_removed_signature_neither_counts_nor_shows_and_its_mail_stays(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=everyone(page))
    make.sign_and_confirm(runtime, page, now=clock(), name="Lin Orta", email="lin@mail.example")
    before = make.page(runtime).head.version
    assert remove(runtime, clock).emails == 4  # two to officials, the thanks, and the mail to confirm

    assert count(runtime) == 1
    assert make.page(runtime).head.version > before
    assert names(runtime, page) == ["Lin Orta"]
    kept = [email for email in make.emails(runtime) if email.signature_id == ids_of(runtime)[1]]
    assert {email.state for email in kept} == {OutboxState.CANCELLED}
    with runtime.database.transaction() as session:
        requested = exports.request_export(
            session, make.SLUG, format="csv", preset=None, actor=COMMAND_LINE, now=clock()
        )
    assert "Rana" not in b"".join(exports.chunks(runtime.database, requested)).decode()


def test_what_a_removal_did_is_taken_back_whole(runtime: Runtime, page: CampaignPage, clock: Clock) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=clock(), officials=everyone(page))
    before, shown = states(runtime), names(runtime, page)
    removed = remove(runtime, clock)
    clock.forward(minutes=5)
    assert restore(runtime, clock).emails == removed.emails

    assert states(runtime) == before
    assert names(runtime, page) == shown == ["Rana Idris"]
    assert count(runtime) == 1
    assert row(runtime).number == confirmed.number
    assert {email.due_at for email in make.emails(runtime)} == {clock()}
    assert {email.reason for email in make.emails(runtime)} == {None}
    with runtime.database.reading() as session:
        assert session.scalars(select(Removal)).all() == []


def test_only_what_the_removal_called_back_waits_again(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=everyone(page))
    with runtime.database.transaction() as session:
        suppressions.add(
            session, "rana@mail.example", key=runtime.address_key, actor=COMMAND_LINE, now=clock()
        )
    assert states(runtime).count(("message", "queued")) == 2
    assert ("thanks", "cancelled") in states(runtime)
    remove(runtime, clock)
    assert restore(runtime, clock).emails == 2
    assert ("thanks", "cancelled") in states(runtime)


def test_nobody_who_asked_for_no_mail_gets_any_because_a_removal_is_taken_back(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=everyone(page))
    remove(runtime, clock)
    with runtime.database.transaction() as session:
        suppressions.add(
            session, "rana@mail.example", key=runtime.address_key, actor=COMMAND_LINE, now=clock()
        )
    assert restore(runtime, clock).emails == 2
    assert ("thanks", "cancelled") in states(runtime)


def test_a_message_put_back_goes_to_the_address_that_the_official_has_now(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    remove(runtime, clock)
    with runtime.database.transaction() as session:
        make.set_email(session, make.SLUG, "Mara Lindqvist", "mara@waters.example", now=clock())
    restore(runtime, clock)
    (message,) = make.emails(runtime, kind="message")
    assert message.to_address == "mara@waters.example"


def test_who_withdraws_a_removed_signature_is_not_put_back(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=everyone(page))
    (thanks,) = make.emails(runtime, kind="thanks")
    remove(runtime, clock)
    with runtime.database.transaction() as session:
        self_service.withdraw(session, make.link(thanks, "withdraw"), now=clock())
    assert row(runtime).state is SignatureState.REMOVED
    assert restore(runtime, clock).emails == 0
    assert row(runtime).state is SignatureState.WITHDRAWN
    assert count(runtime) == 0
    assert names(runtime, page) == []


def test_who_erases_a_removed_signature_leaves_nothing_of_it(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=everyone(page))
    (thanks,) = make.emails(runtime, kind="thanks")
    remove(runtime, clock)
    with runtime.database.transaction() as session:
        self_service.erase(session, make.link(thanks, "manage"), now=clock())
    with runtime.database.reading() as session:
        assert session.scalars(select(Removal)).all() == []
        assert session.scalars(select(Signature)).all() == []
    assert count(runtime) == 0


def test_a_removed_signature_does_not_come_back_by_signing_again(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    remove(runtime, clock)
    clock.forward(days=1)
    make.sign(runtime, page, now=clock())
    assert row(runtime).state is SignatureState.REMOVED
    assert count(runtime) == 0


@pytest.mark.parametrize(
    "reason", ["", "  ", "asked by rana@mail.example", "Rana  IDRIS is a robot", "x" * 201]
)
def test_a_reason_is_there_is_short_and_names_nobody(
    runtime: Runtime, page: CampaignPage, clock: Clock, reason: str
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    with pytest.raises(RefusedError):
        remove(runtime, clock, reason)
    assert count(runtime) == 1


def test_removing_or_restoring_twice_changes_nothing(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    with pytest.raises(ConflictError):
        restore(runtime, clock)
    remove(runtime, clock)
    with pytest.raises(ConflictError):
        remove(runtime, clock)
    assert count(runtime) == 0
    restore(runtime, clock)
    with pytest.raises(ConflictError):
        restore(runtime, clock)
    assert count(runtime) == 1
    with pytest.raises(NotFoundError):
        remove(runtime, clock, email="lin@mail.example")


def test_both_stand_in_the_audit_log_with_ids_and_the_reason(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=everyone(page))
    remove(runtime, clock)
    restore(runtime, clock)
    campaign_id, signature_id = ids_of(runtime)
    ids = {"campaign": campaign_id, "signature": signature_id, "emails": 4, "by": "command line"}
    with runtime.database.reading() as session:
        restored, removed = audit_log.entries(session, limit=2)
    assert (removed.action, removed.details) == ("signature.remove", {**ids, "reason": WHY})
    assert (restored.action, restored.details) == ("signature.restore", ids)


@pytest.fixture
def meanwhile() -> list[Any]:
    """What happens while the provider has a message in its hands."""
    return []


@pytest.fixture
def busy(settings: Settings, meanwhile: list[Any]) -> Iterator[Runtime]:
    def answer(email: Email, _: int) -> Outcome:
        if email.kind != "message":
            return accept(email, 1)
        while meanwhile:
            meanwhile.pop()()
        return Deferred("not now")

    built = build_runtime(settings, provider=ScriptedProvider(answer))
    yield built
    built.close()


def test_a_message_that_did_not_leave_while_its_signature_was_removed_waits_again_too(
    busy: Runtime, clock: Clock, meanwhile: list[Any]
) -> None:
    page = make.campaign(busy, now=clock())
    make.sign_and_confirm(busy, page, now=clock(), officials=(page.officials[0].id,))
    meanwhile.append(lambda: remove(busy, clock))
    loop.drain(busy, clock=clock)
    (message,) = make.emails(busy, kind="message")
    assert message.state is OutboxState.CANCELLED
    restore(busy, clock)
    (message,) = make.emails(busy, kind="message")
    assert message.state is OutboxState.QUEUED


@pytest.fixture
def digested(runtime: Runtime, page: CampaignPage, clock: Clock) -> CampaignPage:
    """Two supporters' messages to the minister, put together into a digest that has not begun to leave."""
    official_id = digesting.choose(runtime, page, clock())
    for name in ("rana", "lin"):
        make.sign_and_confirm(
            runtime, page, now=clock(), officials=(official_id,), email=f"{name}@mail.example"
        )
    clock.time = datetime(2026, 11, 24, 9, tzinfo=UTC)
    digesting.one_part(runtime, official_id, clock())
    assert states(runtime).count(("message", "held")) == 2
    return page


def test_what_waits_in_a_digest_comes_out_of_it_and_waits_again_when_restored(
    runtime: Runtime, digested: CampaignPage, clock: Clock
) -> None:
    remove(runtime, clock)
    assert sorted(states(runtime))[2:5] == [
        ("digest", "cancelled"),
        ("message", "cancelled"),
        ("message", "queued"),
    ]
    restore(runtime, clock)
    assert states(runtime).count(("message", "queued")) == 2


def test_a_digest_that_did_not_leave_while_a_signature_in_it_was_removed_gives_it_back_when_restored(
    runtime: Runtime, digested: CampaignPage, clock: Clock
) -> None:
    (digest,) = make.emails(runtime, kind="digest")

    def take_to(state: OutboxState) -> None:
        with runtime.database.transaction() as session:
            move(session, state, outbox_email.c.id == digest.id, now=clock())
            digest_members.follow(session, [digest.id], now=clock())

    take_to(OutboxState.LEASED)
    take_to(OutboxState.SENDING)
    remove(runtime, clock)
    assert states(runtime).count(("message", "held")) == 2
    take_to(OutboxState.QUEUED)
    assert sorted(states(runtime))[3:5] == [("message", "cancelled"), ("message", "queued")]
    restore(runtime, clock)
    assert states(runtime).count(("message", "queued")) == 2
