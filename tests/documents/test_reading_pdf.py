"""PDF with a text layer: signs lie about on a page, and come out as a letter."""

import pytest

from campaign.documents.read_letter.formats.pdf_layout import Glyph
from campaign.documents.read_letter.formats.pdf_text import text_of
from campaign.documents.read_letter.formats.source import lines_of_file
from campaign.documents.read_letter.read import read_letter
from campaign.errors import RefusedError
from tests.documents.letter_files import pdf, pdf_of_objects

LEFT, TOP, STEP = 70, 780, 14


def column(lines, *, left=LEFT, top=TOP, size=11.0):
    """Lines below each other; an empty one is a gap."""
    return [(left, top - STEP * at, size, line) for at, line in enumerate(lines) if line]


BODY = [
    "12 May 2026",
    "",
    "Ms. Vera Sand",
    "Minister of Ferries",
    "",
    "Dear Minister Sand,",
    "",
    "The ferry to Holm island has been out of service for a year, and the people who live there wait for",
    "a fisherman. Nobody has told them why, or what will become of them if the winter is like the last, in-",
    "cluding those who are ill.",
    "",
    "We ask you to:",
    "",
    "1.   Mend the ferry before the winter, and tell the",
    "     islanders when.",
    "2.   Send a bus until then.",
    "",
    "Sincerely,",
    "",
    "Holm Islanders Union",
]
HEADED = [(LEFT, 815, 9.0, "Holm Islanders Union   Pier 4")]


def page_of(lines, number):
    return HEADED + column(lines) + [(290, 30, 9.0, f"Page {number} of 2")]


def test_a_letter_comes_out_of_its_pages_without_their_furniture():
    letter = read_letter(
        pdf([[(LEFT, 800, 18.0, "Open letter on the ferry"), *page_of(BODY[:10], 1)], page_of(BODY[10:], 2)])
    )
    assert letter.title == "Open letter on the ferry"
    assert letter.dated_on.isoformat() == "2026-05-12"
    assert (letter.addressees[0].name, letter.addressees[0].title) == ("Ms. Vera Sand", "Minister of Ferries")
    assert letter.introduction[0].endswith("if the winter is like the last, including those who are ill.")
    assert [ask.text for ask in letter.asks] == [
        "Mend the ferry before the winter, and tell the islanders when.",
        "Send a bus until then.",
    ]
    assert [one.organization for one in letter.signatories] == ["Holm Islanders Union"]
    assert any("“Holm Islanders Union Pier 4”" in warning.sentence for warning in letter.warnings)
    assert "Page 1" not in str(letter)


def test_columns_of_running_text_are_read_one_after_the_other():
    left = [f"left {at} goes on and on to the edge of it" for at in range(8)]
    right = [f"right {at} goes on and on to the edge of it" for at in range(8)]
    wide = [
        (
            LEFT,
            800,
            11.0,
            "A line above both columns that is as wide as the page is, from one edge to the other",
        )
    ]
    page = wide + column(left, top=760) + column(right, left=300, top=760)
    lines = [line.text for line in lines_of_file(pdf([page])).lines if line.text]
    assert lines == [wide[0][3], *left, *right]


def test_a_table_of_names_is_read_row_by_row():
    names = ["Ada Olt", "Bo Lind", "Cy Moor", "Di Fenn", "Ed Wick"]
    page = column(["Signed,", "", *names]) + column(["", "", *["Ferry Club"] * 5], left=300)
    rows = [line.cells for line in lines_of_file(pdf([page])).lines if line.cells]
    assert rows == [(name, "Ferry Club") for name in names]


def test_notes_at_the_foot_and_their_marks_are_left_out_and_powers_stay():
    page = column(
        ["In 2023 the 40 km   were dry, and nobody told us why.", "It was the third year of the drought."]
    )
    raised = [(LEFT + 38, TOP + 4, 7.0, "1"), (LEFT + 89, TOP + 4, 7.0, "2")]
    foot = [(LEFT, 60, 8.0, "1 Statistics of the water board."), (LEFT, 50, 8.0, "Printed in May.")]
    source = lines_of_file(pdf([page + raised + foot]))
    text = " ".join(line.text for line in source.lines)
    assert "In 2023 the 40 km²" in text
    assert "Statistics" not in text
    assert any(
        "“1 Statistics of the water board. Printed in May.”" in one.sentence for one in source.warnings
    )


def test_words_from_right_to_left_are_in_the_order_they_are_read_in():
    # As a PDF has them: shapes of their place in the word, from the left of the page, figures the other way
    # round.
    shown = "2023 ﻡﺎﻋ (ﺮﻬﻧ)"
    glyphs = [Glyph(10.0 * at, 0, 10, 10, sign, bold=False) for at, sign in enumerate(shown)]
    assert text_of(glyphs, []) == "(نهر) عام 2023"


CATALOGUE = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>"}


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (
            pdf_of_objects({**CATALOGUE, 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"}),
            "pictures without text",
        ),
        (pdf([[(9, 9, 9, "Dear Minister, we write to you.")]])[:300], "pictures without text|damaged"),
        (b"%PDF-1.7 ...", "PDF"),
        (pdf_of_objects({1: b"<</Type/Catalog/Pages 1 0 R>>"}), "pictures without text|damaged"),
    ],
    ids=["scan", "cut", "head alone", "loop"],
)
def test_a_pdf_without_text_is_refused_with_the_way_out(data, word):
    with pytest.raises(RefusedError, match=word):
        read_letter(data)


def test_a_form_that_draws_itself_ends():
    objects = {
        **CATALOGUE,
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 4 0 R>>>>>>",
        4: b"<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 5>>"
        b"stream\n/X Do\nendstream",
    }
    with pytest.raises(RefusedError):
        read_letter(pdf_of_objects(objects))
