"""Somebody reads every public page again and again, to learn when a person signed who is not named."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.signature import Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.runtime import Runtime
from campaign.services.feedback import events
from campaign.services.signatures import mending, self_service
from campaign.services.signatures.mending import Mending
from campaign.worker import loop
from tests import make
from tests.conftest import Clock
from tests.scripted_sending import provider, runtime
from tests.web.conftest import PAGE

__all__ = ["provider", "runtime"]
PLACES = (
    PAGE,
    f"{PAGE}.json",
    f"{PAGE}/count.json",
    f"{PAGE}/signatures",
    f"{PAGE}/letter.pdf",
    f"/embed{PAGE}",
)


def look(client: FlaskClient) -> dict[str, tuple[int, bytes, str | None]]:
    """What is to be read, and the names by which caches know it."""
    answers = {place: client.get(place) for place in PLACES}
    return {place: (one.status_code, one.data, one.headers.get("ETag")) for place, one in answers.items()}


@pytest.mark.both_databases
def test_no_page_tells_the_day_a_hidden_signer_s_message_leaves_and_arrives_that_it_did(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.let_pages_follow(runtime, now=clock())
    before = look(client)
    make.sign_and_confirm(
        runtime,
        page,
        now=clock(),
        visibility=Visibility.HIDDEN,
        officials=tuple(one.id for one in page.officials if one.has_email),
        pages_follow=False,
    )
    loop.drain(runtime, clock=clock)
    sent = [mail for mail in make.emails(runtime, kind="message") if mail.state == "accepted"]
    assert sent
    assert look(client) == before
    reports = [
        DeliveryReport(mail.public_id, mail.public_id, EventKind.DELIVERED, clock(), None) for mail in sent
    ]
    with runtime.database.transaction() as session:
        events.store(session, reports, now=clock())
    with runtime.database.transaction() as session:
        events.process(session, now=clock())
    assert look(client) == before
    day = clock().date().isoformat()
    clock.forward(days=1)
    offices = json.loads(client.get(f"{PAGE}.json").data)["officials"]
    assert day in {one["reached_on"] for one in offices}
    assert "The first message reached this office" in client.get(PAGE).text


def hide(runtime: Runtime, page: CampaignPage, manage: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        change = Mending(values={"visibility": Visibility.HIDDEN})
        mending.mend(session, manage, change, context=runtime.mail_context, now=now)


def be_forgotten(runtime: Runtime, page: CampaignPage, manage: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        self_service.forget(session, manage, key=runtime.address_key, now=now)


def seal(runtime: Runtime, page: CampaignPage, manage: str, now: datetime) -> None:
    make.sign_sealed(runtime, page, now=now + timedelta(hours=2), pages_follow=False)


def withdraw(runtime: Runtime, page: CampaignPage, manage: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        self_service.withdraw(session, manage, TokenPurpose.MANAGE, now=now)


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("disappear", [hide, be_forgotten, seal, withdraw])
def test_a_name_that_goes_takes_its_place_in_the_number_along_whether_it_still_counts_or_not(
    runtime: Runtime, clock: Clock, disappear: Callable[[Runtime, CampaignPage, str, datetime], None]
) -> None:
    """Who makes somebody take their name off sees the same, be they gone or only unseen from now on."""
    now = clock()
    make.campaign(runtime, now=now)
    make.seal_key(runtime, now=now)
    page = make.page(runtime)
    for name in "ABC":
        make.sign_and_confirm(runtime, page, now=now, name=f"{name}. Other", email=f"{name}@mail.example")
    manage = make.sign_and_confirm(runtime, page, now=now).manage_token or ""
    before = make.page(runtime).head
    disappear(runtime, page, manage, now)
    after = make.page(runtime).head
    assert (after.shown_count, after.version) == (before.shown_count - 1, before.version + 1)
    make.let_pages_follow(runtime, now=now)
    assert make.page(runtime).head.shown_count == make.signature_count(runtime)
