"""The letter and the sheet on paper: every script without an empty box, and nothing fetched from anywhere."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from campaign.assets import folder
from campaign.documents.fonts import fonts_for
from campaign.documents.pdf.html import SHEET_ROWS, pdf_css, pdf_html
from campaign.documents.pdf.render import (
    NoPdfError,
    RenderedPdf,
    missing_packages,
    render_pdf,
    render_pdf_in_subprocess,
)
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import (
    AskShown,
    CampaignHead,
    CampaignPage,
    LetterShown,
    SignatoryShown,
    WallGroup,
)
from campaign.domain.letter import Addressee, SignatoryKind
from campaign.domain.name_order import NameScript, WallHeading
from campaign.domain.pdf_documents import MOST_NAMES, PdfKind, cache_key, rounded_count
from campaign.domain.publisher import NOBODY

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADDRESS = "https://letters.example/c/river"
WORDS = {
    "en": "Save the river – “now”, says José.",
    "zh-Hans": "请拯救这条河流，现在就行动：“水是生命”。",
    "zh-Hant": "請拯救這條河流，現在就行動：「水是生命」。",
    "ug": "دەريانى قۇتقۇزۇڭ، ھازىرلا ھەرىكەت قىلىڭ؟",
    "bo": "གཙང་པོ་སྲུང་སྐྱོབ་བྱེད་རོགས། ད་ལྟ་ལས་འགུལ་སྤེལ་དགོས།",
    "es": "¿Salvarán el río? ¡Ahora, señora!",
    "fr": "Sauvez le fleuve : c’est l’œuvre d’où naît la vie.",
}
NAMES = [
    WallGroup(
        WallHeading(script, letter),
        (SignatoryShown(SignatoryKind.PERSON, name, None, None, country, initial=False),),
    )
    for script, letter, name, country in (
        (NameScript.LATIN, "R", "Rana Idris", "FR"),
        (NameScript.ARABIC, "ا", "ئابلىكىم", "TR"),
        (NameScript.TIBETAN, "ས", "བསྟན་འཛིན།", "IN"),
        (NameScript.HAN, "", "林淑芬", "TW"),
    )
]

needs_pango = pytest.mark.skipif(
    bool(missing_packages()), reason=f"PDFs need {' '.join(missing_packages())} on this machine"
)
needs_fonts = pytest.mark.skipif(
    fonts_for("".join(WORDS.values()), "zh-Hant", own_folder=folder("static") / "fonts") is None,
    reason="this machine has no fonts for Tibetan, Arabic script or Chinese",
)


def page_in(language: str, *, signatures: int = 6) -> CampaignPage:
    words = WORDS[language]
    head = CampaignHead(1, "river", words, CampaignState.OPEN, language, 1, signatures)
    letter = LetterShown(
        id=1,
        language=language,
        title=words,
        page_on=None,
        dated_on=date(2026, 3, 4),
        addressees=(Addressee("Mara Lindqvist", "Minister", ("12 Quay Street",)),),
        subject=words,
        salutation=words,
        introduction=(words,),
        conclusion=(words,),
        closing=words,
    )
    return CampaignPage(
        head=head,
        summary=None,
        goal=None,
        closes_at=None,
        letter=letter,
        asks=(AskShown(1, 1, words, words), AskShown(2, 2, None, words)),
        officials=(),
        initial_signatories=(replace(NAMES[0].names[0], organization="Friends of the Ondra"),),
        languages=(language,),
    )


def html_of(kind: PdfKind, language: str, **changes: object) -> str:
    values = {"page": page_in(language), "names": NAMES, **changes}
    return pdf_html(kind, publisher=NOBODY, language=language, address=ADDRESS, now=NOW, **values)  # type: ignore[arg-type]


def printed(html: str) -> RenderedPdf:
    return render_pdf(html, pdf_css(), font_folder=folder("static") / "fonts")


@pytest.mark.slow
@needs_pango
@needs_fonts
def test_no_script_has_an_empty_box_on_paper() -> None:
    for kind in PdfKind:
        paper = printed("".join(html_of(kind, language) for language in WORDS))
        assert paper.pdf.startswith(b"%PDF-")
        assert paper.missing == 0


@pytest.mark.slow
@needs_pango
def test_a_character_that_no_font_has_is_noticed() -> None:
    assert printed("<p>One \U000e0fff two \U0010fffd</p>").missing >= 1


@needs_pango
def test_nothing_is_fetched_whatever_the_text_asks_for(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>leaked</text></svg>"
    )
    html = f"<img src='{secret.as_uri()}'><link rel=stylesheet href='http://127.0.0.1:9/x.css'><p>Fine.</p>"
    bare = "<img src=''><p>Fine.</p>"
    assert abs(len(printed(html).pdf) - len(printed(bare).pdf)) < 20


@pytest.mark.slow
@needs_pango
def test_the_press_makes_a_pdf_apart_and_gives_up_when_told_to() -> None:
    stop = threading.Event()
    html, fonts = html_of(PdfKind.SHEET, "en"), folder("static") / "fonts"
    assert render_pdf_in_subprocess(html, pdf_css(), font_folder=fonts, stop=stop).pdf.startswith(b"%PDF-")
    stop.set()
    with pytest.raises(NoPdfError):
        render_pdf_in_subprocess(html * 50, pdf_css(), font_folder=fonts, stop=stop)


def test_a_machine_without_pango_says_which_packages_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.documents.pdf.render._is_there", lambda library: "pango" not in library)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(NoPdfError, match=r"install libpango-1\.0-0 libpangoft2-1\.0-0\."):
        printed("<p>Hello</p>")


@pytest.mark.slow
def test_the_letter_names_those_who_may_be_named_and_counts_the_others() -> None:
    html = html_of(PdfKind.LETTER, "en")
    assert "<b>\u2068R\u2069</b>\u2068Rana Idris\u2069, \u2068France\u2069</div>" in html
    assert html.index("Arabic script") < html.index("ئابلىكىم") < html.index("Chinese and Japanese")
    assert "6 people, as of November 23, 2026" in html
    assert "2 more people have signed and asked not to be named." in html
    many = html_of(PdfKind.LETTER, "en", names=NAMES * (MOST_NAMES // 4))
    assert "These are the first 10,000 who may be named." in many
    assert "asked not to be named" not in many


def test_the_sheet_has_a_row_for_each_hand_and_no_supporter_s_name() -> None:
    html = html_of(PdfKind.SHEET, "en", names=())
    assert html.count('class="shown"') == SHEET_ROWS + 1
    assert "Rana Idris" not in html
    assert "data:image/svg+xml;base64," in html


def test_what_a_writer_puts_into_a_letter_stays_text_on_paper() -> None:
    page = page_in("en")
    page = replace(page, letter=replace(page.letter, title="<script>x</script>", conclusion=("a < b",)))
    html = html_of(PdfKind.LETTER, "en", page=page)
    assert "<script>" not in html
    assert "a &lt; b" in html


def test_a_document_is_new_when_anything_it_shows_is() -> None:
    facts = (1, "https://letters.example", 7, 3, 120)
    one = cache_key(PdfKind.LETTER, "en", facts)
    assert one == cache_key(PdfKind.LETTER, "en", facts)
    others = {cache_key(PdfKind.SHEET, "en", facts), cache_key(PdfKind.LETTER, "bo", facts)}
    assert one not in others | {cache_key(PdfKind.LETTER, "en", (*facts[:-1], 121))}
    assert [rounded_count(count) for count in (0, 7, 999, 1234, 987_654)] == [0, 7, 999, 1230, 987_000]
