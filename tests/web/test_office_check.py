"""An office checks a message by the code at its end, and learns no name from it."""

import re
from datetime import UTC, datetime
from functools import partial
from typing import Any

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.office_check import new_code, shown_code
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.runtime import Runtime
from campaign.services.signatures import anonymizing, mending, self_service
from campaign.services.signatures.mending import Mending
from campaign.store.tables import OutboxEmail
from tests import digesting, make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.conftest import what_it_showed

WORDS = "My well is dry, and my mother carries water from the school."
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def code_of(email: Any) -> str:
    (code,) = CODE.findall(email.text)
    return code


def write(runtime: Runtime, page: CampaignPage, clock: Clock, **details: Any) -> tuple[str, Any]:
    """Let somebody who does not want to be seen write to the minister: their manage link, and the email."""
    filled = {
        "officials": (page.officials[0].id,),
        "words": WORDS,
        "visibility": Visibility.HIDDEN,
        "organization": "Well Keepers",
        **details,
    }
    done = make.sign_and_confirm(runtime, page, now=clock(), **filled)
    return done.manage_token or "", make.emails(runtime, kind="message")[-1]


def check(app: Flask, code: str, text: str = "") -> Page:
    browser = Browser(app)
    return browser.send(browser.get("/check"), "/check", code=code, text=text)


def test_a_form_with_nothing_in_it_is_told_what_to_enter(app: Flask, page: CampaignPage) -> None:
    empty = check(app, "")
    assert (empty.status, "no code of ours" in empty.text) == (422, False)
    assert "Enter the code, paste the message, or choose the saved email." in empty.text


def test_an_office_sees_that_a_message_is_genuine_and_not_who_wrote_it(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    _, email = write(runtime, page, clock)
    found = check(app, code_of(email).lower().replace("-", " "))
    assert found.status == 200
    assert "This code is genuine" in found.text
    assert page.head.title in found.text
    assert "confirmed it through their own mailbox on November" in found.text
    assert "words of its writer’s own" in found.text
    for secret in ("Rana", "Idris", "rana@", "Well Keepers", "carries water"):
        assert secret not in found.text
    assert "Set-Cookie" not in found.response.headers
    assert found.response.headers["Cache-Control"] == "no-store"


def test_a_text_is_unchanged_or_it_is_not(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    _, email = write(runtime, page, clock)
    code = code_of(email)
    as_received = "\n".join(f"> {line}" for line in email.text.splitlines()) + "\n\nCHECKED BY THE GATEWAY"
    assert "Genuine and unchanged" in check(app, code, as_received).text
    forged = (
        email.text.replace("My well is dry", "I will come to your house"),
        email.text.replace("Stop the works", "Start the works"),
        "One more sentence.\n" + email.text,
        email.text.replace("/c/save-the-river", "/c/another-letter"),
        WORDS,
    )
    for text in forged:
        assert text != email.text
        found = check(app, code, text)
        assert "the text is not what we sent" in found.text
        assert "Genuine and unchanged" not in found.text


def test_a_code_that_nobody_made_is_unknown_and_what_is_no_code_says_how_one_looks(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    _, email = write(runtime, page, clock)
    real = code_of(email)
    other = "0" if real[-1] != "0" else "1"
    for code in (shown_code(new_code()), real[:-1] + other):
        found = check(app, code, email.text)
        assert (found.status, "We know of no message with this code." in found.text) == (404, True)
    typed = check(app, "hello", "Something pasted")
    assert (typed.status, "K7QD-9X2M-4TRB" in typed.text) == (422, True)
    assert "Something pasted" in typed.text


def test_the_code_is_on_the_page_with_the_button_as_it_is_in_the_email(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, post: Any
) -> None:
    chosen = {"officials": str(page.officials[0].id), "message": WORDS}
    preview = post("/preview", **chosen).text
    assert "[a code, made when you confirm]" in preview
    assert not CODE.search(preview)
    post(**chosen)
    make.settle(runtime, now=clock())
    link = f"/confirm/{make.link(make.last_question(runtime), 'confirm')}"
    looked = client.get(link).text
    client.post(link, data={"shown": what_it_showed(looked)}, headers={"Sec-Fetch-Site": "same-origin"})
    make.write_out(runtime, now=clock())
    (email,) = make.emails(runtime, kind="message")
    assert code_of(email) in looked


def test_words_that_are_mended_keep_their_code_and_what_they_were_is_no_longer_vouched_for(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    token, before = write(runtime, page, clock)
    with runtime.database.reading() as session:
        (message,) = self_service.managed_signature(session, token, now=clock()).messages
    with runtime.database.transaction() as session:
        new = Mending({}, {message.id: "The school's well is dry, too."})
        mending.mend(session, token, new, context=runtime.mail_context, now=clock())
    after = make.emails(runtime, kind="message")[-1]
    assert code_of(after) == code_of(before)
    assert "Genuine and unchanged" in check(app, code_of(after), after.text).text
    assert "the text is not what we sent" in check(app, code_of(after), before.text).text


def digest_of(runtime: Runtime, page: CampaignPage, clock: Clock, *every: str) -> tuple[Any, str]:
    """An email with these messages, and the manage link of whoever wrote the last."""
    official_id, token = digesting.choose(runtime, page, clock()), ""
    for number, words in enumerate(every):
        token, _ = write(runtime, page, clock, email=f"writer{number}@mail.example", words=words)
    clock.time = datetime(2026, 11, 24, 9, tzinfo=UTC)
    digesting.one_part(runtime, official_id, clock())
    (digest,) = make.emails(runtime, kind="digest")
    return digest, token


def test_many_messages_in_one_email_are_checked_together(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    digest, _ = digest_of(runtime, page, clock, WORDS, "", "Stop the works at once, please.")
    found = check(app, code_of(digest), digest.text)
    assert "an email with 3 messages" in found.text
    assert "Those who signed them confirmed each through their own mailbox" in found.text
    assert "Messages with words of their writers’ own: 2." in found.text
    assert "Genuine and unchanged" in found.text
    as_read = lxml.html.fromstring(digest.html.replace("<br>", "\n")).find("body").text_content()
    as_read = as_read[as_read.index("Dear") :]
    assert "Genuine and unchanged" in check(app, code_of(digest), as_read).text
    changed = digest.text.replace("My well is dry", "My well is full")
    assert "the text is not what we sent" in check(app, code_of(digest), changed).text


def test_the_text_of_an_email_that_was_called_off_cannot_be_tried_out(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    digest, token = digest_of(runtime, page, clock, "Stop the works at once, please.", WORDS)
    assert "Genuine and unchanged" in check(app, code_of(digest), digest.text).text
    for take_back in (partial(self_service.withdraw, purpose=TokenPurpose.MANAGE), self_service.erase):
        with runtime.database.transaction() as session:
            take_back(session, token, now=clock())
        found = check(app, code_of(digest), digest.text).text
        assert "We can no longer compare its text" in found
        assert "Genuine and unchanged" not in found


def test_of_an_email_with_one_message_the_code_goes_with_its_writer(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    digest, token = digest_of(runtime, page, clock, WORDS)
    with runtime.database.transaction() as session:
        for row in session.scalars(select(OutboxEmail)):
            row.state, row.settled_at = OutboxState.DELIVERED, clock()
    assert "an email with one message" in check(app, code_of(digest)).text
    with runtime.database.transaction() as session:
        self_service.erase(session, token, now=clock())
    found = check(app, code_of(digest), digest.text)
    assert found.status == 404, "or the office knew that just this one had all of it erased"
    assert "can no longer compare" not in found.text


def test_a_text_that_can_no_longer_be_compared_is_in_no_good_colour(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    digest, token = digest_of(runtime, page, clock, WORDS, "")
    with runtime.database.transaction() as session:
        for row in session.scalars(select(OutboxEmail)):
            row.state, row.settled_at = OutboxState.DELIVERED, clock()
    with runtime.database.transaction() as session:
        self_service.erase(session, token, now=clock())
    # A writer who has themselves forgotten makes no forged email look good.
    found = check(app, code_of(digest), digest.text.replace("My well is dry", "My well is full"))
    assert "We can no longer compare its text" in found.text
    assert not found.tree.xpath("//*[contains(@class, 'notice-good')]")
    assert check(app, code_of(digest)).tree.xpath("//*[contains(@class, 'notice-good')]")


@pytest.mark.parametrize("how", ["erased", "anonymized"])
def test_whoever_is_forgotten_leaves_no_code_behind(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock, how: str
) -> None:
    token, email = write(runtime, page, clock)
    with runtime.database.transaction() as session:
        if how == "erased":
            self_service.erase(session, token, now=clock())
        else:
            anonymizing.anonymize(session, [email.signature_id], keep_names=False, now=clock())
    assert check(app, code_of(email), email.text).status == 404
    assert "Check a message" in Browser(app).get("/about-our-mail").text


def test_the_page_about_our_mail_says_whose_name_a_message_comes_with_alone_and_among_many(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    _, alone = write(runtime, page, clock)
    digest, _ = digest_of(runtime, page, clock, WORDS)
    told = Browser(app).get("/about-our-mail").text
    # Its writer is not shown under the letter, and yet the office learns who writes.
    assert alone.from_name == "Rana Idris"
    assert "An office always learns the name its writer gave" in told
    assert "A message that comes alone has its writer’s name as the sender." in told
    assert digest.from_name != alone.from_name
    assert "An email with many messages comes in the name of whoever publishes the letter." in told
    assert "an email with many messages has one code for all of them" in told
