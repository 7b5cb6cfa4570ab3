"""The desk's page of addresses that are not written to."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.outbox import OutboxState
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.feedback import events
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

LIST = "/organizer/suppressions"


def test_an_address_is_added_found_and_written_to_again(
    runtime: Runtime, app: Flask, logged_in: Callable[[Role], Browser], clock: Clock
) -> None:
    make.sign_and_confirm(runtime, make.page(runtime), now=clock(), email="lin@mail.example")
    browser = logged_in(Role.EDITOR)
    page = browser.get(LIST)
    assert "No address is suppressed." in page.text
    wrong = browser.send(page, "/suppressions", address="nobody", note="by phone")
    assert wrong.status == 422
    assert wrong.form("/suppressions").fields["note"] == "by phone"

    page = browser.send(page, "/suppressions", address="Lin@Mail.example", note="asked by phone")
    assert "This address won’t get any more email." in page.text
    assert "L…@mail.example" in page.text
    assert "asked by phone" in page.text
    assert "lin@mail.example" not in page.text.lower()
    found = browser.send(page, "/find", address="LIN@mail.example")
    assert "Added by an organizer" in found.text
    other_spelling = browser.send(page, "/find", address="lin+letters@mail.example")
    assert "is not suppressed" in other_spelling.text
    assert "is not suppressed" in browser.send(page, "/find", address="else@mail.example").text

    later = clock() + timedelta(hours=2)
    make.sign(runtime, make.page(runtime), now=later, email="lin@mail.example")
    assert make.emails(runtime)[-1].state is OutboxState.CANCELLED
    supporters = browser.get(f"/organizer/campaigns/{make.SLUG}/supporters")
    assert "Added by an organizer" in browser.get(supporters.links("/supporters/[0-9]+$")[0]).text
    page = browser.send(page, "/lift")
    assert "This address gets email again." in page.text
    assert "No address is suppressed." in page.text
    with runtime.database.reading() as session:
        actions = [entry.action for entry in audit_log.entries(session)]
    changes = [action for action in actions if action in ("suppression.add", "suppression.lift")]
    assert changes == ["suppression.lift", "suppression.add"]


def test_who_may_only_look_finds_no_button(
    app: Flask, logged_in: Callable[[Role], Browser], runtime: Runtime
) -> None:
    assert "Add an address" not in logged_in(Role.VIEWER).get(LIST).text


@pytest.mark.both_databases
def test_an_official_whose_mail_came_back_is_seen_with_the_reason_and_what_to_do(
    runtime: Runtime, app: Flask, logged_in: Callable[[Role], Browser], clock: Clock
) -> None:
    official = make.page(runtime).officials[0]
    details = {"name": "Lin Orta", "email": "lin@mail.example", "officials": (official.id,)}
    make.sign_and_confirm(runtime, make.page(runtime), now=clock(), **details)
    (message,) = make.emails(runtime, kind="message")
    bounce = DeliveryReport("e1", message.public_id, EventKind.BOUNCED, clock(), "550 no such user")
    with runtime.database.transaction() as session:
        events.store(session, [bounce], now=clock())
        events.process(session, now=clock())

    browser = logged_in(Role.EDITOR)
    page = browser.get(LIST)
    assert "Officials whose email bounced" in page.text
    assert "550 no such user" in page.text
    officials = browser.get(page.links("/officials/")[0])
    assert "there is no such mailbox" in officials.text
    clock.forward(minutes=1)
    resumed = browser.send(officials, f"/{official.id}/pause", button="no")
    assert "Sending again." in resumed.text
    assert "Officials whose email bounced" not in browser.get(LIST).text
