"""The guide to the first steps and the check-up, as an owner of a new desk meets them."""

import pytest
from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.services.doctor import examining
from campaign.web import create_app
from campaign.worker import loop
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.conftest import CHEAP, PASSWORD, enter


@pytest.fixture
def new_desk(runtime: Runtime, clock: Clock) -> Flask:
    """A desk with two logins and no campaign."""
    with runtime.database.transaction() as session:
        for role in (Role.OWNER, Role.EDITOR):
            organizers.add(
                session,
                f"{role.value}@desk.example",
                role=role,
                password=PASSWORD,
                actor=COMMAND_LINE,
                now=clock(),
                passwords=CHEAP,
            )
    app = create_app(runtime, clock=clock)
    app.extensions["campaign_passwords"] = CHEAP
    return app


@pytest.fixture
def owner(new_desk: Flask) -> Browser:
    browser = Browser(new_desk)
    enter(browser, "owner@desk.example")
    return browser


@pytest.mark.both_databases
def test_an_owner_of_a_new_desk_is_led_through_five_steps(
    owner: Browser, runtime: Runtime, clock: Clock
) -> None:
    home = owner.get("/organizer/")
    assert "Five steps to your first letter" in home.text
    page = owner.get("/organizer/first-steps")
    page = owner.send(page, "/first-steps/name", name="Friends of the Ondra")
    assert "Who publishes the letters? Done" in page.text
    page = owner.send(page, "/first-steps/test-email")
    loop.drain(runtime, clock=clock)
    assert "Does email arrive? Done" in owner.get("/organizer/first-steps").text
    page = owner.send(page, "/first-steps/records")
    assert "Email stays on this machine, so no record is needed." in page.text
    assert page.links(r"/organizer/campaigns/new$|/organizer/new$")


def test_a_step_is_skipped_remembered_and_taken_after_all(owner: Browser) -> None:
    page = owner.get("/organizer/first-steps")
    form = next(form for form in page.tree.forms if form.fields.get("step") == "sender")
    token = {"csrf_token": form.fields["csrf_token"], "step": "sender"}
    post = {"headers": {"Sec-Fetch-Site": "same-origin"}, "base_url": "http://127.0.0.1:8000"}
    address = "/organizer/first-steps"
    owner.client.post(address, data={**token, "state": "skipped"}, **post)
    assert "Who does email come from? Skipped" in owner.get(address).text
    owner.client.post(address, data={**token, "state": "open"}, **post)
    assert "Skipped" not in owner.get(address).text
    assert owner.client.post(address, data={**token, "state": "eaten"}, **post).status_code == 422


def test_a_desk_that_has_a_campaign_is_not_held_up(
    owner: Browser, new_desk: Flask, runtime: Runtime, clock: Clock
) -> None:
    editor = Browser(new_desk)
    assert "Five steps" not in enter(editor, "editor@desk.example").text
    make.campaign(runtime, now=clock())
    assert "Five steps" not in owner.get("/organizer/").text
    assert owner.get("/organizer/first-steps").status == 200
    assert editor.get("/organizer/first-steps").status == 403
    assert editor.get("/organizer/check-up").status == 403


def test_looking_at_the_check_up_asks_nobody_and_its_button_does(
    owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    look = examining.schema.current_revision
    monkeypatch.setattr(examining.schema, "current_revision", lambda engine: looks.append(1) or look(engine))
    assert "Nothing has been checked yet." in owner.get("/organizer/check-up").text
    assert not looks
    page = owner.send(owner.get("/organizer/check-up"), "/check-up")
    assert looks
    assert (
        "No backup was taken within the last seven days. Ask the people who look after the server"
        in page.text
    )
    assert "What people send in can be stored and read." in page.text
