"""A stranger sends in forms with somebody's address, so that she is never asked, or cannot find her own."""

from datetime import datetime, timedelta

import pytest

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing_form import LINKS_A_MAIL, MAILS_A_DAY
from campaign.runtime import Runtime
from tests import make
from tests.conftest import Clock

HERS = "rana@gmail.com"
DAY = timedelta(days=1)


def hours_until_asked(runtime: Runtime, *, since: datetime, at_most: int) -> float:
    """How long it takes until her own spelling of the address gets its email."""
    for hour in range(at_most + 1):
        moment = since + timedelta(hours=hour)
        make.settle(runtime, now=moment)
        if any(mail.to_address == HERS for mail in make.emails(runtime)):
            return hour
    raise AssertionError(f"she was not asked within {at_most} hours")


@pytest.mark.both_databases
@pytest.mark.parametrize("are_proven", [False, True])
def test_a_hundred_spellings_of_her_address_do_not_put_her_off_for_days(
    runtime: Runtime, page: CampaignPage, clock: Clock, are_proven: bool
) -> None:
    now = clock()
    spellings = [
        make.new_form(
            page,
            now=now,
            email=f"rana+{number}@gmail.com",
            network="a stranger's",
            proof=f"solved {number}" if are_proven else None,
        )
        for number in range(100)
    ]
    make.keep(runtime, *spellings)
    make.settle(runtime, now=now)
    hers = make.new_form(
        page, now=now, email=HERS, network="hers", proof="solved by her" if are_proven else None
    )
    make.keep(runtime, hers)
    assert hours_until_asked(runtime, since=now, at_most=100) <= 48
    within_a_day = [mail for mail in make.emails(runtime) if mail.due_at < now + DAY]
    assert len(within_a_day) <= (10 if are_proven else MAILS_A_DAY)


def test_a_stranger_who_goes_on_every_hour_does_not_keep_her_waiting(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    start = clock()
    for hour in range(24):
        moment = start + timedelta(hours=hour)
        forms = [
            make.new_form(page, now=moment, email=f"r.a.n.a+{hour}-{n}@gmail.com", network="a stranger's")
            for n in range(10)
        ]
        make.keep(runtime, *forms)
        make.settle(runtime, now=moment)
    asks = start + timedelta(hours=24)
    make.keep(runtime, make.new_form(page, now=asks, email=HERS, network="hers"))
    assert hours_until_asked(runtime, since=asks, at_most=14 * 24) <= 48


@pytest.mark.both_databases
def test_newer_forms_of_a_stranger_do_not_crowd_hers_out_of_the_email(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    now = clock()
    make.keep(runtime, make.new_form(page, now=now, network="a stranger's"))
    make.settle(runtime, now=now)
    make.keep(runtime, make.new_form(page, now=now, name="Rana herself", network="hers"))
    make.keep(
        runtime,
        *(
            make.new_form(page, now=now, name=f"A stranger {n}", network="a stranger's")
            for n in range(3 * LINKS_A_MAIL)
        ),
    )
    clock.forward(hours=1)
    make.settle(runtime, now=clock())
    listing = make.last_question(runtime)
    links = [part.split()[0] for part in listing.text.split("/confirm/")[1:]]
    assert len(links) == LINKS_A_MAIL
    names = {make.shown(runtime, link, now=clock()).form.name for link in links}
    assert "Rana herself" in names


def test_wishes_for_the_email_are_no_mail_bomb_however_the_address_is_spelled(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    other = make.campaign(runtime, now=clock(), slug="other")
    for number, letter in enumerate((page, other)):
        make.keep(runtime, make.new_form(letter, now=clock(), email=f"ra.na+{number}@gmail.com"))
    for hour in range(24):
        moment = clock() + timedelta(hours=hour)
        for letter in (page, other):
            wishes = [
                make.wish(letter, now=moment, email=email)
                for email in ("ra.na+0@gmail.com", "ra.na+1@gmail.com", "RANA+0@gmail.com", HERS)
            ]
            make.keep(runtime, *wishes)
        make.settle(runtime, now=moment)
    assert len(make.emails(runtime)) <= MAILS_A_DAY
