"""What is no letter is refused with one sentence; nothing else ever comes out."""

import io
import json
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.documents.read_letter.read import read_letter
from campaign.domain.letter import Letter
from campaign.errors import RefusedError
from tests.waiting import little_work


def archive(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "picture"),
        (b"{\\rtf1 Dear Minister}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office"),
        (bytes(range(256)) * 8, "binary"),
        (b"PK\x03\x04broken", "damaged archive"),
        (archive(**{"xl/workbook.xml": "x"}), "spreadsheet"),
        (archive(**{"notes.txt": "x"}), "archive"),
        (archive(**{"word/document.xml": "<w:document"}), "damaged"),
        (json.dumps({"title": "Dear Minister"}).encode(), "JSON"),
        (b"name,email,city\nA,b,c\nD,e,f\nG,h,i\n", "table"),
        (b"<?xml version='1.0'?><feed><a>x</a></feed>", "XML"),
        (b"import os\nimport sys\n\ndef main():\n    return os.sep;\n", "source code"),
        (
            b"2024-01-01 10:00:00 INFO start\n2024-01-01 10:00:01 INFO go\n2024-01-01 10:00:02 ERROR end\n",
            "log",
        ),
        (b"1234 5678\n", "no words"),
        (b"hello\n", "running text"),
        (b"Dear \xc3\xa9t\xc3\xa9 \xc3\xa9t\xc3\xa9 \xc3\xa9t\xc3\xa9 \xc3\xa9t\xc3\xa9 \xff\xfe", "damaged"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MB"),
        (b"Dear Minister,\n" * 40_000, "longer than any letter"),
        (b"<html>" + b"<div>" * 5000 + b"Dear Minister,", "nested"),
        (b"<html><body></body></html>", "no running text"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_letter_is_refused_in_one_sentence(data, word):
    with pytest.raises(RefusedError) as refusal:
        read_letter(data)
    assert word in refusal.value.sentence
    assert refusal.value.sentence.endswith(".")


@pytest.mark.slow
def test_a_document_that_unpacks_to_too_much_is_never_opened():
    bomb = archive(**{"word/document.xml": b"0" * (61 * 1024 * 1024)})
    assert len(bomb) < 100_000
    with pytest.raises(RefusedError, match="unpacks"):
        read_letter(bomb)


def test_a_long_list_of_names_with_commas_is_no_table():
    names = "".join(f"Jane Roe {chr(65 + n % 26)}., Director, Rivers Union\n" for n in range(400))
    text = "Dear Minister,\n\nWe write to you about the rivers of our land, which are no longer safe.\n\n"
    letter = read_letter(f"{text}Sincerely,\n\n{names}".encode())
    assert len(letter.signatories) == 400


PIECES = st.sampled_from(
    [
        *(
            "Dear Minister,",
            "Sincerely,",
            "We urge you to:",
            "1. ",
            "- ",
            "a) ",
            "一、",
            "Cc: ",
            "Signatories:",
        ),
        *(
            "**",
            "_",
            "# ",
            "|",
            "\t",
            "\n",
            "\n\n",
            "\f",
            "First, ",
            "Second, ",
            "<p>",
            "</p>",
            "<li>",
            "<td>",
        ),
        *(
            "Jane Roe, Director",
            "(",
            ")",
            ";",
            "3 May 2021",
            "03/04/2021",
            "\u202e",
            "\x00",
            "尊敬的主席：",
            "此致",
        ),
        *(
            "敬礼",
            "[1]",
            "1\n",
            "-\n",
            "Re: ",
            "To: ",
            "ئىمزا",
            "\u00ad",
            "\u2028",
            "{{signatory_count}}",
            "Rivers Union",
        ),
        "A long sentence that goes on about the rivers and the lakes of the land and does not end here",
    ]
)
ANY_BYTES = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode()),
    st.lists(PIECES, max_size=40).map(lambda pieces: "\n".join(pieces).encode()),
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(ANY_BYTES, st.sampled_from([None, "-", "x.txt", "x.md", "x.html", "x.docx", "x.csv"]))
def test_any_bytes_are_either_a_letter_or_refused(data, name):
    try:
        letter = read_letter(data, name=name)
    except RefusedError:
        return
    assert isinstance(letter, Letter)
    assert json.loads(json.dumps(letter.as_json()))
    assert all(warning.line >= 1 for warning in letter.warnings)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_any_document_part_is_either_a_letter_or_refused(part):
    try:
        letter = read_letter(archive(**{"word/document.xml": part, "[Content_Types].xml": part}))
    except RefusedError:
        return
    assert isinstance(letter, Letter)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "Dear M,\n\n" + "We are writing to you about the rivers of our land, and about more.\n" * 7_000,
        "Dear M,\n\nWe ask:\n" + "- Do it now. Please.\n" * 14_000,
        "Signed by: " + "a:" * 400_000,
        "Dear M,\n\n# a\n" + "[" * 500_000,
        "Dear M,\n\n" + "**a* " * 190_000,
        "cc: " + "A, " * 300_000,
        "Dear M,\n" + " " * 900_000 + "x",
    ],
    ids=["prose", "bullets", "colons", "brackets", "stars", "commas", "spaces"],
)
def test_no_text_however_odd_takes_longer_than_a_few_seconds(text):
    # Quadratic work on any of these takes minutes.
    with little_work(12), suppress(RefusedError):
        read_letter(text.encode())
