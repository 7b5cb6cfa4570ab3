"""The organizers' day at the desk, as a browser without JavaScript sees it."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from campaign.domain.outbox import OutboxState
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.statistics import folding
from campaign.store.tables import LetterVersion, OutboxEmail
from tests import make
from tests.browsing import ORIGIN, Browser, Page
from tests.conftest import Clock
from tests.documents.letter_files import pdf
from tests.web.organizer.conftest import PASSWORD, enter

HERE = f"/organizer/campaigns/{make.SLUG}"
LETTER = """Open letter on the harbour of Linsund

3 May 2026

To: Berit Aas, Minister of Ports

Dear Minister Aas,

We, the people who fish from Linsund, write to you about the harbour. We call on you to:

1. Stop the dredging of the eelgrass beds.
2. Publish the noise measurements of last winter.

We look forward to your answer.

Sincerely,

Jon Vik, Linsund Fishers
"""

LogIn = Callable[[Role], Browser]


def actions(runtime: Runtime) -> list[str]:
    with runtime.database.reading() as session:
        return [entry.action for entry in audit_log.entries(session)]


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app: Flask) -> None:
    wrong = enter(Browser(app), "owner@desk.example", "not the password at all")
    unknown = enter(Browser(app), "nobody@desk.example", "not the password at all")
    assert wrong.status == unknown.status == 422
    assert "The address or the password is wrong." in wrong.text
    assert wrong.text == unknown.text
    assert wrong.form("/login").fields["email"] == "owner@desk.example"


def test_too_many_tries_are_told_how_long_to_wait(app: Flask, clock: Clock) -> None:
    browser = Browser(app)
    for _ in range(5):
        enter(browser, "owner@desk.example", "not the password at all")
    assert "Wait 61 seconds" in enter(browser, "owner@desk.example").text
    clock.forward(seconds=61)
    assert enter(browser, "owner@desk.example").path == "/organizer/"


def test_home_shows_every_campaign_with_its_numbers(logged_in: LogIn, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        folding.fold(session, time_zone=None)
    page = logged_in(Role.VIEWER).get("/organizer/")
    assert "3 groups ask the minister to save the River Ondra Open 1 1 1" in page.text
    assert "The queue is fine." in page.text


@pytest.mark.both_databases
def test_logging_out_ends_the_session(logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.OWNER)
    token = browser.client.get_cookie("campaign", domain="127.0.0.1")
    assert token
    assert browser.send(browser.get("/organizer/"), "/logout").path == "/organizer/login"
    browser.client.set_cookie("campaign", token.value, domain="127.0.0.1")
    assert browser.get("/organizer/").path == "/organizer/login"
    assert actions(runtime)[0] == "logout"


def test_half_an_hour_without_a_click_logs_out(logged_in: LogIn, clock: Clock) -> None:
    browser = logged_in(Role.VIEWER)
    for _ in range(4):
        clock.forward(minutes=20)
        assert browser.get("/organizer/").path == "/organizer/"
    clock.forward(minutes=31)
    assert browser.get("/organizer/").path == "/organizer/login"


def test_a_campaign_is_closed_and_opened_again(logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.send(browser.get(f"{HERE}/close"), "/close", begins_update=None)
    assert "Closed" in page.text
    assert make.page(runtime).head.state == "closed"
    page = browser.send(page, "/state", button="open")
    assert make.page(runtime).head.state == "open"
    assert actions(runtime)[:2] == ["campaign.state", "campaign.state"]


@pytest.mark.both_databases
def test_addresses_are_masked_until_somebody_asks_and_that_is_noted(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    listed = browser.get(f"{HERE}/supporters")
    assert "r…@mail.example" in listed.text
    assert "rana@" not in listed.text
    one = browser.get(listed.links(r"/supporters/\d+$")[0])
    assert "rana@" not in one.text
    assert "rana@mail.example" in browser.send(one, "/address").text
    assert actions(runtime)[0] == "supporter.unmask"


def test_an_exact_address_finds_its_supporter_and_stands_in_no_address_bar(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    listed = browser.get(f"{HERE}/supporters")
    found = browser.send(listed, "/supporters", sought="RANA+x@mail.example")
    assert "Rana Idris" in found.title
    assert "mail.example" not in found.url
    assert "Nobody has signed" in browser.send(listed, "/supporters", sought="else@mail.example").text
    wrong = browser.send(listed, "/supporters", sought="not an@address")
    assert wrong.status == 422
    assert wrong.tree.get_element_by_id("field-sought").value == "not an@address"


def test_who_may_only_look_sees_no_signer_and_can_try_no_address(logged_in: LogIn) -> None:
    browser = logged_in(Role.VIEWER)
    assert "/supporters" not in browser.get(HERE).response.get_data(as_text=True)
    for address in (f"{HERE}/supporters", f"{HERE}/supporters/1"):
        assert browser.get(address).status == 403
    assert "/suppressions/find" not in browser.get("/organizer/suppressions").response.get_data(as_text=True)


@pytest.mark.slow
@pytest.mark.both_databases
def test_older_supporters_are_a_page_away(logged_in: LogIn, runtime: Runtime, clock: Clock) -> None:
    shown = make.page(runtime)
    for number in range(52):
        make.sign_and_confirm(
            runtime, shown, now=clock(), name=f"Signer {'ab'[number % 2]}", email=f"s{number}@mail.example"
        )
    browser = logged_in(Role.EDITOR)
    first = browser.get(f"{HERE}/supporters")
    assert len(first.tree.xpath("//tbody/tr")) == 50
    second = browser.get(first.links("before=")[0])
    assert len(second.tree.xpath("//tbody/tr")) == 3
    assert "Rana Idris" in second.text
    assert browser.get(f"{HERE}/supporters?before=x").status == 404


@pytest.mark.both_databases
def test_an_official_gets_an_address_and_a_pace(logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"{HERE}/officials")
    assert page.text.count("No email on file") == 1
    paul = next(one for one in make.page(runtime).officials if not one.has_email)
    page = browser.send(page, "/officials", **{f"email-{paul.id}": "mayor@port.example"})
    assert "Saved." in page.text
    assert "No email on file" not in page.text
    theirs = browser.get(f"{HERE}/officials/{paul.id}")
    assert "Saved." in browser.send(theirs, f"/officials/{paul.id}", hourly_rate="12").text
    browser.send(theirs, f"/officials/{paul.id}/pause", button="yes")
    assert "Paused since" in browser.get(f"{HERE}/officials/{paul.id}").text
    assert actions(runtime)[:3] == ["official.pause", "official.change", "official.change"]


def test_an_official_of_another_campaign_cannot_be_changed_through_this_one(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="other")
    theirs = make.page(runtime, "other").officials[0]
    browser = logged_in(Role.OWNER)
    token = browser.get(HERE).form("/logout").fields["csrf_token"]
    answer = browser.client.post(
        f"{HERE}/officials/{theirs.id}",
        data={"csrf_token": token, "hourly_rate": "1"},
        base_url=ORIGIN,
    )
    assert answer.status_code == 404
    assert browser.get(f"{HERE}/officials/{theirs.id}").status == 404


@pytest.mark.both_databases
def test_emails_in_doubt_wait_for_a_word(logged_in: LogIn, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        session.execute(
            update(OutboxEmail)
            .where(OutboxEmail.kind == "thanks")
            .values(state=OutboxState.IN_DOUBT, reason="The worker died.")
        )
    browser = logged_in(Role.EDITOR)
    assert "The queue needs you" in browser.get("/organizer/").text
    page = browser.get("/organizer/queue")
    assert "The worker died." in page.text
    email = make.emails(runtime, kind="thanks")[0]
    page = browser.send(page, f"/queue/{email.id}", button="send-again")
    assert "in the queue again" in page.text
    assert make.emails(runtime, kind="thanks")[0].state == OutboxState.QUEUED
    assert actions(runtime)[0] == "email.send-again"


def test_sending_is_paused_for_a_campaign(logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.send(browser.get(HERE), "/sending", button="yes")
    assert "Paused since" in page.text
    assert make.SLUG in browser.get("/organizer/queue").text
    assert "They are sent at each official’s pace." in browser.send(page, "/sending", button="no").text


def upload(browser: Browser, data: bytes) -> Page:
    return browser.send(browser.get("/organizer/campaigns/new"), "/campaigns/new", letter=data)


def test_a_pdf_is_read_and_a_scan_is_refused_with_the_way_out(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    lines = [(70, 800 - 14 * at, 11, line) for at, line in enumerate(LETTER.split("\n"))]
    assert "Stop the dredging of the eelgrass beds." in upload(browser, pdf([lines])).text
    scan = upload(browser, pdf([[]]))
    assert scan.status == 422
    assert "The pages of this PDF are pictures without text." in scan.text


def test_what_the_reader_left_out_is_told_in_the_organizer_s_language(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    contact = "\n\nFor more information contact the office, which is 50 % staffed.\n"
    page = upload(browser, LETTER.encode() + contact.encode())
    quoted = "“For more information contact the office, which is 50 % staffed.”"
    assert f"Text after the letter was left out: {quoted}." in page.text
    browser.send(page, "/lines", button="yes", slug="linsund-harbour")
    french = browser.get("/organizer/campaigns/linsund-harbour", **{"Accept-Language": "fr"})
    assert "Du texte après la lettre a été laissé de côté" in french.text
    assert "the office, which is 50 % staffed." in french.text
    assert french.tree.xpath("//section[@aria-labelledby='warnings-title']//span/@lang") == []


def test_a_warning_stored_as_a_finished_sentence_is_marked_as_english(
    logged_in: LogIn, runtime: Runtime
) -> None:
    with runtime.database.transaction() as session:
        stored = [{"line": 3, "message": "A contact was left out: “50 % staffed”."}]
        session.execute(update(LetterVersion).values(warnings=stored))
    page = logged_in(Role.VIEWER).get(HERE, **{"Accept-Language": "fr"})
    told = page.tree.xpath("//section[@aria-labelledby='warnings-title']//span")
    assert [(one.get("lang"), one.text) for one in told] == [("en", stored[0]["message"])]


def test_what_is_no_letter_is_refused_in_a_sentence(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    assert upload(browser, b"").status == 422
    assert upload(browser, bytes(range(256)) * 40).status == 422
    long = upload(browser, b"x" * (5 * 1024 * 1024 + 1))
    assert long.status == 422
    assert "at most 5 MB" in long.text
    assert upload(browser, b"x" * (8 * 1024 * 1024)).status == 413


def test_an_owner_takes_the_list_away_after_the_password_once_more(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.OWNER)
    clock.forward(minutes=6)
    page = browser.get(f"{HERE}/export")
    assert page.path == "/organizer/confirm-password"
    assert browser.send(page, "/confirm-password", password="not the password at all").status == 422
    page = browser.send(page, "/confirm-password", password=PASSWORD)
    assert page.path == f"{HERE}/export"
    file = browser.send(page, "/export", format="csv").response
    assert file.headers["Content-Disposition"] == (
        "attachment; filename=save-the-river-supporters-2026-11-23.csv"
    )
    assert file.headers["Cache-Control"] == "no-store"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    (row,) = csv.DictReader(io.StringIO(file.get_data(as_text=True), newline=""))
    assert row["email"] == "rana@mail.example"
    assert actions(runtime)[0] == "supporters.export"


def test_a_download_without_a_fresh_password_gives_nothing(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.OWNER)
    page = browser.get(f"{HERE}/export")
    clock.forward(minutes=6)
    assert browser.send(page, "/export", format="csv").path == "/organizer/confirm-password"
    assert "supporters.export" not in actions(runtime)


def test_a_new_password_works_at_once_and_logs_out_everywhere_else(app: Flask, logged_in: LogIn) -> None:
    here, there = logged_in(Role.VIEWER), logged_in(Role.VIEWER)
    new = "seven herons over the weir"
    account = here.get("/organizer/account")

    def change(old: str, first: str, second: str) -> str:
        return here.send(
            account, "/password", password=old, new_password=first, new_password_again=second
        ).text

    assert "is wrong" in change("not the password at all", new, new)
    assert "not the same" in change(PASSWORD, new, f"{new}s")
    assert "easy to guess" in change(PASSWORD, "password password", "password password")
    assert "Your password has been changed, and" in change(PASSWORD, new, new)
    assert there.get("/organizer/").path == "/organizer/login"
    assert here.get("/organizer/").path == "/organizer/"
    assert enter(Browser(app), "viewer@desk.example", new).path == "/organizer/"


def test_one_sees_and_ends_ones_own_sessions(logged_in: LogIn) -> None:
    here, there = logged_in(Role.EDITOR), logged_in(Role.EDITOR)
    page = here.get("/organizer/account")
    assert page.text.count("last used") == 2
    other = page.tree.xpath("//button[@name='session']/@value")[0]
    assert "Logged out there." in here.send(page, "/sessions", button=other).text
    assert there.get("/organizer/").path == "/organizer/login"


def test_the_audit_log_tells_owners_who_did_what_and_that_it_is_whole(logged_in: LogIn) -> None:
    page = logged_in(Role.OWNER).get("/organizer/audit?check=yes")
    assert "owner@desk.example logged in." in page.text
    assert "Somebody on the command line stored “3 groups ask the minister" in page.text
    assert "8 entries, and all are as they were written." in page.text


@pytest.mark.parametrize("path", ["/campaigns/nowhere", "/campaigns/nowhere/officials", "/nothing"])
def test_what_does_not_exist_is_a_page_that_says_so(logged_in: LogIn, path: str) -> None:
    assert logged_in(Role.OWNER).get(f"/organizer{path}").status == 404


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("number", ["999999999999999", "2147483648", "-1", "one", "１"])
def test_a_list_has_no_page_before_a_row_that_cannot_be(logged_in: LogIn, number: str) -> None:
    browser = logged_in(Role.OWNER)
    for path in (f"/organizer/campaigns/{make.SLUG}/supporters", "/organizer/audit"):
        assert browser.get(f"{path}?before={number}").status == 404


def test_what_an_organizer_changes_of_their_own_login_is_in_the_audit_log(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    logged_in(Role.EDITOR)  # elsewhere
    before = len(actions(runtime))
    browser.send(browser.get("/organizer/account"), "/account/language", language="ug")
    browser.send(browser.get("/organizer/account"), "/account/alerts", alerts="yes")
    browser.send(browser.get("/organizer/account"), "/account/sessions", session="others")
    browser.send(browser.get("/organizer/"), "/logout")
    new = actions(runtime)[:-before]
    assert new == ["logout", "session.end", "organizer.alerts", "organizer.language"]


def test_a_new_password_of_the_campaigns_own_words_is_refused(logged_in: LogIn) -> None:
    browser = logged_in(Role.OWNER)
    words = "save-the-river-2026"
    page = browser.send(
        browser.get("/organizer/account"),
        "/account/password",
        password=PASSWORD,
        new_password=words,
        new_password_again=words,
    )
    assert page.status == 422
    assert "easy to guess" in page.text
