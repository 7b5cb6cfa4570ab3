"""News to those who asked for it: written, looked at, approved by a second person, sent, and ended."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from tests import make
from tests.browsing import ORIGIN, Browser, Page
from tests.conftest import Clock
from tests.journeys.desk import at_the_desk, desk_app
from tests.journeys.test_supporter import Post, body

DESK = f"/organizer/campaigns/{make.SLUG}"
WORDS = (
    "Hello {{name}},\n\nthe minister **has read** our letter: [her answer](https://waters.example/answer)."
)


@pytest.fixture
def app(make_runtime: Callable[..., Runtime], clock: Clock) -> Flask:
    runtime = make_runtime(official_rate=0)
    page = make.campaign(runtime, now=clock())
    for name, more in (
        ("Rana", {}),
        ("Ada", {"visibility": Visibility.HIDDEN}),
        ("Sam", {"updates": False}),
        ("Lin", {}),
    ):
        address = f"{name.lower()}@mail.example"
        make.sign_and_confirm(
            runtime, page, now=clock(), **{"name": name, "email": address, "updates": True, **more}
        )
    return desk_app(runtime, clock)


@pytest.fixture
def log_in(app: Flask, clock: Clock) -> Callable[[str], Browser]:
    """A browser in which an editor of this name has logged in."""
    return lambda name: at_the_desk(app, clock, name, Role.EDITOR)


def write(browser: Browser, subject: str, **more: str) -> Page:
    begun = browser.send(browser.get(f"{DESK}/updates"), f"{DESK}/updates")
    saved = browser.send(begun, begun.path, subject_en=subject, body_en=WORDS, **more)
    assert "Saved." in saved.text
    return saved


def approved_and_sent(writer: Browser, second: Browser, post: Post, subject: str, **more: str) -> Page:
    asked = writer.send(write(writer, subject, **more), "/ask")
    done = second.send(second.get(asked.path), "/approve")
    assert "Approved." in done.text
    post.arrive()
    return second.get(asked.path)


def news(post: Post, name: str) -> list[str]:
    """The subjects of the updates that have reached somebody."""
    return [mail["Subject"] for mail in post.to(f"{name}@mail.example") if "/unfollow/" in body(mail)]


def test_an_update_reaches_who_asked_for_news_and_the_next_one_skips_who_ended_it(
    app: Flask, log_in: Callable[[str], Browser], post: Post
) -> None:
    writer, second = log_in("writer"), log_in("second")
    written = write(writer, "The minister answers")
    preview = writer.client.get(f"{written.path}/email/en", base_url=ORIGIN)
    assert "<strong>has read</strong>" in preview.text
    assert "default-src 'none'" in preview.headers["Content-Security-Policy"]

    writer.send(written, "/test", language="en")
    (test,) = post.to("writer@desk.example")
    assert test["Subject"] == "The minister answers"
    assert test["List-Unsubscribe"] is None
    assert news(post, "rana") == []

    asked = writer.send(written, "/ask")
    assert not [form for form in asked.tree.forms if form.action.endswith("/approve")]
    second.send(second.get(asked.path), "/approve")
    assert [news(post, name) for name in ("rana", "ada", "lin", "sam")] == [
        *[["The minister answers"]] * 3,
        [],
    ]

    mail = post.to("ada@mail.example")[-1]
    assert "Hello Ada," in body(mail)
    assert "her answer (https://waters.example/answer)" in body(mail)
    assert mail["To"] == "ada@mail.example"
    header = mail["List-Unsubscribe"].strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = header.rpartition("/")[2]
    for elsewhere in ("unsubscribe", "manage", "withdraw", "confirm"):
        assert app.test_client().get(f"/{elsewhere}/{token}").status_code == 404
    asking = app.test_client().get(f"/unfollow/{token}").text
    assert "No more news about this letter?" in asking
    assert "Ada" not in asking
    answer = app.test_client().post(
        header.removeprefix("http://127.0.0.1:8000"), data={"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 204

    page = approved_and_sent(writer, second, post, "What happens next")
    assert [news(post, name)[1:] for name in ("rana", "ada", "lin")] == [
        ["What happens next"],
        [],
        ["What happens next"],
    ]
    (written_to,) = page.tree.xpath("//dt[text()='Emails written']/following-sibling::dd")
    assert written_to.text == "2"


@pytest.mark.slow
def test_who_may_approve_an_update_sees_it_on_their_first_page_and_who_wrote_it_does_not(
    app: Flask, log_in: Callable[[str], Browser], clock: Clock
) -> None:
    writer, second = log_in("writer"), log_in("second")
    viewer = at_the_desk(app, clock, "viewer", Role.VIEWER)
    written = write(writer, "The minister answers")
    assert "waiting for your approval" not in second.get("/organizer/").text
    asked = writer.send(written, "/ask")
    assert "Anyone who can approve it sees it on their first page." in asked.text
    first = second.get("/organizer/")
    assert "is waiting for your approval" in first.text
    assert first.tree.xpath("//*[@id='waiting']//a/@href") == [ORIGIN + asked.path]
    (line,) = second.get(DESK).tree.xpath("//p[@class='desk-waits']//a")
    assert (line.text, line.get("href")) == ("To be approved", ORIGIN + asked.path)
    for other in (writer, viewer):
        assert "waiting for your approval" not in other.get("/organizer/").text
        assert "To be approved" not in other.get(DESK).text
    second.send(second.get(asked.path), "/approve")
    assert "waiting for your approval" not in second.get("/organizer/").text


@pytest.mark.slow
def test_whoever_wrote_it_cannot_approve_it_and_a_sole_organizer_waits_an_hour(
    log_in: Callable[[str], Browser], runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    writer = log_in("writer")
    alone = writer.send(write(writer, "Approved alone"), "/ask")
    assert "no second organizer" in alone.text
    assert "Approved." in writer.send(alone, "/approve").text
    other = writer.send(write(writer, "For a second person"), "/ask")
    second = log_in("second")
    assert writer.send(other, "/approve").status == 403
    assert "waiting for somebody else" in writer.get(other.path).text
    assert "waiting for somebody else" not in second.get(other.path).text
    with runtime_of.database.transaction() as session:
        organizers.disable(session, "second@desk.example", actor=COMMAND_LINE, now=clock())
    assert "waiting for somebody else" not in writer.get(other.path).text, "nobody else is left"

    clock.forward(minutes=59)
    assert news(post, "rana") == []
    clock.forward(minutes=2)
    assert news(post, "rana") == ["Approved alone"]


@pytest.mark.slow
def test_where_one_of_two_writes_and_the_other_asks_the_page_tells_them_the_way_out(
    log_in: Callable[[str], Browser],
) -> None:
    writer, other = log_in("writer"), log_in("other")
    written = write(writer, "The minister answers")
    other.send(other.get(written.path), "/ask")
    for one in (writer, other):
        shown = one.get(written.path).text
        assert "Nobody here can approve it like this" in shown
        assert "waiting for somebody else" not in shown
    draft = other.send(other.get(written.path), "/take-back")
    again = writer.send(writer.get(draft.path), "/ask")
    assert "waiting for somebody else" in again.text
    assert "Approved." in other.send(other.get(draft.path), "/approve").text


@pytest.mark.slow
def test_a_change_after_the_approval_calls_back_what_has_not_left_and_nobody_gets_both(
    log_in: Callable[[str], Browser], post: Post, clock: Clock
) -> None:
    writer, second = log_in("writer"), log_in("second")
    # The slowest pace lets one go at once.
    page = approved_and_sent(writer, second, post, "With a mistake", hourly_rate="60")
    assert sum(len(news(post, name)) for name in ("rana", "ada", "lin")) == 1
    draft = second.send(page, "/take-back")
    assert "Already written to: 1" in draft.text

    saved = second.send(draft, draft.path, subject_en="Put right", body_en=WORDS, hourly_rate="5000")
    second.send(saved, "/ask")
    done = writer.send(writer.get(draft.path), "/approve")
    assert "Approved." in done.text
    clock.forward(minutes=1)
    assert sorted(news(post, name)[-1] for name in ("rana", "ada", "lin")) == [
        "Put right",
        "Put right",
        "With a mistake",
    ]
    assert all(len(news(post, name)) == 1 for name in ("rana", "ada", "lin"))


def test_an_update_that_takes_the_place_of_one_that_was_looked_at_is_not_approved_with_it(
    log_in: Callable[[str], Browser], post: Post
) -> None:
    writer, second = log_in("writer"), log_in("second")
    asked = writer.send(write(writer, "As agreed"), "/ask")
    looked_at = second.get(asked.path)
    writer.send(writer.send(asked, "/take-back"), "/delete")
    other = writer.send(write(writer, "Something else"), "/ask")
    (button,) = [form for form in looked_at.tree.forms if form.action.endswith("/approve")]
    answered = second.client.post(
        f"{other.path}/approve",
        data=dict(button.form_values()),
        base_url="http://127.0.0.1:8000",
        headers={"Origin": "http://127.0.0.1:8000"},
    )
    assert answered.status_code == 409
    assert news(post, "rana") == []


@pytest.mark.slow
def test_what_breaks_a_rule_is_told_at_its_field_and_nothing_typed_is_lost(
    log_in: Callable[[str], Browser],
) -> None:
    writer = log_in("writer")
    begun = writer.send(writer.get(f"{DESK}/updates"), f"{DESK}/updates")
    for typed, told in (
        ("![a pixel](https://spy.example/p.gif)", "can’t hold a picture"),
        ("[press here](javascript:alert(1))", "must begin with https"),
        ("Hello {{ config }}", "Only {{name}} is filled in"),
        ("[see](https://x.example/?who={{name}})", "can’t hold {{name}}"),
    ):
        refused = writer.send(begun, begun.path, subject_en="News", body_en=typed)
        assert refused.status == 422
        assert told in refused.text
        assert refused.form(begun.path).fields["body_en"].strip() == typed
