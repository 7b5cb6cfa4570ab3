"""Somebody reads every public page again and again, to learn when a person signed who is not named."""

import json

import pytest
from flask.testing import FlaskClient

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.feedback import events
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
