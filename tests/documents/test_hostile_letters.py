"""Files made to cost much, and damaged ones: each is a letter or one sentence, in little time and memory."""

import random
import zlib
from contextlib import suppress

import pytest

from campaign.documents.read_letter import read
from campaign.documents.read_letter.apart import plain, read_back, read_letter_apart
from campaign.documents.read_letter.read import read_letter
from campaign.domain.letter import Letter
from campaign.errors import RefusedError
from tests.documents.letter_files import docx, odt, paragraph, pdf, pdf_of_objects
from tests.waiting import little_work

pytestmark = pytest.mark.usefixtures("cold_reader")

TEXT = (
    "Open letter\n\n12 May 2026\n\nDear Minister Sand,\n\n"
    "The ferry to Holm has been away for a year, and people wait.\n\n"
    "We ask you to:\n\n1. Mend the ferry.\n2. Send a bus.\n\nSincerely,\n\nHolm Islanders Union\nFerry Club\n"
)
ROWS = "<w:tbl><w:tr><w:tc>" + paragraph("a") + paragraph("b")
SHAPES = "<w:p><w:r><w:txbxContent>"


@pytest.mark.first_rows(3)
@pytest.mark.parametrize(
    "data",
    [
        docx(ROWS * 55 + "</w:tc></w:tr></w:tbl>" * 55),
        docx(f"{SHAPES * 30}{'</w:txbxContent></w:r></w:p>' * 30}"),
        docx("<w:p>" + "<w:r><w:t> </w:t></w:r>" * 50_000 + "</w:p>"),
        odt("<table:table><table:table-row><table:table-cell><text:p>a</text:p><text:p>b</text:p>" * 25
            + "</table:table-cell></table:table-row></table:table>" * 25),
        odt("<text:p>" + "<text:span> </text:span>" * 50_000 + "</text:p>"),
        ("<html>" + "<table><tr><td>a<p>b" * 40 + "Dear Minister,").encode(),
        ("<html>" + "<article>a" * 120 + "Dear Minister,").encode(),
        ("<html>" + "<article>a</article>" * 8_000).encode(),
        ("<html>" + "<header><nav>a" * 60).encode(),
        ("# a\n\n" + "".join(f"{'>' * (at % 200)} a\n" for at in range(2000))).encode(),
        b"MIME-Version: 1.0\n" + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 500,
    ],
    ids=str.split("tables boxes runs odt-tables spans html-tables articles many heads quotes parts"),
)  # fmt: skip
def test_what_is_nested_or_cut_into_pieces_takes_no_longer_than_what_is_not(data):
    # Twice as much work for each level would take longer than anybody lives.
    with little_work(6), suppress(RefusedError):
        read_letter(data)


ENTITIES = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 10))
FORMS = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
    4: b"<</Length 5>>stream\n/X Do\nendstream",
} | {
    at: b"<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length 11>>"
    b"stream\n/X Do /X Do\nendstream" % (at + 1)
    for at in range(5, 45)
}


def bombed_pdf() -> bytes:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(300)) + packer.flush()
    stream = b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(bomb), bomb)
    return pdf_of_objects({**FORMS, 4: stream})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "word"),
    [
        (
            lambda: docx(paragraph("a " * 7_000_000)),
            "longer than any letter|more time or memory|damaged",
        ),
        (bombed_pdf, "more time or memory"),
        (lambda: pdf_of_objects(FORMS), "more time or memory"),
    ],
    ids=["zip", "stream", "forms"],
)
def test_a_bomb_ends_in_a_sentence(made, word):
    with pytest.raises(RefusedError, match=word):
        read_letter_apart(made(), name="letter")


def test_entities_are_never_expanded():
    data = docx(paragraph("a"))
    assert read_letter_or_none(data) is None
    late = f'<!--{"x" * 5000}--><!DOCTYPE d [<!ENTITY e0 "aaaaaaaaaa">{ENTITIES}]><d>&e9;</d>'
    for part in (late, late[5009:]):
        bomb = docx("", parts={"word/document.xml": part}, main="other/part.xml", target="word/document.xml")
        with pytest.raises(RefusedError, match=r"entities|damaged"):
            read_letter(bomb)


def read_letter_or_none(data, name=None):
    try:
        return read_letter(data, name=name)
    except RefusedError:
        return None


@pytest.mark.slow
def test_a_letter_read_apart_is_the_same_letter():
    letter = read_letter_apart(TEXT.encode("cp1252") + "Café Nørd\n".encode("cp1252"), name="letter.txt")
    assert letter == read_letter(TEXT.encode("cp1252") + "Café Nørd\n".encode("cp1252"), name="letter.txt")
    assert letter.warnings
    assert read_back(Letter, plain(letter)["letter"]) == letter
    with pytest.raises(RefusedError, match="RTF file"):
        read_letter_apart(b"{\\rtf1 a}")


def test_a_letter_has_at_most_so_many_asks_and_signatories(monkeypatch):
    for limit in ("MOST_ASKS", "MOST_SIGNATORIES"):
        with monkeypatch.context() as patched:
            patched.setattr(read, limit, 1)
            with pytest.raises(RefusedError, match="more than"):
                read_letter(TEXT.encode())
    assert (read.MOST_ASKS, read.MOST_SIGNATORIES) == (2_000, 50_000)


PAGE = (
    f"<html><style>.a{{font-weight:700}}</style><table><tr><td>{TEXT}<p>x</table>"
    "<ol><li class=a>One<li>Two</ol>"
)
NUMBERED = '<w:pStyle w:val="A"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
SAMPLES = [
    ("letter.txt", TEXT.encode()),
    ("letter.md", f"# Title\n\n{TEXT}\n| a | b |\n|---|---|\n| c | d |\n".encode()),
    ("letter.html", PAGE.encode()),
    ("letter.eml", b"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + PAGE.encode()),
    ("letter.docx", docx("".join(paragraph(line, NUMBERED) for line in TEXT.split("\n")))),
    ("letter.odt", odt("".join(f"<text:p>{line}</text:p>" for line in TEXT.split("\n")))),
    ("letter.pdf", pdf([[(70, 800 - 14 * at, 11, line) for at, line in enumerate(TEXT.split("\n"))]])),
]


@pytest.mark.slow
def test_a_damaged_letter_is_a_letter_or_a_sentence():
    chance = random.Random(20260512)
    read_whole = 0
    for turn in range(280):
        name, data = SAMPLES[turn % len(SAMPLES)]
        letter = read_letter_or_none(damaged(data, chance), name)
        read_whole += letter is not None
    assert 80 < read_whole < 280


def damaged(data, chance):
    """The same bytes with some flipped, lost, doubled, moved or put in."""
    some = bytearray(data)
    for _ in range(chance.choice((1, 3, 9))):
        at, to = chance.randrange(len(some)), chance.randrange(len(some))
        match chance.randrange(5):
            case 0:
                some[at] = chance.randrange(256)
            case 1:
                del some[at : at + chance.choice((1, 9, 90))]
            case 2:
                some[at:at] = some[to : to + chance.choice((5, 50, 500))]
            case 3:
                some[at:at] = chance.choice(
                    (b"<", b"&", b"\0", b"99999999999999999999", b"<<", b"(", b"\xff\xfe")
                )
            case _:
                some[at : at + 30], some[to : to + 30] = some[to : to + 30], some[at : at + 30]
        some = some or bytearray(b"x")
    return bytes(some)


def names(number: int) -> bytes:
    return (TEXT + "".join(f"Ada Number{at}\n" for at in range(number))).encode()


@pytest.mark.slow
def test_a_list_of_some_thousand_names_has_the_time_it_takes():
    assert len(read_letter_apart(names(7_000)).signatories) > 6_900


def test_a_list_beyond_any_is_refused_in_a_sentence_that_is_true_of_it():
    with pytest.raises(RefusedError, match="Shorten the list of names at its end"):
        read_letter_apart(names(10_000))
