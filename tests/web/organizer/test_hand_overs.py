"""What was handed over, and what was refused: with a photo that tells nothing but what is seen on it."""

import io
from collections.abc import Callable

from flask import Flask
from PIL import Image

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
PUBLIC = f"/c/{make.SLUG}"
LogIn = Callable[[Role], Browser]


def photo() -> bytes:
    """A picture as a telephone takes it: with a place and the name of a camera, lying on its side."""
    exif = Image.Exif()
    exif[0x0110] = "Riverphone 9"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    file = io.BytesIO()
    Image.new("RGB", (400, 200), "teal").save(file, "JPEG", exif=exif, comment=b"taken by Rana")
    return file.getvalue()


def enter(browser: Browser, official: int, **fields: object) -> None:
    page = browser.get(f"{HERE}/officials/{official}")
    done = browser.send(page, "/hand-overs", what="the letter", handed_on="2026-11-20", **fields)
    assert "Saved." in done.text, done.text


def test_a_refusal_is_shown_with_its_words_and_sets_no_date_of_arrival(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser, official = logged_in(Role.EDITOR), make.page(runtime).officials[0].id
    enter(
        browser,
        official,
        place="Port Ondra",
        receiver="Mr. Holt at the gate",
        is_refused="y",
        refusal="We take no letters.",
        is_public="y",
    )
    assert "Mr. Holt at the gate" in browser.get(f"{HERE}/officials/{official}").text
    page = Browser(app).get(PUBLIC)
    assert "Refused on" in page.text
    assert "We take no letters." in page.text
    assert "Port Ondra" in page.text
    assert "Holt" not in page.response.get_data(as_text=True)
    (told,) = browser.client.get(f"{PUBLIC}.json").json["officials"][0]["handed_over"]
    assert (told["refused"], told["refusal"], told["place"]) == (True, "We take no letters.", "Port Ondra")
    assert make.page(runtime).contacts[official].handed_on is None


def test_a_photo_is_drawn_anew_and_public_only_while_its_entry_is(
    app: Flask, logged_in: LogIn, runtime: Runtime
) -> None:
    browser, official = logged_in(Role.EDITOR), make.page(runtime).officials[0].id
    enter(browser, official, picture=photo())
    assert not Browser(app).get(PUBLIC).links("handed-over")
    (link,) = browser.get(f"{HERE}/officials/{official}").links("/picture$")
    data = browser.client.get(link).get_data()
    for told in (b"Exif", b"Riverphone", b"Rana"):
        assert told not in data
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (200, 400), "upright, as it was taken"
    page = browser.get(f"{HERE}/officials/{official}")
    browser.send(page, "/entries/1", button="publish", kind="hand_over")
    (public,) = Browser(app).get(PUBLIC).links("handed-over")
    assert browser.client.get(public).get_data() == data
    browser.send(browser.get(f"{HERE}/officials/{official}"), "/entries/1", button="hide", kind="hand_over")
    assert browser.client.get(public).status_code == 404
