"""Texts too long to be pasted come as files, and whatever else comes is told from them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.office_check import new_code, shown_code
from campaign.errors import RefusedError
from campaign.mail.inbound.kept_mail import read_kept_mail
from campaign.runtime import Runtime
from campaign.web.body_limits import largest_body
from campaign.web.public import office_check
from campaign.web.public.office_files import LARGEST_CHECK
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.waiting import little_work
from tests.web.test_manifests import check
from tests.web.test_office_check import code_of, write

LONG = "This well of ours is dry, and so is the next. " * 7_000  # 320 kB


def upload(app: Flask, *files: bytes, **fields: str) -> Page:
    browser = Browser(app)
    return browser.send(browser.get("/check"), "/check", files=list(files), **fields)


def mail_of(text: str, encoding: str = "8bit") -> bytes:
    head = "From: a@b.example\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\r\n\r\n".encode() + text.encode()


@contextmanager
def statements(runtime: Runtime) -> Iterator[list[str]]:
    ran: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        ran.append(statement)

    event.listen(runtime.database.engine, "before_cursor_execute", note)
    yield ran
    event.remove(runtime.database.engine, "before_cursor_execute", note)


def test_a_message_is_checked_as_the_file_it_was_saved_as(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    _, email = write(runtime, page, clock)
    code = code_of(email)
    longer = f"{email.text}\n\nChecked by the gateway.\n{LONG}"
    for data in (
        email.text.encode(),
        longer.encode(),
        mail_of(longer),
        b"\xef\xbb\xbf" + email.text.encode(),
    ):
        found = upload(app, data)
        assert "Genuine and unchanged" in found.text, "its code is found in it"
        assert "Genuine and unchanged" in upload(app, data, code=code).text
        assert LONG[:40] not in found.text, "what came as a file is not sent back"
        assert "not at the words around it" not in found.text
    passed_on = (
        b"From: clerk@office.example\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nFor you.\n--b\nContent-Type: message/rfc822\n\n"
        + mail_of(email.text)
        + b"\n--b--\n"
    )
    found = upload(app, passed_on)
    assert "Genuine and unchanged" in found.text
    assert "not at the words around it" in found.text, "these may be somebody else's"
    forged = email.text.replace("My well is dry", "My well is full")
    for data in (forged.encode(), mail_of(forged)):
        assert "the text is not what we sent" in upload(app, data).text


def test_what_a_reader_sees_as_html_must_be_the_same(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    _, email = write(runtime, page, clock)

    def mail(html: str) -> bytes:
        head = "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n"
        plain = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{email.text}\n"
        return f"{head}{plain}--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n".encode()

    as_html = "<p>" + email.text.replace("\n", "<br>\n") + "</p>"
    styled = '<div style="background-color:transparent;text-transform:none;margin:-1px">'
    for html in (as_html, f"{styled}{as_html}</div>"):
        assert "Genuine and unchanged" in upload(app, mail(html)).text
    for html in (as_html.replace("dry", "full"), "<p>Something else</p>", f"<p>Read this first</p>{as_html}"):
        assert "the text is not what we sent" in upload(app, mail(html)).text


def parted(kind: str, *parts: tuple[str, str]) -> bytes:
    """A saved mail of parts, each with its headers."""
    head = f"From: a@b.example\nContent-Type: multipart/{kind}; boundary=b\n\n"
    body = "".join(f"--b\n{headers}\n\n{content}\n" for headers, content in parts)
    return f"{head}{body}--b--\n".encode()


PLAIN, HTML = (f"Content-Type: text/{kind}; charset=utf-8" for kind in ("plain", "html"))
ATTACHED = "\nContent-Disposition: attachment"


def test_no_form_that_a_reader_may_be_shown_hides_behind_another(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    _, email = write(runtime, page, clock)
    plain, html = (PLAIN, email.text), (HTML, "<p>" + email.text.replace("\n", "<br>\n") + "</p>")
    forged = (PLAIN, "I take back all I wrote."), (HTML, "<p>I take back all I wrote.</p>")
    padding = (HTML, html[1] + "<!--" + "x" * 2_100_000 + "-->")
    for data in (
        parted("alternative", plain, html, forged[1]),
        parted("alternative", plain, forged[0]),
        parted("alternative", plain, html, ("Content-Type: image/png", "a picture of other words")),
        parted("alternative", plain, padding, forged[1]),
        parted("alternative", plain, html, *[("Content-Type: image/gif", "")] * 600, forged[1]),
        parted("related; start=second", html, (f"{HTML}\nContent-ID: second", forged[1][1])),
        parted("mixed", (PLAIN + ATTACHED, email.text), forged[0]),
        parted("mixed", *[("Content-Type: image/gif", "")] * 600, forged[1], plain),
    ):
        assert "Genuine and unchanged" not in upload(app, data).text
        assert "Genuine and unchanged" not in upload(app, data, code=code_of(email)).text
    footer = (PLAIN, "Checked by the gateway.")
    notes = (PLAIN + ATTACHED, "Notes of a clerk")
    nested = ("Content-Type: multipart/alternative; boundary=c", "".join(
        f"--c\n{headers}\n\n{content}\n" for headers, content in (plain, html)
    ) + "--c--")  # fmt: skip
    for parts in ((plain, footer), (nested, footer), (notes, nested, footer)):
        assert "Genuine and unchanged" in upload(app, parted("mixed", *parts)).text


@pytest.mark.first_rows(2)
@pytest.mark.parametrize(
    "headers",
    [
        'Content-Type: text/html; name="manifest.json"',
        'Content-Type: text/plain; name="manifest.json.sig"',
        'Content-Type: text/plain\nContent-Disposition: inline; filename="manifest.json"',
        "Content-Type: text/markdown",
        "Content-Type: text/enriched",
        "Content-Type: text/x-unheard-of",
    ],
)
def test_no_text_below_a_message_passes_for_a_file(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock, headers: str
) -> None:
    _, email = write(runtime, page, clock)
    plain = (PLAIN, email.text.replace("My well", "My own well"))
    below = parted("mixed", (PLAIN, email.text.partition("My well")[0]), (headers, email.text))
    assert "Genuine and unchanged" not in upload(app, below, code=code_of(email)).text
    above = parted("mixed", (headers, "I take back all I wrote."), (PLAIN, email.text))
    assert "the text is not what we sent" in upload(app, above).text
    assert "the text is not what we sent" in upload(app, parted("mixed", plain, (headers, "x"))).text


@pytest.mark.parametrize(
    "part",
    [
        ("Content-Type: image/png", "a picture of other words"),
        ("Content-Type: application/pdf; name=letter.pdf", "other words"),
        (PLAIN + ATTACHED, "I take back all I wrote."),
        ("Content-Type: message/rfc822", f"Subject: x\n{PLAIN}\n\nI take back all I wrote."),
    ],
)
def test_what_came_with_a_message_and_was_not_read_is_told(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock, part: tuple[str, str]
) -> None:
    _, email = write(runtime, page, clock)
    told = "other files or pictures, which we did not check"
    assert told in upload(app, parted("mixed", (PLAIN, email.text), part)).text
    assert told not in upload(app, parted("mixed", (PLAIN, email.text))).text


@pytest.mark.first_rows(8)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("dry", "dry<noscript>, which is a lie</noscript>"),
        ("dry", "dry<svg><text>, which is a lie</text></svg>"),
        ("dry", "dry<textarea>, which is a lie</textarea>"),
        ("dry", 'dry <img alt="which is a lie" src="cid:x">'),
        ("dry", 'dry <input value="which is a lie">'),
        ("dry", '<span style="display : none">dry</span>'),
        ("dry", "<span hidden>dry</span>"),
        ("dry", '<font style="font-size:0px">dry</font>'),
        ("dry", f'<span style="display:{" " * 1_900}none">dry</span>'),
        ("dry", "<details>dry</details>"),
        ("dry", "<dialog>dry</dialog>"),
        ("dry", "<bdo dir=rtl>dry</bdo>"),
        ("dry", '<span style="unicode-bidi:bidi-override;direction:rtl">dry</span>'),
        ("dry", "<s>dry</s>"),
        ("dry", "<del>dry</del>"),
        ("dry", '<span style="text-decoration: line-through">dry</span>'),
        ("dry", "dry<audio>, which is a lie</audio>"),
        ("dry", '<select><option label="which is a lie"></option></select>dry'),
        ("dry", "<datalist><option>dry</datalist>"),
        ("dry", '<span style="display:block;text-indent:-9999px">dry</span>'),
        ("dry", '<span style="position:absolute;left:-9999px">dry</span>'),
        ("dry", '<span style="clip-path:inset(100%)">dry</span>'),
        ("dry", '<span style="color:transparent">dry</span>'),
    ],
)
def test_html_that_shows_other_words_than_it_holds_is_not_unchanged(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock, before: str, after: str
) -> None:
    _, email = write(runtime, page, clock)
    html = "<p>" + email.text.replace("\n", "<br>\n") + "</p>"
    assert before in html
    data = parted("alternative", (PLAIN, email.text), (HTML, html.replace(before, after, 1)))
    assert "the text is not what we sent" in upload(app, data).text


def test_no_saved_email_is_read_more_often_than_it_has_words_for() -> None:
    head = "From: a@b.example\n"
    blanks = f"<p style='font-size:0{' ' * 1_900}x'>a" * 1_000
    six = "--c\n\nx\n" * 6
    nested = f"Content-Type: multipart/alternative; boundary=c\n\n{six}--c--"
    mixed = f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{nested}\n--b\n\n{'word ' * 1_500_000}\n--b--"
    with little_work(seconds=3):
        read_kept_mail(f"{head}{HTML}\n\n{blanks}".encode(), wanted=frozenset())
    with pytest.raises(RefusedError, match="too many parts"), little_work(seconds=3):
        read_kept_mail(f"{head}{mixed}".encode(), wanted=frozenset())


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"PK\x03\x04...", b"\xd0\xcf\x11\xe0...", b"\0" * 400])
def test_what_is_no_text_is_refused_in_one_sentence(app: Flask, page: CampaignPage, data: bytes) -> None:
    found = upload(app, data, text="Something typed")
    assert found.status == 422
    assert "Only saved emails (.eml), plain text (.txt)" in found.text
    assert "Something typed" in found.text


def test_too_much_is_refused_before_it_is_read(app: Flask, page: CampaignPage) -> None:
    assert largest_body("/check") == largest_body("/zh-hans/check") == LARGEST_CHECK
    assert largest_body("/c/check") < LARGEST_CHECK
    assert check(app, b"a" * (LARGEST_CHECK + 1)).status == 413
    assert "at most 5 files" in check(app, *[b"a"] * 6).text


def test_large_files_are_read_one_at_a_time_and_leave_room_for_everybody_else(
    app: Flask, page: CampaignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_check, "_PATIENCE_SECONDS", 0.01)
    with office_check._TURNS.taken("192.0.2.0/24", patience=0):
        found = check(app, LONG.encode())
        assert (found.status, found.response.headers["Retry-After"]) == (503, "60")
        assert "Other files are being checked at the moment" in found.text
        assert check(app, code=shown_code(new_code())).status == 404
    assert check(app, LONG.encode()).status == 422


def test_few_large_files_wait_for_their_turn_and_a_stranger_s_keep_no_office_from_it(
    app: Flask, page: CampaignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever waits holds a thread of those who sign; whoever finds no place is told at once.
    monkeypatch.setattr(office_check, "_PATIENCE_SECONDS", 3600)
    own, turns = "127.0.0.0/24", office_check._TURNS
    for networks in ((own, own), ("192.0.2.0/24", "192.0.2.0/24", "198.51.100.0/24", "198.51.100.0/24")):
        with ExitStack() as others:
            assert all(others.enter_context(turns.place(network)) for network in networks)
            assert check(app, LONG.encode()).status == 503
    with suppress(ZeroDivisionError), turns.taken(own, patience=0):
        raise ZeroDivisionError
    with turns.place("192.0.2.0/24"), turns.place("192.0.2.0/24"), turns.place("192.0.2.0/24") as is_there:
        assert not is_there
        assert check(app, LONG.encode()).status == 422, "others have places left"


@pytest.mark.both_databases
def test_a_code_that_there_is_takes_the_same_steps_as_one_that_there_is_not(
    app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    _, email = write(runtime, page, clock)
    with statements(runtime) as known:
        assert check(app, code=code_of(email), text=email.text).status == 200
    with statements(runtime) as unknown:
        assert check(app, code=shown_code(new_code()), text=email.text).status == 404
    assert known == unknown
