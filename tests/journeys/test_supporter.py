"""The supporter's way over HTTP, through the worker and into the local outbox."""

import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.web import create_app
from campaign.worker import loop
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock

PAGE = f"/c/{make.SLUG}"


class Post:
    """The worker and the mailboxes behind the local provider."""

    def __init__(self, runtime: Runtime, clock: Clock) -> None:
        self._runtime, self._clock = runtime, clock

    def arrive(self) -> None:
        loop.drain(self._runtime, clock=self._clock)

    def a_day_passes(self) -> None:
        """Until the worker has let pages show who signed."""
        self._clock.forward(days=1)
        self.arrive()

    def to(self, address: str) -> list[EmailMessage]:
        """What has reached a mailbox, in the order of arrival."""
        self.arrive()
        folder: Path = self._runtime.settings.outbox_folder
        files = (
            sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns) if folder.is_dir() else []
        )
        mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
        return [mail for mail in mails if address in str(mail["To"])]


CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return part.get_content()


def links(mail: EmailMessage, purpose: str) -> list[str]:
    return re.findall(rf"http\S+/{purpose}/\S+", body(mail))


@pytest.fixture
def app(make_runtime: Callable[..., Runtime], clock: Clock) -> Flask:
    runtime = make_runtime(official_rate=0)
    make.campaign(runtime, now=clock())
    app = create_app(runtime, clock=clock)
    app.testing = True
    return app


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def officials(page: Page) -> list[str]:
    return page.tree.xpath("//input[@name='officials']/@value")


def sign(browser: Browser, **fields: object) -> Page:
    filled = {"name": "Rana Idris", "email": "rana@mail.example", **fields}
    return browser.send(browser.get(PAGE), f"{PAGE}/sign", **filled)


def confirm(browser: Browser, post: Post, address: str = "rana@mail.example") -> Page:
    asked = browser.get(links(post.to(address)[-1], "confirm")[0])
    done = browser.send(asked)
    post.arrive()
    return done


def test_from_the_letter_to_the_minister_s_mailbox(browser: Browser, post: Post) -> None:
    letter = browser.get(PAGE)
    assert letter.status == 200
    for words in (
        "River Ondra",
        "No concrete before the hearing is over.",
        "Friends of the Ondra",
        "Paul Brandt",
    ):
        assert words in letter.text
    assert [
        ask.get("id")
        for ask in letter.tree.xpath("//*[starts-with(@id, 'ask-')]")
        if re.fullmatch(r"ask-\d", ask.get("id"))
    ] == ["ask-1", "ask-2", "ask-3"]

    told = browser.send(
        letter,
        f"{PAGE}/sign",
        name="Rana Idris",
        email="rana@mail.example",
        officials=officials(letter),
        subject="Our wells",
        message="My grandmother's well fell dry in May.",
    )
    assert told.path.endswith(f"{PAGE}/check-your-inbox")
    assert post.to("minister@waters.example") == []

    asked = browser.get(links(post.to("rana@mail.example")[0], "confirm")[0])
    assert "My grandmother's well fell dry in May." in asked.text
    done = browser.send(asked)
    assert done.status == 200

    mail = post.to("minister@waters.example")[0]
    assert mail["Subject"] == "Our wells"
    assert "Rana Idris" in mail["From"]
    assert "rana@mail.example" not in mail["From"]
    assert mail["Reply-To"] == "rana@mail.example"
    text = body(mail)
    assert text.index("Dear Minister Lindqvist,") < text.index("My grandmother's well fell dry in May.")
    assert text.index("My grandmother's well") < text.rindex("Rana Idris")
    assert len(post.to("director@rivers.example")) == 1
    assert "Rana Idris" in browser.get(PAGE).text
    thanks = post.to("rana@mail.example")[1]
    assert links(thanks, "manage")


def test_a_link_followed_by_a_mail_scanner_confirms_nothing(browser: Browser, post: Post) -> None:
    sign(browser)
    link = links(post.to("rana@mail.example")[0], "confirm")[0]
    for _ in range(3):
        browser.get(link)
    browser.client.head(link.removeprefix("http://127.0.0.1:8000"), base_url="http://127.0.0.1:8000")
    assert "Rana Idris" not in browser.get(PAGE).text
    assert browser.get(f"{PAGE}.json").response.json["counts"]["signatures"] == 0


def test_signing_twice_counts_once_and_looks_the_same(browser: Browser, post: Post, clock: Clock) -> None:
    first = sign(browser)
    confirm(browser, post)
    clock.forward(hours=2)
    second = sign(browser)
    assert (first.status, first.path, first.text) == (second.status, second.path, second.text)
    post.a_day_passes()
    assert browser.get(f"{PAGE}.json").response.json["counts"]["signatures"] == 1
    assert "already" in str(post.to("rana@mail.example")[-1]["Subject"]).lower()


def test_another_spelling_of_a_mailbox_counts_once_and_is_told_so(
    browser: Browser, post: Post, clock: Clock
) -> None:
    sign(browser)
    confirm(browser, post)
    clock.forward(hours=2)
    sign(browser, email="rana+again@mail.example", visibility="hidden")
    link = links(post.to("rana+again@mail.example")[-1], "confirm")[0]
    asked = browser.get(link)
    assert asked.status == 409
    assert "spelled another way" in asked.text
    assert "a déjà signé la lettre" in browser.get(f"/fr/confirm/{link.rpartition('/')[2]}").text
    assert browser.get(f"{PAGE}.json").response.json["counts"]["signatures"] == 1
    assert "Rana Idris" in browser.get(PAGE).text
    assert "nothing more is needed" in asked.text
    assert "Something went wrong" not in asked.text
    taken_back = links(post.to("rana@mail.example")[-1], "withdraw")[0]
    browser.send(browser.get(taken_back))
    assert "withdrew your signature" in browser.get(link).text


def test_whose_form_waits_for_a_look_is_told_nothing_untrue_and_can_hide_or_withdraw(
    browser: Browser, post: Post
) -> None:
    sign(browser, website="http://pills.example")
    told = confirm(browser, post)
    assert "stands on the letter" not in told.text
    assert "The email we send you now" not in told.text
    assert told.tree.xpath("string(//li[@aria-current])").split()[-3:] == ["Confirm", "by", "email"]
    hidden = browser.send(browser.get(told.links("/manage/")[0]), visibility="hidden")
    assert "Your changes are saved." in hidden.text
    assert hidden.tree.xpath("//button[@value='withdraw']")


def test_nothing_typed_is_lost_when_something_is_wrong(browser: Browser) -> None:
    letter = browser.get(PAGE)
    chosen = officials(letter)[:1]
    again = browser.send(
        letter,
        f"{PAGE}/sign",
        name="",
        email="no address",
        organization="Well Owners",
        country="FR",
        visibility="initials",
        updates="y",
        officials=chosen,
        subject="Our wells",
        message="Line one.\n\nLine <two> & three.",
    )
    assert again.status == 422
    assert again.title.startswith("Error:")
    form = again.form(f"{PAGE}/sign")
    values = dict(form.form_values())
    assert values["email"] == "no address"
    assert values["organization"] == "Well Owners"
    assert values["country"] == "FR"
    assert values["visibility"] == "initials"
    assert values["updates"] == "y"
    assert values["officials"] == chosen[0]
    assert values["subject"] == "Our wells"
    assert values["message"].replace("\r\n", "\n").strip() == "Line one.\n\nLine <two> & three."
    assert "Enter your name." in again.text
    for target in again.tree.xpath("//*[contains(@class, 'error-summary')]//a/@href"):
        assert again.tree.xpath("//*[@id=$id]", id=target.partition("#")[2]), target
    right = browser.send(again, f"{PAGE}/sign", name="Rana", email="rana@mail.example")
    assert right.path.endswith("/check-your-inbox")


@pytest.mark.slow
def test_the_preview_shows_the_finished_message_and_stores_nothing(
    browser: Browser, post: Post, runtime_of: Runtime
) -> None:
    letter = browser.get(PAGE)
    seen = browser.send(
        letter,
        f"{PAGE}/sign",
        button="preview",
        name="Rana Idris",
        email="rana@mail.example",
        officials=officials(letter),
        message="See for yourself.",
    )
    assert seen.status == 200
    for words in ("Dear Minister Lindqvist,", "See for yourself.", "Rana Idris"):
        assert words in seen.text
    assert make.emails(runtime_of) == []
    told = browser.send(seen, f"{PAGE}/sign")
    assert told.path.endswith("/check-your-inbox")
    confirm(browser, post)
    assert len(make.emails(runtime_of, kind="message")) == 2


@pytest.mark.parametrize("words", ["", "See for yourself.\n\n  Our well & yours <both>."])
def test_what_the_preview_shows_is_what_arrives_word_for_word(
    browser: Browser, post: Post, words: str
) -> None:
    """The preview, the page with the button and the mailbox: one text, with the asks and a question in it."""
    letter = browser.get(PAGE)
    filled = {"name": "Rana Idris", "email": "rana@mail.example", "message": words}
    seen = browser.send(letter, "/sign", button="preview", officials=officials(letter)[:2], **filled)
    previewed = [text.text_content() for text in seen.tree.xpath("//article//*[@class='message-text']")]
    browser.send(seen, f"{PAGE}/sign")
    asked = browser.get(links(post.to("rana@mail.example")[-1], "confirm")[0])
    awaiting = [text.text_content() for text in asked.tree.xpath("//article//*[@class='message-text']")]
    # Each message has a code for its office once there is a form to confirm.
    assert [CODE.sub("[a code, made when you confirm]", text) for text in awaiting] == previewed
    browser.send(asked)
    arrived = [body(post.to(f"{who}.example")[-1]) for who in ("minister@waters", "director@rivers")]
    assert [text.strip() for text in arrived] == [text.strip() for text in awaiting]
    for text in arrived:
        for ask in make.LETTER.asks:
            assert f"- {ask.title or ask.text}" in text
        assert "Please write back and tell me what you will do about this." in text
        assert ("wrote this message" in text) == bool(words)
    assert arrived[0].startswith("Dear Minister Lindqvist,")
    assert arrived[1].startswith("Dear Director Ines Okafor,")


def test_whoever_fills_the_trap_is_asked_like_anybody_and_counts_after_a_look(
    browser: Browser, post: Post
) -> None:
    told = sign(browser, website="http://pills.example")
    assert told.path.endswith("/check-your-inbox")
    done = confirm(browser, post)
    assert "organizers check it before it counts" in done.text
    assert browser.get(f"{PAGE}.json").response.json["counts"]["signatures"] == 0


@pytest.mark.slow
def test_who_wants_initials_or_nothing_shown_gets_that(browser: Browser, post: Post) -> None:
    for name, address, visibility in (
        ("Rana Idris", "rana@mail.example", "initials"),
        ("Selma Aydin", "selma@mail.example", "hidden"),
    ):
        sign(browser, name=name, email=address, visibility=visibility, country="FR")
        confirm(browser, post, address)
    post.a_day_passes()
    for where in (PAGE, f"{PAGE}/signatures", f"{PAGE}.json"):
        text = browser.get(where).response.get_data(as_text=True)
        assert "R. I." in text
        for secret in ("Idris", "Selma", "Aydin", "S. A.", "@mail.example"):
            assert secret not in text, (where, secret)


def test_a_supporter_sees_changes_withdraws_and_erases(browser: Browser, post: Post) -> None:
    sign(browser)
    confirm(browser, post)
    manage = links(post.to("rana@mail.example")[-1], "manage")[0]
    own = browser.get(manage)
    assert "Rana Idris" in own.text
    post.a_day_passes()
    assert "Rana Idris" in browser.get(PAGE).text
    browser.send(own, visibility="hidden")
    assert "Rana Idris" not in browser.get(PAGE).text
    withdrawn = links(post.to("rana@mail.example")[-1], "withdraw")[0]
    browser.send(browser.get(withdrawn))
    post.a_day_passes()
    assert browser.get(f"{PAGE}.json").response.json["counts"]["signatures"] == 0


def test_this_was_not_me_erases(browser: Browser, post: Post, runtime_of: Runtime) -> None:
    sign(browser)
    browser.send(browser.get(links(post.to("rana@mail.example")[0], "withdraw")[0]))
    assert {mail.to_address for mail in make.emails(runtime_of)} == {""}


def test_an_expired_link_says_so_and_leads_back(browser: Browser, post: Post, clock: Clock) -> None:
    sign(browser)
    link = links(post.to("rana@mail.example")[0], "confirm")[0]
    clock.forward(days=15)
    ended = browser.get(link)
    assert ended.status == 410
    assert "no longer works" in ended.text
    assert ended.tree.xpath("//a[contains(@href, $page)]", page=PAGE)


def test_a_closed_campaign_stays_readable_and_keeps_what_was_typed(
    browser: Browser, runtime_of: Runtime, clock: Clock
) -> None:
    letter = browser.get(PAGE)
    with runtime_of.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.CLOSED, actor=COMMAND_LINE, now=clock())
    refused = browser.send(
        letter, f"{PAGE}/sign", name="Rana", email="rana@mail.example", message="My words."
    )
    assert refused.status in (409, 410)
    assert "My words." in refused.response.get_data(as_text=True)
    closed = browser.get(PAGE)
    assert closed.status == 200
    assert "No concrete before the hearing is over." in closed.text


def test_pages_set_no_cookie_and_are_the_same_for_every_visitor(app: Flask, browser: Browser) -> None:
    first = browser.get(PAGE)
    assert "Set-Cookie" not in first.response.headers
    assert Browser(app).get(PAGE).response.data == first.response.data


def test_the_front_page_is_the_campaign_s_where_there_is_one(browser: Browser) -> None:
    front = browser.get("/")
    assert front.status == 200
    assert "No concrete before the hearing is over." in front.text


def test_an_unknown_address_is_a_page_with_a_way_on(browser: Browser) -> None:
    for path in ("/c/nothing-here", "/nowhere", "/confirm/unknown", "/manage/unknown", "/withdraw/unknown"):
        missing = browser.get(path)
        assert missing.status == 404, path
        assert missing.tree.xpath("//main//a/@href"), path
