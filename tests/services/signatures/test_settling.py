"""When a mailbox is asked to confirm: nobody is pestered, nobody is kept from signing, nothing is told."""

import re
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.signing_form import FormState
from campaign.domain.tokens import TokenPurpose
from campaign.runtime import Runtime
from campaign.services.feedback import events
from campaign.services.signatures import kept_form_links, self_service
from campaign.store.tables import Signature, SigningForm
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

HOUR = timedelta(hours=1)
STRANGER = {"name": "Buy pills at pills.example", "words": "Look: http://pills.example"}


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


def states(runtime: Runtime) -> Counter[FormState]:
    with runtime.database.reading() as session:
        return Counter(session.scalars(select(SigningForm.state)))


def asked(runtime: Runtime) -> list[str]:
    """The addresses that were asked to confirm, in the order of asking."""
    return [
        mail.to_address for mail in make.emails(runtime) if mail.kind in ("confirmation", "already_signed")
    ]


def test_the_email_that_asks_holds_no_word_that_a_stranger_typed(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(
        runtime,
        page,
        now=now,
        officials=(page.officials[0].id,),
        organization="See pills.example",
        **STRANGER,
    )
    mail = make.last_question(runtime)
    for part in (mail.subject, mail.text, mail.html):
        assert "pills" not in part
    make.sign(runtime, page, now=now + timedelta(seconds=1), **STRANGER)
    make.sign(runtime, page, now=now + timedelta(seconds=2), **STRANGER)
    make.settle(runtime, now=now + HOUR)
    listing = make.last_question(runtime)
    assert listing.text.count("/confirm/") == 2
    assert "pills" not in listing.subject + listing.text + listing.html


def test_a_mailbox_is_asked_once_an_hour_and_the_next_email_lists_all_that_came_in_meanwhile(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for minute in range(50):
        make.sign(runtime, page, now=now + timedelta(minutes=minute), name=f"Form {minute}")
    assert len(asked(runtime)) == 1
    make.settle(runtime, now=now + HOUR)
    assert len(asked(runtime)) == 2
    assert states(runtime) == {FormState.MAILED: 50}
    newest = make.link(make.last_question(runtime), "confirm")
    assert make.shown(runtime, newest, now=now + HOUR).form.name == "Form 49"


def test_however_it_is_spelled_a_mailbox_gets_three_such_emails_a_day(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(40):
        moment = now + number * timedelta(minutes=30)
        make.sign(runtime, page, now=moment, email=f"ra.na+{number}@gmail.com")
    within_a_day = [mail for mail in make.emails(runtime) if mail.due_at < now + timedelta(days=1)]
    assert len(within_a_day) == 3


def test_nobody_is_kept_from_signing_by_what_a_stranger_sends_in(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(200):
        make.keep(runtime, make.new_form(page, now=now, email=f"rana+{number}@mail.example"))
    make.settle(runtime, now=now)
    # With a proof of work she is asked at once.
    make.keep(runtime, make.new_form(page, now=now, name="Rana herself", proof="solved"))
    make.settle(runtime, now=now)
    assert asked(runtime)[-1] == "rana@mail.example"
    hers = make.link(make.last_question(runtime), "confirm")
    assert make.confirm(runtime, hers, now=now).name == "Rana herself"


def test_without_a_proof_she_is_asked_a_day_after_the_stranger_stops_at_the_latest(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(6):
        make.sign(runtime, page, now=now + number * timedelta(minutes=1), email=f"rana+{number}@mail.example")
    make.sign(runtime, page, now=now + HOUR, name="Rana herself")
    moment = now + HOUR
    while "rana@mail.example" not in asked(runtime):
        moment += HOUR
        make.settle(runtime, now=moment)
        assert moment < now + timedelta(days=4)
    hers = make.link(make.last_question(runtime), "confirm")
    assert make.shown(runtime, hers, now=moment).form.name == "Rana herself"


def test_a_solved_proof_serves_once(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    for number in range(3):
        make.keep(runtime, make.new_form(page, now=now, email=f"rana+{number}@mail.example", proof="solved"))
    make.settle(runtime, now=now)
    assert asked(runtime) == ["rana+0@mail.example"]


@pytest.mark.slow
def test_three_hundred_strangers_are_not_written_to_because_one_program_asks(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for second in range(60):
        moment = now + timedelta(seconds=second)
        forms = [
            make.new_form(page, now=moment, email=f"p{second}-{each}@mail.example", network="a network")
            for each in range(5)
        ]
        make.keep(runtime, *forms)
        make.settle(runtime, now=moment)
    assert len(asked(runtime)) <= 40
    make.settle(runtime, now=now + timedelta(days=2))
    assert len(asked(runtime)) <= 40
    assert states(runtime)[FormState.HELD] >= 260


def test_in_the_middle_of_a_rush_whoever_brings_a_proof_gets_through(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    rush = [
        make.new_form(page, now=now, email=f"p{number}@mail.example", network="a network")
        for number in range(100)
    ]
    hers = make.new_form(page, now=now, network="a network", proof="solved")
    make.keep(runtime, *rush, hers)
    make.settle(runtime, now=now)
    assert "rana@mail.example" in asked(runtime)


def test_where_no_proof_is_asked_for_nobody_is_held(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    rush = [
        make.new_form(page, now=now, email=f"p{number}@mail.example", network="a network")
        for number in range(100)
    ]
    make.keep(runtime, *rush)
    make.settle(runtime, now=now, holds_rushes=False)
    assert len(asked(runtime)) == 100


def test_the_email_comes_once_more_on_request_at_its_pace_and_both_links_are_good(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now)
    make.keep(runtime, make.wish(page, now=now + timedelta(minutes=2)))
    make.settle(runtime, now=now + timedelta(minutes=2))
    assert len(asked(runtime)) == 1
    make.settle(runtime, now=now + HOUR)
    first, second = make.emails(runtime, kind="confirmation")
    links = [make.link(mail, "confirm") for mail in (first, second)]
    assert links[0] != links[1]
    shown = {make.shown(runtime, link, now=now + HOUR).shown for link in links}
    assert len(shown) == 1
    make.keep(runtime, make.wish(page, now=now + 2 * HOUR))
    make.settle(runtime, now=now + 2 * HOUR)
    make.keep(runtime, make.wish(page, now=now + 3 * HOUR))
    make.settle(runtime, now=now + 3 * HOUR)
    assert len(asked(runtime)) == 3


def test_several_who_ask_for_their_emails_in_one_moment_all_get_them(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    addresses = [f"p{number}@mail.example" for number in range(3)]
    make.keep(runtime, *(make.new_form(page, now=now, email=email) for email in addresses))
    make.settle(runtime, now=now)
    make.keep(runtime, *(make.wish(page, now=now + HOUR, email=email) for email in addresses))
    make.settle(runtime, now=now + HOUR)
    assert Counter(asked(runtime)) == dict.fromkeys(addresses, 2)


def test_a_request_for_an_address_without_a_form_writes_to_nobody_and_leaves_nothing(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.keep(runtime, make.wish(page, now=now, email="nobody@mail.example"))
    make.settle(runtime, now=now)
    assert asked(runtime) == []
    assert states(runtime) == {}


def test_who_was_held_gets_through_by_asking_again_with_a_proof_and_not_without(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    rush = [
        make.new_form(page, now=now, email=f"p{number}@mail.example", network="a network")
        for number in range(100)
    ]
    make.keep(runtime, *rush, make.new_form(page, now=now, network="a network"))
    make.settle(runtime, now=now)
    before = asked(runtime)
    assert "rana@mail.example" not in before
    make.keep(runtime, make.wish(page, now=now))
    make.settle(runtime, now=now)
    assert asked(runtime) == before
    make.keep(runtime, make.wish(page, now=now, proof="solved"))
    make.settle(runtime, now=now)
    assert asked(runtime) == [*before, "rana@mail.example"]
    make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=now)


def test_a_bounce_of_one_spelling_keeps_the_mailbox_s_other_spellings(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, email="rana+nonsense@mail.example")
    (mail,) = make.emails(runtime)
    bounce = DeliveryReport("bounce", mail.public_id, EventKind.BOUNCED, now, "no such mailbox")
    with runtime.database.transaction() as session:
        events.store(session, [bounce], now=now)
    with runtime.database.transaction() as session:
        events.process(session, now=now)
    make.sign(runtime, page, now=now + HOUR, email="rana+nonsense@mail.example")
    assert make.emails(runtime)[-1].state == "cancelled"
    later = now + timedelta(days=2)
    make.sign(runtime, page, now=later)
    assert make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=later).number == 1


def test_erasing_leaves_no_spelling_of_the_mailbox_in_any_email_that_asked(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    token = make.sign_and_confirm(runtime, page, now=now).manage_token
    make.sign(runtime, page, now=now + 2 * HOUR, email="rana+stranger@mail.example")
    make.sign(runtime, page, now=now + 4 * HOUR, email="lin@mail.example")
    with runtime.database.transaction() as session:
        self_service.erase(session, token or "", now=now + 5 * HOUR)
    assert [mail.to_address for mail in make.emails(runtime) if mail.to_address] == ["lin@mail.example"]
    with runtime.database.reading() as session:
        assert {form.email for form in session.scalars(select(SigningForm))} == {"", "lin@mail.example"}


def test_each_email_that_asks_has_a_link_to_erase_each_form_it_asks_about_and_no_other(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now)
    make.sign(runtime, page, now=now + HOUR, name="Asked About Alone")
    make.sign(runtime, page, now=now + HOUR, name="Listed First")
    make.sign(runtime, page, now=now + HOUR, name="Listed Second")
    make.settle(runtime, now=now + 2 * HOUR)
    (alone,) = make.emails(runtime, kind="already_signed")
    listing = make.emails(runtime)[-1]
    for mail in (alone, listing):
        for body in (mail.text, mail.html):
            confirming, erasing = (re.findall(rf"/{kind}/([\w-]+)", body) for kind in ("confirm", "withdraw"))
            assert len(set(confirming)) == len(set(erasing)) == (1 if mail is alone else 2)
        for token in set(erasing):
            before = states(runtime)[FormState.ENDED]
            with runtime.database.transaction() as session:
                kept_form_links.withdraw(session, token, TokenPurpose.WITHDRAW, now=now + 2 * HOUR)
            assert states(runtime)[FormState.ENDED] == before + 1
    with runtime.database.reading() as session:
        assert [row.state for row in session.scalars(select(Signature))] == ["confirmed"]
