"""Many forged signatures go by one rule, and all come back where the rule was wrong."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.moderation import InvalidationRule, InvalidationState, read_rule
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import SignatureState
from campaign.errors import ConflictError, NotFoundError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.moderation import invalidation, removal
from campaign.services.moderation import preview as previews
from campaign.services.moderation.preview import Preview
from campaign.store.tables import Campaign, Removal, Signature
from campaign.worker import loop
from tests import make
from tests.conftest import Clock

pytestmark = pytest.mark.slow_on_postgresql

FORGED = InvalidationRule(domain="forge.example")


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    return make.campaign(runtime, now=clock())


@pytest.fixture(autouse=True)
def made_for_itself() -> None:
    """Nothing has to be: how many are taken out at once changes nothing of how people sign."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invalidation, "BATCH", 2)


@pytest.fixture
def signed(runtime: Runtime, page: CampaignPage, clock: Clock) -> list[datetime]:
    """Six signatures a minute apart, all but the second and the last from one domain; their times."""
    times = []
    for name in ("a@forge.example", "rana@mail.example", "b@forge.example", "c@forge.example"):
        times.append(clock())
        make.sign_and_confirm(
            runtime, page, now=clock(), name="Lin Orta", email=name, officials=(page.officials[0].id,)
        )
        clock.forward(minutes=1)
    for name in ("d@forge.example", "e@sub.forge.example"):
        times.append(clock())
        make.sign_and_confirm(runtime, page, now=clock(), name="Lin Orta", email=name)
        clock.forward(minutes=1)
    return times


def look(runtime: Runtime, page: CampaignPage, rule: InvalidationRule, now: datetime) -> Preview:
    with runtime.database.reading() as session:
        return previews.preview(session, page.head.id, rule, now=now)


def begin(runtime: Runtime, rule: InvalidationRule, now: datetime) -> int:
    with runtime.database.transaction() as session:
        return invalidation.begin(
            session, make.SLUG, rule, expected=4, reason="one flood", actor=COMMAND_LINE, now=now
        )


def undo(runtime: Runtime, run: int, now: datetime) -> None:
    with runtime.database.transaction() as session:
        invalidation.undo(session, run, actor=COMMAND_LINE, now=now)


def carry_on(runtime: Runtime, run: int, now: datetime) -> int:
    """To its end; in how many batches."""
    batches, is_more = 0, True
    while is_more:
        with runtime.database.transaction() as session:
            is_more = invalidation.carry_on(session, run, now=now)
        batches += 1
    return batches


def shown(runtime: Runtime, run: int) -> invalidation.InvalidationShown:
    with runtime.database.reading() as session:
        return invalidation.by_id(session, run)


def everything(runtime: Runtime) -> list[tuple[object, ...]]:
    """What stands of signatures and emails, and the count."""
    with runtime.database.reading() as session:
        rows = select(Signature.id, Signature.state, Signature.number).order_by(Signature.id)
        signatures = session.execute(rows).all()
        count = session.scalars(select(Campaign.signature_count)).one()
    emails = [(email.id, email.state, email.reason, email.text) for email in make.emails(runtime)]
    return [*map(tuple, signatures), *emails, (count,)]


def count(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalars(select(Campaign.signature_count)).one()


def states(runtime: Runtime) -> list[str]:
    with runtime.database.reading() as session:
        return [state.value for state in session.scalars(select(Signature.state).order_by(Signature.id))]


def test_what_fits_the_rule_goes_and_comes_back_whole(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    before = everything(runtime)
    run = begin(runtime, FORGED, clock())
    assert carry_on(runtime, run, clock()) == 4
    out, stays = "invalidated", "confirmed"
    assert states(runtime) == [out, stays, out, out, out, stays]
    assert count(runtime) == 2
    of_forged = [email for email in make.emails(runtime) if "forge" in (email.reply_to or email.to_address)]
    assert {email.state for email in of_forged if "sub" not in email.to_address} == {OutboxState.CANCELLED}
    done = shown(runtime, run)
    assert (done.state, done.invalidated, done.may_be_undone) == (InvalidationState.DONE, 4, True)

    undo(runtime, run, clock())
    carry_on(runtime, run, clock())
    assert everything(runtime) == before
    undone = shown(runtime, run)
    assert (undone.state, undone.restored, undone.may_be_undone) == (InvalidationState.UNDONE, 4, False)
    with pytest.raises(ConflictError):
        undo(runtime, run, clock())
    with runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Removal)) == 0


@pytest.mark.first_rows(3)
@pytest.mark.parametrize(
    ("rule", "number"),
    [
        (lambda times: InvalidationRule(domain="*.forge.example"), 5),
        (lambda times: InvalidationRule(domain="orge.example"), 0),
        (lambda times: InvalidationRule(domain="%.example"), 0),
        (lambda times: InvalidationRule(since=times[2]), 4),
        (lambda times: InvalidationRule(since=times[2], until=times[4]), 2),
        (lambda times: InvalidationRule(domain="forge.example", since=times[1], until=times[4]), 2),
        (lambda times: InvalidationRule(domain="forge.example", state=SignatureState.SUSPECTED), 0),
    ],
)
def test_the_preview_counts_exactly_what_then_goes(
    runtime: Runtime,
    page: CampaignPage,
    signed: list[datetime],
    clock: Clock,
    rule: Callable[[list[datetime]], InvalidationRule],
    number: int,
) -> None:
    seen = look(runtime, page, rule(signed), clock())
    assert (seen.number, seen.is_all, len(seen.examples)) == (number, True, number)
    run = begin(runtime, seen.rule, clock())
    carry_on(runtime, run, clock())
    assert states(runtime).count("invalidated") == number


def test_the_preview_shows_the_newest_with_masked_addresses(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    newest = look(runtime, page, FORGED, clock()).examples[0]
    assert (newest.email, newest.confirmed_at) == ("d…@forge.example", signed[4])


def test_who_confirms_after_the_preview_is_not_meant(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    seen = look(runtime, page, FORGED, clock())
    make.sign_and_confirm(runtime, page, now=clock(), email="late@forge.example")
    clock.forward(minutes=1)
    run = begin(runtime, seen.rule, clock())
    carry_on(runtime, run, clock())
    assert states(runtime)[-1] == "confirmed"


def test_suspects_go_back_to_being_suspected_and_never_count(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        first = select(func.min(Signature.id)).scalar_subquery()
        session.execute(update(Signature).where(Signature.id == first).values(state="suspected"))
        session.execute(update(Campaign).values(signature_count=5))
    run = begin(runtime, InvalidationRule(state=SignatureState.SUSPECTED), clock())
    carry_on(runtime, run, clock())
    assert states(runtime).count("invalidated") == 1
    assert count(runtime) == 5
    undo(runtime, run, clock())
    carry_on(runtime, run, clock())
    assert states(runtime)[0] == "suspected"
    assert count(runtime) == 5


def test_a_run_is_stopped_and_taken_back_in_the_middle(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    before = everything(runtime)
    run = begin(runtime, FORGED, clock())
    with runtime.database.transaction() as session:
        assert invalidation.carry_on(session, run, now=clock())
    assert states(runtime).count("invalidated") == 1
    undo(runtime, run, clock())
    carry_on(runtime, run, clock())
    assert everything(runtime) == before


def test_one_put_back_by_hand_is_not_touched_when_the_run_is_undone(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    run = begin(runtime, FORGED, clock())
    carry_on(runtime, run, clock())
    with runtime.database.transaction() as session:
        ids = removal.signature_of(session, make.SLUG, "a@forge.example", key=runtime.address_key)
        removal.restore(session, *ids, actor=COMMAND_LINE, now=clock())
        removal.remove(session, *ids, reason="forged all the same", actor=COMMAND_LINE, now=clock())
    undo(runtime, run, clock())
    carry_on(runtime, run, clock())
    assert states(runtime) == ["removed", *["confirmed"] * 5]
    assert count(runtime) == 5


def test_a_worker_does_it_to_the_end(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    run = begin(runtime, FORGED, clock())
    loop.drain(runtime, clock=clock)
    assert shown(runtime, run).state is InvalidationState.DONE
    assert count(runtime) == 2


def test_owners_read_in_the_audit_log_what_was_begun_and_how_it_ended(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    run = begin(runtime, FORGED, clock())
    carry_on(runtime, run, clock())
    undo(runtime, run, clock())
    carry_on(runtime, run, clock())
    with runtime.database.reading() as session:
        entries = audit_log.entries(session, limit=4)
    assert [entry.action for entry in entries] == [
        "signatures.undone",
        "signatures.undo",
        "signatures.invalidated",
        "signatures.invalidate",
    ]
    begun = entries[-1].details
    assert (begun["domain"], begun["reason"], begun["expected"]) == ("forge.example", "one flood", 4)
    assert [entry.details["number"] for entry in entries if "number" in entry.details] == [4, 4]


def test_a_rule_about_a_network_means_all_that_came_from_it_that_day(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    flood, other = "a1b2c3d4" + "0" * 24, "a1b2c3d5" + "0" * 24
    for number, network in enumerate((flood, other, flood)):
        make.sign_and_confirm(runtime, page, now=clock(), email=f"{number}@new.example", network=network)
    make.sign(
        runtime, page, now=clock(), email="robot@new.example", network=flood, proof="1", is_suspected=True
    )
    make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=clock())
    clock.forward(minutes=1)
    seen = look(runtime, page, read_rule(network="A1B2C3D4"), clock())
    assert seen.number == 3
    carry_on(runtime, begin(runtime, seen.rule, clock()), clock())
    assert states(runtime)[-4:] == ["invalidated", "confirmed", "invalidated", "invalidated"]


def test_what_is_suspected_is_found_by_when_its_form_came_in(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    before = clock()
    for number in range(3):
        make.sign(runtime, page, now=clock(), email=f"{number}@forge.example", is_suspected=True)
        make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=clock())
        clock.forward(minutes=1)
    last = look(runtime, page, InvalidationRule(since=before + timedelta(minutes=2)), clock())
    assert [(last.number, last.examples[0].state)] == [(1, SignatureState.SUSPECTED)]
    seen = look(runtime, page, InvalidationRule(domain="forge.example", since=before), clock())
    assert [example.email for example in seen.examples] == [f"{n}…@forge.example" for n in (2, 1, 0)]
    run = begin(runtime, FORGED, clock())
    carry_on(runtime, run, clock())
    assert states(runtime).count("invalidated") == 4 + 3
    assert count(runtime) == 2
    undo(runtime, run, clock())
    carry_on(runtime, run, clock())
    assert states(runtime)[-3:] == ["suspected"] * 3
    assert count(runtime) == 6


def test_a_run_that_is_not_there_is_not_found(runtime: Runtime, clock: Clock) -> None:
    with pytest.raises(NotFoundError):
        carry_on(runtime, 0, clock())
    with pytest.raises(NotFoundError):
        shown(runtime, 0)


def test_a_run_holds_the_site_up_for_a_batch_at_most(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    run = begin(runtime, InvalidationRule(since=signed[0] - timedelta(days=1)), clock())
    for done in (2, 4, 6):
        with runtime.database.transaction() as session:
            assert invalidation.carry_on(session, run, now=clock())
        assert states(runtime).count("invalidated") == done
    assert carry_on(runtime, run, clock()) == 1


@pytest.mark.slow
def test_people_sign_while_many_are_taken_out_and_every_count_is_right(
    runtime: Runtime, page: CampaignPage, signed: list[datetime], clock: Clock
) -> None:
    run, now = begin(runtime, FORGED, clock()), clock()

    def sign_on() -> None:
        for number in range(5):
            make.sign_and_confirm(runtime, page, now=now, email=f"new{number}@mail.example")

    def carry_back_and_forth() -> None:
        carry_on(runtime, run, now)
        undo(runtime, run, now)
        carry_on(runtime, run, now)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(sign_on), pool.submit(carry_back_and_forth)]:
            done.result()
    assert states(runtime) == ["confirmed"] * 11
    assert count(runtime) == 11
