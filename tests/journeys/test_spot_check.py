"""A spot check from announcement to result: anybody can draw the same, and nobody learns who was drawn."""

import importlib.util
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.drawing import ChanceSource
from campaign.domain.outbox import OutboxState
from campaign.domain.spot_check import ASKED_AGAIN_AFTER, NOT_ASKED, PickState
from campaign.errors import ConflictError, ForbiddenError, RefusedError
from campaign.runtime import Runtime
from campaign.services.campaigns import quiet_mode
from campaign.services.feedback import suppressions
from campaign.services.moderation import removal
from campaign.services.outbox.restored import doubt_what_waited
from campaign.services.retention import asked_about
from campaign.services.signatures import quoting, self_service
from campaign.services.signatures.anonymizing import anonymize
from campaign.services.spot_checks import announcing, answering, asking
from campaign.services.spot_checks.announcing import Announcement
from campaign.services.transparency import appending
from campaign.services.updates import questions
from campaign.store.archive import Manifest
from campaign.store.tables import (
    AuditEntry,
    Campaign,
    CountLogEntry,
    Message,
    Organizer,
    OutboxEmail,
    Signature,
    SpotCheckAsked,
    SpotCheckLeaver,
    SpotCheckPick,
    Supporter,
)
from campaign.web import create_app
from campaign.worker import loop
from campaign.worker import spot_checks as worker
from tests import make
from tests.attacks.test_at_the_same_moment import at_once
from tests.conftest import Clock
from tests.updating import agree, two_organizers

LOG = f"/c/{make.SLUG}/count-log"
SIGNERS = 60
VALUE = "5 12 23 31 40 44, bonus 7"


class _KilledError(Exception):
    """Ends a worker's transaction where it stands."""


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    shown = make.campaign(runtime, now=clock())
    agree(runtime, shown, SIGNERS, now=clock())
    with runtime.database.transaction() as session:
        session.execute(update(Campaign).values(signature_count=SIGNERS))
    follow_log(runtime, shown, clock)
    return shown


@pytest.fixture
def client(runtime: Runtime, page: CampaignPage, clock: Clock) -> FlaskClient:
    return create_app(runtime, clock=clock).test_client()


@pytest.fixture
def verifier() -> ModuleType:
    """What the documentation gives to everybody."""
    path = Path(__file__).parents[2] / "scripts" / "verify_count.py"
    spec = importlib.util.spec_from_file_location("verify_count", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Check:
    """A spot check that anybody follows from outside."""

    runtime: Runtime
    client: FlaskClient
    clock: Clock

    def announce(self, wanted: int) -> int:
        in_an_hour = self.clock().replace(microsecond=0).replace(hour=(self.clock().hour + 1) % 24)
        announcement = Announcement(wanted, ChanceSource.OTHER, "The Saturday lottery", in_an_hour)
        proposed_by, second = two_organizers(self.runtime, now=self.clock())
        with self.runtime.database.transaction() as session:
            here, now = (session, make.SLUG), self.clock()
            number = announcing.propose(*here, announcement, actor=proposed_by, now=now)
            announcing.announce(*here, number, actor=second, now=now)
            return number

    def draw(self, number: int, value: str = VALUE) -> None:
        with self.runtime.database.transaction() as session:
            announcing.draw(session, make.SLUG, number, value, actor=COMMAND_LINE, now=self.clock())

    def abandon(self, number: int, reason: str) -> None:
        with self.runtime.database.transaction() as session:
            announcing.abandon(session, make.SLUG, number, reason, actor=COMMAND_LINE, now=self.clock())

    def ask(self) -> None:
        for _ in range(SIGNERS // 10 + 1):
            worker.go_on(self.runtime, self.clock())
            self.clock.forward(minutes=5)

    def end(self) -> None:
        self.clock.forward(days=15)
        worker.go_on(self.runtime, self.clock())

    def told(self) -> list[dict[str, Any]]:
        return self.client.get(f"{LOG}/spot-checks.json").json["spot_checks"]

    def page(self) -> str:
        return self.client.get(LOG).text

    def questions(self) -> dict[int, Any]:
        """The emails that ask, by whom; nobody has two."""
        emails = make.emails(self.runtime, kind="spot_check")
        by_signer = {email.signature_id: email for email in emails if email.signature_id}
        assert len(by_signer) == sum(email.signature_id is not None for email in emails)
        return by_signer


@pytest.fixture
def check(runtime: Runtime, client: FlaskClient, clock: Clock) -> Check:
    return Check(runtime, client, clock)


def follow_log(runtime: Runtime, page: CampaignPage, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        appending.append(session, page.head.id, now=clock())


def places(runtime: Runtime) -> dict[int, int]:
    """Where each signature stands in the log."""
    with runtime.database.reading() as session:
        rows = session.execute(
            select(CountLogEntry.signature_id, CountLogEntry.position).where(
                CountLogEntry.signature_id.is_not(None)
            )
        )
        return dict(rows.all())


def states(runtime: Runtime) -> dict[int, PickState]:
    with runtime.database.reading() as session:
        return dict(session.execute(select(SpotCheckPick.position, SpotCheckPick.state)).all())


def withdraw(runtime: Runtime, signature_id: int, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        self_service.withdraw_signature(session, signature_id, now=clock())


def whom_nobody_can_ask(runtime: Runtime, page: CampaignPage, check: Check, clock: Clock) -> dict[int, str]:
    """One of each kind of signer whom nobody can ask, by their place in the log; the check is announced."""
    where = places(runtime)
    left, since, unlogged, forgotten, on_paper, bounced = list(where)[:6]
    withdraw(runtime, left, clock)
    follow_log(runtime, page, clock)
    assert check.announce(SIGNERS - 1) == 1
    withdraw(runtime, since, clock)
    follow_log(runtime, page, clock)
    withdraw(runtime, unlogged, clock)
    with runtime.database.transaction() as session:
        session.execute(update(Signature).where(Signature.id == on_paper).values(import_id=1))
        of = {signature_id: session.get_one(Signature, signature_id).supporter_id for signature_id in where}
        session.execute(update(Supporter).where(Supporter.id == of[forgotten]).values(email=None))
        address = session.get_one(Supporter, of[bounced]).email or ""
        suppressions.add(session, address, note="", key=runtime.address_key, actor=COMMAND_LINE, now=clock())
    return {
        where[left]: "left",
        where[since]: "left_since",
        where[unlogged]: "left_since",
        where[forgotten]: "no_address",
        where[on_paper]: "on_paper",
        where[bounced]: "no_mail",
    }


@pytest.mark.slow
def test_strangers_draw_the_same_and_whoever_was_drawn_is_asked_once_and_counted_in_the_end(
    runtime: Runtime, page: CampaignPage, check: Check, verifier: ModuleType, clock: Clock
) -> None:
    special = whom_nobody_can_ask(runtime, page, check, clock)
    (announced,) = check.told()
    assert announced["state"] == "committed"
    assert announced["value"] is announced["result"] is None
    assert "The Saturday lottery" in check.page()
    with pytest.raises(ConflictError, match="not known yet"):
        check.draw(1)
    with pytest.raises(ConflictError, match="Another spot check"):
        check.announce(30)

    clock.forward(hours=1)
    check.draw(1)
    with pytest.raises(ConflictError, match="already been entered"):
        check.draw(1, "1 2 3 4 5 6")
    outside = verifier.check_draw(lambda path: check.client.get(f"/c/{make.SLUG}{path}").json, 1)
    picked = [int(line.split()[0]) for line in outside.splitlines()[: SIGNERS - 1]]
    assert set(states(runtime)) == set(picked)
    by_place = {place: signature_id for signature_id, place in places(runtime).items()}

    with suppress(_KilledError), runtime.database.transaction() as session:
        asking.go_on(session, 1, context=runtime.mail_context, now=clock())
        raise _KilledError
    check.ask()
    asked = {place for place, state in states(runtime).items() if state is PickState.ASKED}
    assert asked == set(picked) - special.keys()
    assert set(check.questions()) == {by_place[place] for place in asked}
    for place, state in states(runtime).items():
        assert state == special.get(place, "asked")

    tokens = [make.link(email, "vouch") for email in list(check.questions().values())[:8]]
    yes, no = answers(runtime, check, tokens)
    loop.drain(runtime, clock=clock)
    bounce_one(runtime, check)
    assert check.told()[0]["result"] is None
    assert "“Yes, I signed”" not in check.page()
    check.end()
    (published,) = check.told()
    numbers = published["result"]
    drawn_special = [special[place] for place in picked if place in special]
    assert numbers["could_not_be_asked"] == {
        state.value: drawn_special.count(state.value) + (state is PickState.NOT_REACHED)
        for state in NOT_ASKED
    }
    assert numbers["left_before"] == drawn_special.count("left")
    assert (numbers["yes"], numbers["no"], numbers["answered"]) == (yes, no, yes + no)
    assert numbers["asked"] == len(asked) - 1
    assert numbers["checked"] == numbers["asked"] + sum(numbers["could_not_be_asked"].values())
    assert published["ended_on"] == clock().date().isoformat()
    low, high = numbers["share_of_yes"]["whatever_silence_means"]
    assert low < yes / numbers["checked"] < high
    assert f"{100 * low:.1f}".rstrip("0").rstrip(".") + "%" in check.page()
    assert_nobody_is_kept(runtime)
    counted = make.signature_count(runtime)
    late = check.client.post(f"/vouch/{tokens[0]}", data={"answer": "no"})
    assert "already been answered, or its time is over" in late.text
    assert check.client.post(f"/vouch/{tokens[0]}/erase").status_code == 409
    assert make.signature_count(runtime) == counted


def answers(runtime: Runtime, check: Check, tokens: list[str]) -> tuple[int, int]:
    """Looking changes nothing, an answer counts once, and who says no can erase the signature."""
    for method in (check.client.get, check.client.head):
        answer = method(f"/vouch/{tokens[0]}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
    page = check.client.get(f"/vouch/{tokens[0]}").text
    assert "Reader" not in page
    assert "mail.example" not in page
    assert check.client.post(f"/vouch/{tokens[0]}", data={"answer": "perhaps"}).status_code == 422
    cross = check.client.post(
        f"/vouch/{tokens[0]}", data={"answer": "yes"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert cross.status_code == 403
    for path in ("withdraw", "manage", "unsubscribe", "confirm"):
        assert check.client.get(f"/{path}/{tokens[0]}").status_code == 404
    for token in tokens[:7]:
        for answer in ("yes", "no"):
            check.client.post(f"/vouch/{token}", data={"answer": answer})
    assert "already been answered" in check.client.get(f"/vouch/{tokens[0]}").text
    denied = check.client.post(f"/vouch/{tokens[7]}", data={"answer": "no"}).text
    assert "Erase this signature?" in denied
    before = make.signature_count(runtime)
    assert check.client.post(f"/vouch/{tokens[7]}/erase").status_code == 200
    assert make.signature_count(runtime) == before - 1
    assert check.client.get(f"/vouch/{tokens[7]}").status_code == 404
    return 7, 1


def bounce_one(runtime: Runtime, check: Check) -> None:
    """The question to one who has not answered comes back."""
    email = list(check.questions().values())[-1]
    with runtime.database.transaction() as session:
        session.execute(
            update(OutboxEmail).where(OutboxEmail.id == email.id).values(state=OutboxState.BOUNCED)
        )


def assert_nobody_is_kept(runtime: Runtime) -> None:
    """Neither who was drawn, nor who answered, nor what; nor in the audit log."""
    assert states(runtime) == {}, "not even who was drawn"
    with runtime.database.reading() as session:
        assert not session.scalar(select(func.count()).select_from(SpotCheckLeaver))
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.action.like("spot_check.%"))):
            assert set(entry.details) <= {"campaign", "spot_check", "wanted", "size", "by"}


@pytest.mark.slow
def test_nobody_is_asked_again_within_half_a_year_and_one_given_up_stays_on_the_page(
    runtime: Runtime, page: CampaignPage, check: Check, clock: Clock
) -> None:
    with pytest.raises(RefusedError, match="only 60 signatures"):
        check.announce(100)
    number = check.announce(50)
    check.abandon(number, "The lottery was called off.")
    assert "The lottery was called off." in check.page()
    second = check.announce(50)
    clock.forward(hours=1)
    check.draw(second)
    worker.go_on(runtime, clock())
    first_asked = set(check.questions())
    assert len(first_asked) == 10
    check.abandon(second, "We entered a wrong number.")
    cancelled = make.emails(runtime, kind="spot_check", state=OutboxState.CANCELLED)
    assert len(cancelled) == 10
    clock.forward(days=27)
    with pytest.raises(ConflictError, match="less than 28 days ago"):
        check.announce(60)
    clock.forward(days=1)
    third = check.announce(60)
    clock.forward(hours=1)
    check.draw(third, "9 9 9")
    check.ask()
    assert len(check.questions()) == SIGNERS
    loop.drain(runtime, clock=clock)
    check.end()
    told = {one["number"]: one for one in check.told()}
    assert [told[one]["state"] for one in (1, 2, 3)] == ["abandoned", "abandoned", "published"]
    assert told[3]["result"]["could_not_be_asked"]["asked_before"] == 10
    # Nobody answered: of what they would have said nothing is claimed.
    assert told[3]["result"]["yes"] is None
    assert told[3]["result"]["share_of_yes"]["whatever_silence_means"] == [0, 1]
    assert "So few answered" in check.page()


def test_that_somebody_was_asked_is_kept_for_half_a_year_and_no_longer(
    runtime: Runtime, check: Check, clock: Clock
) -> None:
    number = check.announce(20)
    clock.forward(hours=1)
    check.draw(number)
    check.ask()
    loop.drain(runtime, clock=clock)
    check.end()
    first, last = (clock() + timedelta(days=days) for days in (ASKED_AGAIN_AFTER.days - 20, 181))
    before = make.emails(runtime, kind="spot_check")
    assert len(before) == asked_lately(runtime) == 20
    assert purged(runtime, first) == 0
    assert purged(runtime, last) == 20
    assert asked_lately(runtime) == 0
    for email in make.emails(runtime, kind="spot_check"):
        assert (email.signature_id, email.supporter_id, email.to_address) == (None, None, "")
    assert make.signature_count(runtime) == SIGNERS


def asked_lately(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(SpotCheckAsked)) or 0


def purged(runtime: Runtime, now: datetime) -> int:
    """How many of those who were asked a purge at this time forgets."""
    with runtime.database.transaction() as session:
        page = asked_about.due_asked(session, None, now)
        asked_about.delete_asked(session, page.ids, now)
    return len(page.ids)


def test_whoever_gives_up_a_draw_they_could_work_out_cannot_announce_another_at_once(
    check: Check, clock: Clock
) -> None:
    number = check.announce(50)
    clock.forward(hours=1)
    check.abandon(number, "Somebody was ill.")
    with pytest.raises(ConflictError, match="less than 28 days ago"):
        check.announce(50)
    clock.forward(days=28)
    assert check.announce(50) == number + 1


@pytest.mark.slow
def test_two_workers_and_many_presses_at_the_same_moment_ask_and_count_once(
    runtime: Runtime, make_runtime: Callable[..., Runtime], check: Check, clock: Clock
) -> None:
    check.announce(SIGNERS)
    clock.forward(hours=1)
    check.draw(1)
    with runtime.database.transaction() as session:
        forgotten = session.scalars(select(SpotCheckPick).limit(1)).one()
        anonymize(session, [forgotten.signature_id or 0], keep_names=False, now=clock())
    other = make_runtime()
    for _ in range(SIGNERS // 10 + 1):
        at_once(*(partial(worker.go_on, process, clock()) for process in (runtime, other)))
        clock.forward(minutes=5)
    tokens = [make.link(email, "vouch") for email in check.questions().values()]
    assert len(tokens) == SIGNERS - 1

    def press(process: Runtime, token: str, *, is_theirs: bool) -> bool:
        with process.database.transaction() as session:
            return answering.answer(session, token, is_theirs=is_theirs, now=clock()).is_open

    for token in tokens[:6]:
        presses = [
            partial(press, process, token, is_theirs=is_theirs)
            for process in (runtime, other)
            for is_theirs in (True, False)
        ]
        assert sorted(at_once(*presses)) == [False, False, False, True]
    loop.drain(runtime, clock=clock)
    check.end()
    result = check.told()[0]["result"]
    assert result["yes"] + result["no"] == result["answered"] == 6
    assert result["could_not_be_asked"]["no_address"] == 1
    assert result["asked"] == SIGNERS - 1


def test_in_a_quiet_campaign_nobody_is_asked_by_email(
    page: CampaignPage, runtime: Runtime, clock: Clock
) -> None:
    check = Check(runtime, create_app(runtime, clock=clock).test_client(), clock)
    number = check.announce(20)
    clock.forward(hours=2)
    check.draw(number)
    with runtime.database.transaction() as session:
        message = Message(
            signature_id=session.scalars(select(Signature.id).limit(1)).one(),
            official_id=page.officials[0].id,
            channel=page.officials[0].channel,
            subject="The river",
            words="I drink from it.",
            stressed_asks=[],
            created_at=clock(),
        )
        session.add(message)
        session.flush()
        quiet_mode.turn_on(session, make.SLUG, has_reply_domain=True, actor=COMMAND_LINE, now=clock())
    worker.go_on(runtime, clock())
    assert make.emails(runtime, kind="spot_check") == []
    with runtime.database.transaction() as session:
        states = set(session.scalars(select(SpotCheckPick.state)))
        assert PickState.NO_MAIL in states
        assert PickState.ASKED not in states
        sentence = "The emails of this campaign are quiet"
        context = runtime.mail_context
        for ask in (
            partial(questions.create, session, make.SLUG, actor=COMMAND_LINE, now=clock()),
            partial(
                quoting.propose,
                session,
                page.head.id,
                message.id,
                context=context,
                actor=COMMAND_LINE,
                now=clock(),
            ),
        ):
            with pytest.raises(ConflictError, match=sentence):
                ask()
    with pytest.raises(ConflictError, match=sentence):
        check.announce(20)


def test_whoever_proposes_a_spot_check_announces_it_only_where_nobody_else_could(
    runtime: Runtime, page: CampaignPage, check: Check, clock: Clock
) -> None:
    writer, second = two_organizers(runtime, now=clock())
    soon = clock().replace(microsecond=0) + timedelta(minutes=30)
    announcement = Announcement(20, ChanceSource.OTHER, "The Saturday lottery", soon)
    here, now = make.SLUG, clock()
    with runtime.database.transaction() as session:
        number = announcing.propose(session, here, announcement, actor=writer, now=now)
        with pytest.raises(ConflictError, match="waiting for a second person"):
            announcing.propose(session, here, announcement, actor=writer, now=now)
        with pytest.raises(ConflictError, match="not been announced"):
            announcing.draw(session, here, number, VALUE, actor=second, now=soon)
        with pytest.raises(ForbiddenError):
            announcing.announce(session, here, number, actor=writer, now=now)
    assert check.told() == []
    assert "The Saturday lottery" not in check.page()
    with runtime.database.transaction() as session:
        session.execute(update(Organizer).where(Organizer.id == second.organizer_id).values(disabled_at=now))
        with pytest.raises(RefusedError, match="at least an hour"):
            announcing.announce(session, here, number, actor=writer, now=now)
        announcing.take_back(session, here, number, actor=writer, now=now)
        later = replace(announcement, known_at=now + timedelta(hours=2))
        again = announcing.propose(session, here, later, actor=writer, now=now)
        self_service.withdraw_signature(session, min(places(runtime)), now=now)
        appending.append(session, page.head.id, now=now)
        announcing.announce(session, here, again, actor=writer, now=now)
    (announced,) = check.told()
    assert (announced["state"], announced["size"]) == ("committed", SIGNERS + 1), "the log as it is by then"


def test_after_a_restore_nobody_is_asked_who_may_have_been(
    runtime: Runtime, check: Check, clock: Clock
) -> None:
    check.announce(20)
    clock.forward(hours=1)
    check.draw(1)
    with runtime.database.transaction() as session:
        doubt_what_waited(session, Manifest(1, "2026-11-23", "0044", "", {}))
    check.ask()
    assert check.questions() == {}
    check.end()
    assert check.told()[0]["result"]["could_not_be_asked"]["not_reached"] == 20


def test_once_the_time_is_over_no_answer_counts_and_no_question_leaves_though_the_worker_comes_late(
    runtime: Runtime, check: Check, clock: Clock
) -> None:
    check.announce(20)
    clock.forward(hours=1)
    check.draw(1)
    worker.go_on(runtime, clock())
    tokens = [make.link(email, "vouch") for email in check.questions().values()]
    clock.forward(days=15)
    late = check.client.post(f"/vouch/{tokens[0]}", data={"answer": "no"})
    assert "already been answered, or its time is over" in late.text
    worker.go_on(runtime, clock())
    assert check.told()[0]["result"]["answered"] == 0
    assert {email.state for email in check.questions().values()} == {OutboxState.CANCELLED}


def test_a_question_that_was_called_back_is_not_sent_once_its_spot_check_is_over(
    runtime: Runtime, page: CampaignPage, check: Check, clock: Clock
) -> None:
    number = check.announce(50)
    clock.forward(hours=1)
    check.draw(number)
    worker.go_on(runtime, clock())
    in_time, late = list(check.questions())[:2]
    actor = {"actor": COMMAND_LINE, "now": clock()}
    with runtime.database.transaction() as session:
        for one in (in_time, late):
            removal.remove(session, page.head.id, one, reason="Made up", **actor)
        assert removal.restore(session, page.head.id, in_time, **actor).emails == 1
    check.end()
    with runtime.database.transaction() as session:
        assert removal.restore(session, page.head.id, late, **actor).emails == 0
    assert check.questions()[late].state is OutboxState.CANCELLED
