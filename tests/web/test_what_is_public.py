"""What anybody can learn of a signer: what the form has said beside the choice, on every public address."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from campaign.documents.pdf.render import RenderedPdf
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import Capacity, Visibility
from campaign.i18n import LANGUAGES, country_name
from campaign.runtime import Runtime
from campaign.services.campaigns import public_names, shown_counts
from campaign.services.signatures import self_service
from campaign.store.tables import Campaign
from campaign.worker import pdf
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

# What a page may never hold of anybody, and what depends on how the name may appear.
NEVER = {
    "address": "tamsin.quill@mail.example",
    "mailbox": "tamsin.quill",
    "role": "Harbourmaster",
    "postal code": "QX77 3ZK",
    "words": "heronries",
    "subject": "Cormorants",
    "source": "lighthouse-newsletter",
}
BY_CHOICE = {
    "first name": "Tamsin",
    "last name": "Quillfeather",
    "initials": "T. Q.",
    "organization": "Lanternfish Cooperative",
    "country": "NZ",
}
SHOWN = {
    Visibility.PUBLIC: {"first name", "last name", "organization"},
    Visibility.INITIALS: {"initials", "country"},
    Visibility.HIDDEN: set(),
    Visibility.SEALED: set(),
}
SEARCHED = f"{PAGE}/signatures?q=tamsin"
PLACES = (
    "/",
    PAGE,
    f"{PAGE}/signatures",
    f"{PAGE}/signatures?newest=y",
    SEARCHED,
    f"{PAGE}.json",
    f"{PAGE}/count.json",
    f"{PAGE}/letter.pdf",
    f"{PAGE}/sheet.pdf",
    f"{PAGE}/qr.svg",
    f"{PAGE}/count-log",
    f"{PAGE}/count-log.json",
    f"{PAGE}/count-log/entries.json",
    f"{PAGE}/check-your-inbox",
    f"/embed{PAGE}",
    f"/oembed?url=http://127.0.0.1:8000{PAGE}",
    f"{PAGE}/changes",
    "/about",
    "/about-our-mail",
)
PICTURE = f"{PAGE}/share.png"  # half a second for each language, and it never shows more than the title
LISTS_NAMES = (
    "/",
    PAGE,
    f"{PAGE}/signatures",
    f"{PAGE}/signatures?newest=y",
    f"{PAGE}.json",
    f"{PAGE}/letter.pdf",
)


@pytest.fixture
def print_now(runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Runs the PDF worker, whose PDFs are the HTML they would be made of."""
    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", lambda html, css, **_: RenderedPdf(html.encode(), 0))
    return lambda: pdf.make_all(runtime, clock=clock)


@pytest.fixture
def surfaces(client: FlaskClient, print_now: Callable[[], int]) -> Callable[[], dict[tuple[str, str], str]]:
    """Reads every public address in every language, with its headers, as text."""

    def read() -> dict[tuple[str, str], str]:
        prefixes = {"": ""} | {language: f"/{language.lower()}" for language in LANGUAGES}
        for prefix in prefixes.values():
            for paper in ("letter", "sheet"):
                client.get(f"{prefix}{PAGE}/{paper}.pdf")
        print_now()
        return {
            (language, place): _text(client, prefix + place)
            for language, prefix in prefixes.items()
            for place in (*PLACES, *(() if language else (PICTURE,)))
        }

    return read


def _text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Date")
    return f"{headers}\n{answer.data.decode('utf-8', 'replace')}"


def sign(runtime: Runtime, page: CampaignPage, clock: Clock, **details: Any) -> str:
    """Sign with every field filled; the token with which it can be withdrawn."""
    filled = {
        "name": "Tamsin Quillfeather",
        "email": NEVER["address"],
        "capacity": Capacity.ORGANIZATION,
        "organization": BY_CHOICE["organization"],
        "role": NEVER["role"],
        "country": BY_CHOICE["country"],
        "postal_code": NEVER["postal code"],
        "subject": NEVER["subject"],
        "words": f"The {NEVER['words']} are empty.",
        "source": NEVER["source"],
        "officials": tuple(official.id for official in page.officials),
        "asks": (page.asks[0].id,),
        "updates": True,
        **details,
    }
    signs = make.sign_and_confirm
    if filled.get("visibility") is Visibility.SEALED:
        make.seal_key(runtime, now=clock())
        page, signs = make.page(runtime), make.sign_sealed
        del filled["visibility"]
    return signs(runtime, page, now=clock(), **filled).manage_token or ""


def found(text: str, language: str) -> set[str]:
    """What can be read of the signer, but for the names of all countries in the form."""
    words = re.sub(r"(?s)<select.*?</select>", "", text).replace("\u2068", "").replace("\u2069", "")
    country = country_name(BY_CHOICE["country"], language or "en") or ""
    marks = {**NEVER, **BY_CHOICE, "country": f'({re.escape(country)}|"country":"NZ")'}
    is_there = {
        name: bool(re.search(mark if name == "country" else re.escape(mark), words))
        for name, mark in marks.items()
    }
    return {name for name, there in is_there.items() if there}


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("visibility", sorted(Visibility, key=lambda each: each is not Visibility.HIDDEN))
def test_each_choice_shows_what_the_form_has_said_and_nothing_else(
    surfaces: Callable[[], dict[tuple[str, str], str]],
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    visibility: Visibility,
) -> None:
    sign(runtime, page, clock, visibility=visibility)
    for (language, place), text in surfaces().items():
        is_found = place == SEARCHED and visibility is Visibility.PUBLIC
        shown = SHOWN[visibility] if place in LISTS_NAMES or is_found else set()
        assert found(text, language) == shown, (language, place)


@pytest.mark.parametrize(
    "visibility",
    [
        Visibility.HIDDEN,
        *(pytest.param(each, marks=pytest.mark.slow) for each in Visibility if each != Visibility.HIDDEN),
    ],
)
def test_no_place_tells_for_whom_or_when_somebody_signed(
    surfaces: Callable[[], dict[tuple[str, str], str]],
    client: FlaskClient,
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    visibility: Visibility,
) -> None:
    clock.forward(minutes=13, seconds=37)
    sign(runtime, page, clock, visibility=visibility)
    clock.forward(hours=5)
    for where, text in surfaces().items():
        assert not re.search(r"12:13|T1213|20261123|:37\b", text), where
    signers = [one for one in client.get(f"{PAGE}.json").json["signatories"] if not one["initial"]]
    assert {one["kind"] for one in signers} <= {"person"}
    assert {one["title"] for one in signers} <= {None}


@pytest.mark.slow
def test_hiding_takes_every_name_off_every_place_at_once_and_showing_brings_them_back(
    surfaces: Callable[[], dict[tuple[str, str], str]], runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    sign(runtime, page, clock)
    sign(
        runtime,
        page,
        clock,
        name="Odalys Brackenridge",
        email="odalys@mail.example",
        visibility=Visibility.INITIALS,
    )
    names = ("Tamsin", "O. B.", "Lanternfish", "Ada Pell", "Friends of the Ondra", "Tomas Rehn")
    before = surfaces()
    assert all(name in before["", PAGE] for name in names)
    for change, are_there in ((public_names.hide, False), (public_names.show, True)):
        with runtime.database.transaction() as session:
            assert change(session, make.SLUG, actor=COMMAND_LINE, now=clock())
        after = surfaces()
        for where, text in before.items():
            expected = [name for name in names if are_there and name in text]
            assert [name for name in names if name in after[where]] == expected, where
        for where in (("", f"{PAGE}.json"), ("", f"{PAGE}/count.json")):
            counts = re.findall(r'"(?:initial_signatories|signatures)":\s*\d+', before[where])
            assert counts == re.findall(r'"(?:initial_signatories|signatures)":\s*\d+', after[where])


def test_nothing_public_changes_at_the_moment_a_hidden_signer_signs(
    surfaces: Callable[[], dict[tuple[str, str], str]], runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    before = surfaces()
    clock.forward(minutes=1)
    sign(runtime, page, clock, visibility=Visibility.HIDDEN, pages_follow=False)
    clock.forward(minutes=20)
    assert surfaces() == before


@pytest.mark.slow
def test_nothing_public_changes_at_the_moment_a_hidden_signer_leaves(
    surfaces: Callable[[], dict[tuple[str, str], str]], runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    token = sign(runtime, page, clock, visibility=Visibility.HIDDEN)
    before = surfaces()
    with runtime.database.transaction() as session:
        self_service.erase(session, token, now=clock())
    assert surfaces() == before


def test_after_a_day_the_page_counts_a_hidden_signer_and_whoever_is_named_at_once(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.let_pages_follow(runtime, now=clock())
    clock.forward(minutes=1)
    sign(runtime, page, clock, visibility=Visibility.HIDDEN, pages_follow=False)
    assert client.get(f"{PAGE}/count.json").json["signatures"] == 0
    make.sign_and_confirm(
        runtime, page, now=clock(), name="Nils Weir", email="nils@mail.example", pages_follow=False
    )
    assert "Nils Weir" in client.get(PAGE).text
    clock.forward(seconds=10)
    assert client.get(f"{PAGE}/count.json").json["signatures"] == 1
    clock.time = clock.time.replace(hour=0, minute=0) + timedelta(days=1)
    with runtime.database.transaction() as session:
        shown_counts.follow(session, now=clock())
    assert "Tamsin" not in client.get(PAGE).text
    assert client.get(f"{PAGE}/count.json").json["signatures"] == 2


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_says_beside_each_choice_what_it_shows(
    client: FlaskClient, runtime: Runtime, clock: Clock, language: str
) -> None:
    make.seal_key(runtime, now=clock())
    said = re.findall(
        r'(?s)<input[^>]*name="visibility".*?</label>(.*?)</div>',
        client.get(f"/{language.lower()}{PAGE}").text,
    )
    assert len(said) == len(Visibility)
    assert len(set(said)) == len(Visibility)


def test_no_signer_is_told_how_many_signed_before_those_who_are_not_named_included(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        session.execute(update(Campaign).values(signature_count=46_110))
    make.sign(runtime, page, now=clock(), name="Nils Weir", email="nils@mail.example")
    link = make.link(make.last_question(runtime), "confirm")
    thanked = client.post(f"/confirm/{link}").text
    make.write_out(runtime, now=clock())
    (thanks,) = make.emails(runtime, kind="thanks")
    own = client.get(f"/manage/{make.link(thanks, 'manage')}").text
    for text in (thanked, own, thanks.subject, thanks.text, thanks.html):
        assert not re.search(r"46.?111", text)
