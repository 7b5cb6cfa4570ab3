"""A list that organizers enter, against those of it who have signed, or sign, by themselves."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import select

from campaign.documents.tables.read_table import TableRead
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.imports import ImportSource, guessed
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.imports import drafts, entering
from campaign.services.signatures import confirmation, mending, self_service
from campaign.services.signatures.mending import Mending
from campaign.store.tables import Signature, Supporter
from tests import make
from tests.attacks.test_at_the_same_moment import at_once

RANA = ("Rana Idris", "rana@mail.example")


def enter(runtime: Runtime, *people: tuple[str, str], now: datetime, named: str = "yes") -> int:
    """Have people entered from a list, who let themselves be named unless told otherwise; the run's id."""
    table = TableRead(("name", "email", "named"), tuple((*one, named) for one in people))
    mapping = guessed(table.header)
    with runtime.database.transaction() as session:
        run_id = drafts.keep(
            session, make.SLUG, table, ImportSource.PAPER, mapping=mapping, actor=COMMAND_LINE, now=now
        )
    with runtime.database.transaction() as session:
        campaign_id = make.page(runtime).head.id
        begin = partial(drafts.begin, session, campaign_id, run_id, mapping)
        begin(
            note="Folder 3",
            asks_to_confirm=False,
            only_good=True,
            key=runtime.address_key,
            actor=COMMAND_LINE,
            now=now,
        )
    carry_on(runtime, run_id, now=now)
    return run_id


def carry_on(runtime: Runtime, run_id: int, *, now: datetime) -> None:
    more = True
    while more:
        with runtime.database.transaction() as session:
            more = entering.carry_on(session, run_id, key=runtime.address_key, now=now)


def undo(runtime: Runtime, run_id: int, *, now: datetime) -> None:
    with runtime.database.transaction() as session:
        campaign_id = make.page(runtime).head.id
        entering.undo(session, campaign_id, run_id, actor=COMMAND_LINE, now=now)


def signatures(runtime: Runtime) -> list[tuple[str, Visibility]]:
    with runtime.database.reading() as session:
        rows = session.scalars(select(Signature).order_by(Signature.id))
        return [(row.name, row.visibility) for row in rows]


def sign_sealed(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign_sealed(runtime, page, now=now)


def sign_and_be_forgotten(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    done = make.sign_and_confirm(runtime, page, now=now)
    with runtime.database.transaction() as session:
        self_service.forget(session, done.manage_token or "", key=runtime.address_key, now=now)


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("before", [sign_sealed, sign_and_be_forgotten])
@pytest.mark.parametrize("again", [make.sign_and_confirm, make.sign_sealed])
def test_who_is_entered_after_signing_unknown_signs_again_and_counts_once(
    runtime: Runtime,
    now: datetime,
    before: Callable[[Runtime, CampaignPage, datetime], None],
    again: Callable[..., confirmation.Confirmed],
) -> None:
    """The list cannot tell who that is, and so counts them twice; with their own word they count once."""
    make.campaign(runtime, now=now)
    make.seal_key(runtime, now=now)
    page = make.page(runtime)
    before(runtime, page, now)
    run_id = enter(runtime, RANA, ("Lin Wu", "lin@mail.example"), now=now)
    done = again(runtime, page, now=now)
    assert make.signature_count(runtime) == len(signatures(runtime)) == 2
    assert done.visibility in {Visibility.SEALED, Visibility.PUBLIC}
    undo(runtime, run_id, now=now)
    carry_on(runtime, run_id, now=now)
    assert make.signature_count(runtime) == len(signatures(runtime)) == 1
    with runtime.database.reading() as session:
        assert len(session.scalars(select(Supporter)).all()) == 1
        assert make.page(runtime).head.shown_count <= 3


def test_undoing_a_list_leaves_the_form_that_one_of_it_sent_in(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    run_id = enter(runtime, RANA, now=now)
    make.sign(runtime, page, now=now)
    mail = make.last_question(runtime)
    undo(runtime, run_id, now=now)
    carry_on(runtime, run_id, now=now)
    assert make.signature_count(runtime) == 0
    make.confirm(runtime, make.link(mail, "confirm"), now=now)
    assert make.signature_count(runtime) == 1
    assert signatures(runtime) == [("Rana Idris", Visibility.PUBLIC)]


@pytest.mark.slow
@pytest.mark.parametrize("undo_is_first", [True, False])
def test_who_confirms_while_a_list_is_undone_stays_and_nobody_waits_for_ever(
    runtime: Runtime, make_runtime: Callable[..., Runtime], now: datetime, undo_is_first: bool
) -> None:
    page = make.campaign(runtime, now=now)
    people = [(f"Person {letter}", f"p{letter}@mail.example".lower()) for letter in "ABCDEF"]
    run_id = enter(runtime, *people, now=now)
    tokens = []
    for name, email in people:
        make.sign(runtime, page, now=now, name=name, email=email)
        tokens.append(make.link(make.last_question(runtime), "confirm"))
    undo(runtime, run_id, now=now)
    other = make_runtime()
    is_half_done = threading.Event()

    def undoing() -> None:
        if not undo_is_first:
            is_half_done.wait(10)
        else:
            is_half_done.set()
        carry_on(runtime, run_id, now=now)

    def confirming(process: Runtime, some: list[str]) -> None:
        is_half_done.wait(10) if undo_is_first else is_half_done.set()
        for token in some:
            with process.database.transaction() as session:
                confirmation.confirm(session, token, shown=None, context=process.mail_context, now=now)

    at_once(
        undoing,
        partial(confirming, runtime, tokens[::2]),
        partial(confirming, other, tokens[1::2][::-1]),
    )
    assert make.signature_count(runtime) == 6 == len(signatures(runtime))


def test_who_has_changed_a_signature_that_was_entered_keeps_it_when_the_list_is_undone(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    run_id = enter(runtime, RANA, ("Lin Wu", "lin@mail.example"), now=now)
    make.sign(runtime, page, now=now)
    manage = make.link(make.last_question(runtime), "manage")
    with runtime.database.transaction() as session:
        change = Mending(values={"visibility": Visibility.HIDDEN})
        mending.mend(session, manage, change, context=runtime.mail_context, now=now)
    undo(runtime, run_id, now=now)
    carry_on(runtime, run_id, now=now)
    assert signatures(runtime) == [("Rana Idris", Visibility.HIDDEN)]
    assert make.signature_count(runtime) == 1


def test_no_page_changes_when_one_who_is_hidden_confirms_what_was_entered(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    enter(runtime, RANA, now=now, named="no")
    before = make.page(runtime).head
    make.sign_and_confirm(runtime, page, now=now, visibility=Visibility.HIDDEN, pages_follow=False)
    assert make.page(runtime).head == before
