"""Who publishes here: an owner writes it on the desk, and pages and emails say it."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.installation import publisher as publishers
from campaign.services.installation.publisher import PublisherDetails
from campaign.web import create_app
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.test_desk import LogIn, actions

PAGE = f"/c/{make.SLUG}"
SAID = {
    "name": "Ondra Alliance",
    "legal_address": "Ondra Alliance e. V.\n7 Mill Lane, Port Ondra",
    "contact": "office@alliance.example",
    "time_zone": "Europe/Brussels",
    "privacy_en": "## Your data\n\nWe keep [little](https://alliance.example/p). <script>x</script>",
    "privacy_bo": "ང་ཚོས་ཉུང་ངུ་ཉར།",
}


def logo(kind: str = "PNG", size: tuple[int, int] = (900, 300), **more: object) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "#c02020").save(file, kind, **more)
    return file.getvalue()


@pytest.mark.both_databases
def test_what_an_owner_writes_is_on_every_page_and_in_the_mail(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    owner = logged_in(Role.OWNER)
    assert "Nobody stands behind your pages yet" in owner.get("/organizer/").text
    assert "Joint letters" in owner.get(PAGE).text
    secret = PngImagePlugin.PngInfo()
    secret.add_text("Comment", "drawn by Marta at the harbour")
    page = owner.send(owner.get("/organizer/site"), "/organizer/site", **SAID, mark=logo(pnginfo=secret))
    assert "Saved." in page.text
    assert "Nobody stands behind" not in owner.get("/organizer/").text
    for at in ("/", PAGE, f"{PAGE}/signatures", "/about", "/about-our-mail", f"/embed{PAGE}", "/nowhere"):
        assert "Ondra Alliance" in owner.get(at).text, at
    letter = owner.get(PAGE).response.text
    assert 'property="og:site_name" content="Ondra Alliance"' in letter
    assert 'itemprop="publisher"' in letter
    assert owner.get(f"{PAGE}.json").response.json["publisher"]["name"] == "Ondra Alliance"
    about = owner.get("/about").response.text
    assert "7 Mill Lane, Port Ondra" in about
    assert "mailto:office@alliance.example" in about
    assert "mailto:office@alliance.example" in owner.get("/accessibility").response.text
    assert '<a href="https://alliance.example/p"' in about
    assert "<script>x" not in about
    assert SAID["privacy_bo"] in owner.get("/bo/about").text
    mark = owner.client.get(letter.split('class="masthead-mark" src="')[1].split('"')[0])
    assert mark.headers["Cache-Control"].endswith("immutable")
    assert b"Marta" not in mark.data
    make.sign_and_confirm(runtime, make.page(runtime), now=clock(), email="nils@mail.example")
    for kind in ("confirmation", "thanks"):
        email = make.emails(runtime, kind=kind)[-1]
        assert email.from_name == "Ondra Alliance"
        for words in (email.text, email.html):
            assert "7 Mill Lane, Port Ondra" in words
            assert "office@alliance.example" in words
    assert "site.publisher" in actions(runtime)


@pytest.mark.first_rows(2)
@pytest.mark.parametrize(
    ("make_file", "why"),
    [
        (
            lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>",
            "This picture can’t be read",
        ),
        (lambda: b"\x89PNG\r\n\x1a\n and then nothing", "This picture can’t be read"),
        (lambda: logo("BMP"), "This picture can’t be read"),
        (lambda: logo(size=(6000, 5000), compress_level=1), "too many pixels"),
        (lambda: b"x" * (2 * 1024 * 1024 + 1), "at most 2 MB"),
    ],
    ids=["svg", "damaged", "bmp", "pixels", "bytes"],
)
def test_what_is_no_logo_is_refused_with_all_that_was_typed(
    logged_in: LogIn, make_file: Callable[[], bytes], why: str
) -> None:
    owner = logged_in(Role.OWNER)
    page = owner.send(owner.get("/organizer/site"), "/organizer/site", **SAID, mark=make_file())
    assert page.status == 422
    assert why in page.text
    assert "7 Mill Lane, Port Ondra" in page.text
    assert "Ondra Alliance" not in owner.get("/about").text


def test_only_owners_say_who_publishes(logged_in: LogIn) -> None:
    for role in (Role.EDITOR, Role.VIEWER):
        assert logged_in(role).get("/organizer/site").status == 403


def test_the_settings_fill_in_only_what_nobody_has_written(
    make_runtime: Callable[..., Runtime], now: datetime
) -> None:
    runtime = make_runtime(organization="River Watch", contact="hello@watch.example")
    make.campaign(runtime, now=now)
    browser = Browser(create_app(runtime))
    assert "Published by River Watch." in browser.get("/").text
    said = PublisherDetails(name="", legal_address="", contact="", time_zone="", privacy_notices={})
    with runtime.database.transaction() as session:
        publishers.change(session, said, default=runtime.default_publisher, actor=COMMAND_LINE, now=now)
    assert "River Watch" not in browser.get("/about").text
