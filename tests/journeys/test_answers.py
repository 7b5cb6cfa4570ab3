"""From a message to an office's answer, to the supporter's mailbox, to the desk and to the letter's page."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.services.audit import audit_log
from campaign.web import create_app
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock
from tests.journeys.test_supporter import Post, body, confirm, links, officials, sign
from tests.mail.mails import eml, mail
from tests.web.organizer.conftest import CHEAP, PASSWORD, enter
from tests.web.test_inbound import form, send

PAGE = f"/c/{make.SLUG}"
DESK = f"/organizer/campaigns/{make.SLUG}/replies"


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime], clock: Clock) -> Runtime:
    runtime = make_runtime(official_rate=0, reply_domain="replies.letters.example")
    make.campaign(runtime, now=clock())
    with runtime.database.transaction() as session:
        for role in (Role.EDITOR, Role.VIEWER):
            organizers.add(
                session,
                f"{role}@desk.example",
                role=role,
                sees_people=role is Role.EDITOR,
                password=PASSWORD,
                actor=COMMAND_LINE,
                now=clock(),
                passwords=CHEAP,
            )
    return runtime


@pytest.fixture
def app(runtime: Runtime, clock: Clock) -> Flask:
    app = create_app(runtime, clock=clock)
    app.extensions["campaign_passwords"] = CHEAP
    app.testing = True
    return app


@pytest.mark.slow
def test_an_answer_is_passed_on_read_published_and_seen_by_all_without_the_supporter(
    app: Flask, runtime: Runtime, clock: Clock
) -> None:
    browser, post = Browser(app), Post(runtime, clock)
    letter = browser.get(PAGE)
    assert "but officials never do" in letter.text
    previewed = browser.send(
        letter,
        f"{PAGE}/sign",
        button="preview",
        name="Rana",
        email="r@m.example",
        officials=officials(letter),
    )
    assert "but not your email address" in previewed.text
    sign(browser, officials=officials(letter)[:1], subject="Our wells")
    confirm(browser, post)
    message = post.to("minister@waters.example")[0]
    address = str(message["Reply-To"])
    assert address.endswith("@replies.letters.example")
    assert "rana@mail.example" not in message.as_string()
    assert "who pass it on to Rana Idris" in " ".join(body(message).split())

    clock.forward(days=2)
    for answer in (eml("absent-english", to=address), mail("We will read the gauges.", to=address)):
        assert send(browser.client, form(email=answer)).status_code == 204
    passed_on = post.to("rana@mail.example")[-1]
    assert passed_on["Auto-Submitted"] == "auto-generated"
    assert passed_on["Reply-To"] is None
    assert "> We will read the gauges." in body(passed_on)
    assert make.emails(runtime, kind="reply")[0].text == ""
    manage = links(post.to("rana@mail.example")[1], "manage")[0]
    assert "The office answered on November 25, 2026" in browser.get(manage).text

    viewer = Browser(app)
    enter(viewer, "viewer@desk.example")
    counted = viewer.get(DESK)
    assert "Mara Lindqvist 1 1" in counted.text
    assert not counted.links(r"/replies/\d+$")
    assert viewer.get(f"{DESK}/1").status == 403

    editor = Browser(app)
    enter(editor, "editor@desk.example")
    listed = editor.get(DESK)
    assert "Re: Our wells" in listed.text
    assert "Automatic reply" not in " ".join(listed.tree.xpath("//tbody//a/text()"))
    assert editor.get(listed.links("show=automatic")[0]).links(r"/replies/\d+$")
    read = editor.get(listed.links(r"/replies/\d+$")[0])
    for words in ("We will read the gauges.", "mara.lindqvist@waters.example", "Rana Idris", "New"):
        assert words in read.text
    empty = editor.send(read, read.path, button="publish", summary=" ")
    assert (empty.status, empty.title.startswith("Error:")) == (422, True)
    done = editor.send(empty, read.path, button="publish", summary="The gauges are read\nfrom <May> on.")
    assert "Published on the letter’s page." in done.text

    public = browser.get(PAGE)
    assert "Answered on November 25, 2026 The gauges are read from <May> on." in public.text
    assert "We will read" not in public.text
    [told] = browser.get(f"{PAGE}.json").response.get_json()["officials"][0]["answers"]
    assert told == {"on": "2026-11-25", "text": "The gauges are read\nfrom <May> on."}
    editor.send(done, read.path, button="hide")
    assert "The gauges are read" not in browser.get(PAGE).text
    with runtime.database.reading() as session:
        actions = [entry.action for entry in audit_log.entries(session)]
    assert [one for one in actions if one in ("reply.hide", "reply.publish")] == [
        "reply.hide",
        "reply.publish",
    ]
    assert "reply.read" in actions
    assert editor.get(f"{DESK}?before=x").status == 404
    assert editor.get(f"{DESK}/2000000").status == 404
