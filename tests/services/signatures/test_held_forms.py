"""A crowd from one network is asked once an organizer says so, calmly; what a program sent is deleted."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing_form import MAIL_GAP, NETWORK_A_MINUTE, FormState
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.signatures import held_forms
from campaign.services.signatures.held_forms import HeldForms, HeldOfNetwork
from campaign.store.tables import SigningForm
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

FLOOD, CROWD = "a1b2c3d4" + "0" * 24, "b1b2c3d4" + "0" * 24
ADMITTED = 37  # at once or in a short line, of each network


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_forms, "BATCH", 25)


def send_in(runtime: Runtime, page: CampaignPage, network: str, number: int, *, now: datetime) -> None:
    """So many forms of different people from one network, at once and without a proof."""
    forms = [
        make.new_form(page, now=now, email=f"{network[0]}{n}@mail.example", network=network)
        for n in range(number)
    ]
    make.keep(runtime, *forms)
    make.settle(runtime, now=now)


def held(runtime: Runtime, page: CampaignPage, **which: object) -> HeldForms:
    with runtime.database.reading() as session:
        return held_forms.held(session, page.head.id, **which)  # type: ignore[arg-type]


def decide(runtime: Runtime, decision: str, *, now: datetime, network: str | None = None) -> list[int]:
    """Batch after batch to the end; how many each."""
    numbers = []
    while True:
        with runtime.database.transaction() as session:
            number = getattr(held_forms, decision)(
                session, make.SLUG, network=network, until=now, actor=COMMAND_LINE, now=now
            )
        if not number:
            return numbers
        numbers.append(number)


def asked(runtime: Runtime) -> int:
    return len(make.emails(runtime, kind="confirmation"))


def test_organizers_see_how_many_of_which_network_are_held_and_since_when(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    assert held(runtime, page) == HeldForms(0, None, ())
    later = now + timedelta(minutes=3)
    send_in(runtime, page, FLOOD, ADMITTED + 30, now=now)
    send_in(runtime, page, CROWD, ADMITTED + 40, now=later)
    assert held(runtime, page) == HeldForms(
        70, now, (HeldOfNetwork("b1b2c3d4", 40, later), HeldOfNetwork("a1b2c3d4", 30, now))
    )
    assert held(runtime, page, network="a1b2c3d4").number == 30
    assert held(runtime, page, until=now).number == 30


def test_those_let_be_asked_are_asked_at_their_networks_pace(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    send_in(runtime, page, CROWD, ADMITTED + 60, now=now)
    send_in(runtime, page, FLOOD, ADMITTED + 10, now=now)
    now += timedelta(hours=1)
    make.settle(runtime, now=now)
    before = asked(runtime)
    assert decide(runtime, "release", network="b1b2c3d4", now=now) == [25, 25, 10]
    assert held(runtime, page).number == 10
    for minute in range(4):
        make.settle(runtime, now=now + timedelta(minutes=minute))
        assert asked(runtime) - before == min(60, 1 + minute * NETWORK_A_MINUTE)


def test_a_mailbox_is_asked_no_more_often_because_many_forms_about_it_were_held(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    forms = [
        make.new_form(page, now=now, email=f"rana+{number}@mail.example", network=FLOOD)
        for number in range(ADMITTED + 20)
    ]
    make.keep(runtime, *forms)
    make.settle(runtime, now=now)
    decide(runtime, "release", now=now)
    make.settle(runtime, now=now + MAIL_GAP - timedelta(seconds=1))
    assert asked(runtime) == 1


def test_what_is_deleted_leaves_nothing_behind_and_what_came_later_stays(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    send_in(runtime, page, FLOOD, ADMITTED + 30, now=now)
    send_in(runtime, page, CROWD, ADMITTED + 5, now=now + timedelta(minutes=1))
    assert decide(runtime, "delete_held", now=now) == [25, 5]
    assert held(runtime, page).number == 5
    with runtime.database.reading() as session:
        rows = session.scalars(select(SigningForm).where(SigningForm.network == FLOOD)).all()
        entries = audit_log.entries(session, limit=2)
    assert len(rows) == ADMITTED
    assert FormState.HELD not in {row.state for row in rows}
    assert [(entry.action, entry.details["number"]) for entry in entries] == [
        ("forms.delete", 5),
        ("forms.delete", 25),
    ]
