"""Two processes at the same moment: two presses, erasing while a worker writes, a worker that is killed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.outbox import OutboxState
from campaign.domain.prepared_files import PreparedKind
from campaign.domain.roles import Role
from campaign.domain.signing_form import FormState
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, NotFoundError
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.services.accounts.passwords import Passwords
from campaign.services.campaigns import campaigns
from campaign.services.documents import prepared_files
from campaign.services.retention import personal_data
from campaign.services.signatures import confirmation, kept_form_links, self_service, settling, writing_out
from campaign.store.database import Session
from campaign.store.tables import Message, Signature, SigningForm, Supporter
from tests import make

T = TypeVar("T")


def everyone(page: CampaignPage) -> tuple[int, ...]:
    return tuple(official.id for official in page.officials)


def at_once(*steps: Callable[[], T]) -> list[T]:
    """Do these in threads that begin together; what each gave, or its error."""
    start = threading.Barrier(len(steps))

    def run(step: Callable[[], T]) -> T:
        start.wait()
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_the_button_pressed_twice_at_the_same_instant_counts_once(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    other_process = make_runtime()
    for number in range(10):
        make.sign(runtime, page, now=now, email=f"p{number}@mail.example", officials=everyone(page))
        token = make.link(make.last_question(runtime), "confirm")
        presses = [partial(press, process, token, now) for process in (runtime, other_process) * 2]
        assert {confirmed.number for confirmed in at_once(*presses)} == {number + 1}
    assert make.signature_count(runtime) == 10
    at_once(
        *(lambda process=process: make.write_out(process, now=now) for process in (runtime, other_process))
    )  # type: ignore[misc]
    assert len(make.emails(runtime, kind="thanks")) == 10
    assert len(make.emails(runtime, kind="message")) == 20


def press(process: Runtime, token: str, now: datetime) -> confirmation.Confirmed:
    with process.database.transaction() as session:
        return confirmation.confirm(session, token, shown=None, context=process.mail_context, now=now)


def test_two_forms_of_one_mailbox_pressed_at_the_same_instant_count_once(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    other_process = make_runtime()
    make.keep(runtime, *(make.new_form(page, now=now, name=name, officials=everyone(page)) for name in "AB"))
    make.settle(runtime, now=now)
    links = [part.split()[0] for part in make.last_question(runtime).text.split("/confirm/")[1:]]
    at_once(
        partial(press, runtime, links[0], now),
        partial(press, other_process, links[1], now),
    )
    make.write_out(runtime, now=now)
    assert make.signature_count(runtime) == 1
    assert len(make.emails(runtime, kind="message")) == 2


Leave = Callable[[Session, str, str, datetime], object]
LeaveWithKey = Callable[[Session, str, bytes, datetime], object]


def withdraw(session: Session, manage: str, question: str, now: datetime) -> object:
    return self_service.withdraw(session, manage, TokenPurpose.MANAGE, now=now)


def erase(session: Session, manage: str, question: str, now: datetime) -> object:
    return self_service.erase(session, manage, now=now)


def this_was_not_me(session: Session, manage: str, question: str, now: datetime) -> object:
    return kept_form_links.withdraw(session, question, TokenPurpose.WITHDRAW, now=now)


def test_a_sealed_and_an_open_form_of_one_mailbox_pressed_at_the_same_instant_count_once(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime
) -> None:
    make.campaign(runtime, now=now)
    make.seal_key(runtime, now=now)
    page, other_process = make.page(runtime), make_runtime()
    for number in range(6):
        email = f"p{number}@mail.example"
        make.keep(
            runtime, make.sealed_form(page, now=now, email=email), make.new_form(page, now=now, email=email)
        )
        make.settle(runtime, now=now)
        links = [part.split()[0] for part in make.last_question(runtime).text.split("/confirm/")[1:]]
        at_once(
            partial(_press_if_open, runtime, links[0], now),
            partial(_press_if_open, other_process, links[1], now),
        )
        assert make.signature_count(runtime) == number + 1
    with runtime.database.reading() as session:
        signed = session.scalars(select(Signature)).all()
        assert {bool(one.name) for one in signed if one.sealed_to} <= {False}
        assert len({one.supporter_id for one in signed}) == len(signed) == 6
        assert session.scalar(select(func.count()).select_from(Supporter)) == 6


def _press_if_open(process: Runtime, token: str, now: datetime) -> None:
    with suppress(ConflictError):
        press(process, token, now)


@pytest.mark.slow
@pytest.mark.parametrize("leave", [withdraw, erase, this_was_not_me])
@pytest.mark.parametrize("worker_is_first", [True, False])
def test_who_leaves_while_a_worker_writes_is_written_for_to_nobody(
    runtime: Runtime, now: datetime, leave: Leave, worker_is_first: bool
) -> None:
    """Whoever of the two begins first: no message waits to leave, and nobody waits for ever."""
    page = make.campaign(runtime, now=now)
    make.sign(runtime, page, now=now, officials=everyone(page))
    mail = make.last_question(runtime)
    manage = make.press(runtime, make.link(mail, "confirm"), now=now).manage_token or ""
    question = make.link(mail, "withdraw")
    is_half_done, may_end = threading.Event(), threading.Event()

    def worker() -> None:
        if not worker_is_first:
            is_half_done.wait(10)
        with runtime.database.transaction() as session:
            writing_out.write_out(session, context=runtime.mail_context, now=now)
            if worker_is_first:
                is_half_done.set()
                may_end.wait(1)

    def leaving() -> None:
        if worker_is_first:
            is_half_done.wait(10)
        with runtime.database.transaction() as session:
            leave(session, manage, question, now)
            if not worker_is_first:
                is_half_done.set()
                may_end.wait(1)

    at_once(worker, leaving)
    make.write_out(runtime, now=now)
    waiting = [mail for mail in make.emails(runtime, kind="message") if mail.state is OutboxState.QUEUED]
    assert waiting == []
    assert make.signature_count(runtime) == 0
    with runtime.database.reading() as session:
        assert FormState.CONFIRMED not in set(session.scalars(select(SigningForm.state)))
        if leave is erase:
            assert session.scalars(select(Message)).all() == []
            assert session.scalars(select(Signature)).all() == []
            assert {form.email for form in session.scalars(select(SigningForm))} == {""}
    if leave is erase:
        assert not any(mail.to_address and mail.kind != "message" for mail in make.emails(runtime))
        assert "Rana" not in repr([mail.text for mail in make.emails(runtime)])


def test_a_worker_killed_between_deciding_and_the_email_has_decided_nothing(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    make.keep(runtime, make.new_form(page, now=now))

    with pytest.raises(SystemExit):
        decide_and_die(runtime, now)
    assert make.emails(runtime) == []
    make.settle(runtime, now=now)
    assert len(make.emails(runtime)) == 1
    make.settle(runtime, now=now)
    assert len(make.emails(runtime)) == 1


def decide_and_die(runtime: Runtime, now: datetime) -> None:
    """The process is gone before its transaction is over."""
    with runtime.database.transaction() as session:
        settling.settle(session, context=runtime.mail_context, holds_rushes=True, now=now)
        raise SystemExit


def forget(session: Session, manage: str, key: bytes, now: datetime) -> object:
    return self_service.forget(session, manage, key=key, now=now)


def erase_with(session: Session, manage: str, key: bytes, now: datetime) -> object:
    return self_service.erase(session, manage, now=now)


@pytest.mark.slow
@pytest.mark.parametrize("leave", [forget, erase_with])
def test_who_leaves_while_another_form_of_theirs_is_confirmed_makes_nobody_wait_for_ever(
    runtime: Runtime,
    make_runtime: Callable[..., Runtime],
    now: datetime,
    leave: LeaveWithKey,
) -> None:
    """Both presses end well, whichever is first: neither is told that the database cannot be used."""
    page = make.campaign(runtime, now=now)
    other_process = make_runtime()
    for number in range(5):
        email = f"p{number}@mail.example"
        manage = make.sign_and_confirm(runtime, page, now=now, email=email).manage_token or ""
        make.sign(runtime, page, now=now, email=email, name="Rana I.")
        token = make.link(make.last_question(runtime), "confirm")

        def leaving(manage: str = manage) -> None:
            with runtime.database.transaction() as session:
                leave(session, manage, runtime.address_key, now)

        at_once(leaving, partial(_press_if_open, other_process, token, now))
        assert make.signature_count(runtime) <= number + 1


@pytest.mark.slow
def test_who_leaves_while_their_time_is_over_makes_nobody_wait_for_ever(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime
) -> None:
    """Deletion in time holds the form, the mailbox and the signature in the order of everybody else."""
    page = make.campaign(runtime, now=now)
    tokens = [
        make.sign_and_confirm(
            runtime, page, now=now, email=f"p{number}@mail.example", officials=()
        ).manage_token
        for number in range(8)
    ]
    later = now + timedelta(days=400)
    with runtime.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.CLOSED, actor=COMMAND_LINE, now=now)
        ids = session.scalars(select(Signature.id).order_by(Signature.id)).all()
    other_process = make_runtime()

    def leaving() -> None:
        for token in tokens:
            with suppress(NotFoundError), other_process.database.transaction() as session:
                self_service.erase(session, token or "", now=later)

    def deleting() -> None:
        for signature_id in reversed(ids):
            with runtime.database.transaction() as session:
                personal_data.anonymize_signatures(session, [signature_id], later)

    at_once(leaving, deleting)
    with runtime.database.reading() as session:
        assert session.scalars(select(Signature.name)).all() in ([], [""] * len(ids))


def withdraw_with(session: Session, manage: str, key: bytes, now: datetime) -> object:
    return self_service.withdraw(session, manage, TokenPurpose.MANAGE, now=now)


@pytest.mark.slow
@pytest.mark.parametrize("leave", [forget, erase_with, withdraw_with])
def test_many_who_leave_at_once_while_a_list_is_being_made_do_not_wait_for_each_other(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime, leave: LeaveWithKey
) -> None:
    page = make.campaign(runtime, now=now)
    other_process = make_runtime()
    _order_a_list(runtime, page, now)
    made = [
        make.sign_and_confirm(runtime, page, now=now, email=f"p{number}@mail.example").manage_token or ""
        for number in range(8)
    ]

    def leaving(process: Runtime, tokens: list[str], by: LeaveWithKey) -> None:
        for token in tokens:
            with process.database.transaction() as session:
                by(session, token, process.address_key, now)

    at_once(partial(leaving, runtime, made[::2], forget), partial(leaving, other_process, made[1::2], leave))


def test_erasing_pressed_twice_at_the_same_instant_is_answered_with_a_sentence(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    other_process = make_runtime()
    for number in range(5):
        email = f"p{number}@mail.example"
        manage = make.sign_and_confirm(runtime, page, now=now, email=email).manage_token or ""

        def press_erase(process: Runtime, manage: str = manage) -> None:
            with suppress(NotFoundError), process.database.transaction() as session:
                self_service.erase(session, manage, now=now)

        at_once(partial(press_erase, runtime), partial(press_erase, other_process))
    assert make.signature_count(runtime) == 0


def _order_a_list(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    with runtime.database.transaction() as session:
        owner = organizers.add(
            session,
            "ada@group.example",
            role=Role.OWNER,
            password="a long and uncommon phrase of mine",
            actor=COMMAND_LINE,
            now=now,
            passwords=Passwords(memory=8, passes=1, lanes=1),
        )
        prepared_files.order(
            session, page.head.id, PreparedKind.SUPPORTERS, {}, expected=8, organizer_id=owner.id, now=now
        )


def test_who_seals_what_a_worker_holds_at_this_moment_leaves_nothing_of_it(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime
) -> None:
    """A first form, open and with words, is in a worker's hands when the second one is sealed."""
    make.campaign(runtime, now=now)
    make.seal_key(runtime, now=now)
    page, other_process = make.page(runtime), make_runtime()
    make.sign(runtime, page, now=now, words="My well is dry.", officials=everyone(page))
    make.keep(runtime, make.sealed_form(page, now=now))
    make.settle(runtime, now=now + timedelta(hours=2))
    sealed = make.last_question(runtime).text.split("/confirm/")[1].split()[0]
    if not runtime.database.is_sqlite:
        with other_process.database.transaction() as session:
            first = select(SigningForm.id).order_by(SigningForm.id).limit(1)
            session.execute(first.with_for_update()).all()
            with pytest.raises(ConflictError):
                press(runtime, sealed, now)
    press(runtime, sealed, now)
    make.write_out(runtime, now=now)
    with runtime.database.reading() as session:
        forms = session.scalars(select(SigningForm)).all()
        assert {(form.email, form.address_hash, form.composed) for form in forms} == {("", None, None)}
        assert session.scalars(select(Message.words)).all() == []
    assert make.emails(runtime, kind="message") == []
