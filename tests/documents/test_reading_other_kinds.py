"""OpenDocument, email, pages and Markdown: each kind read by its own rules, in any charset it declares."""

import base64
import json

import pytest

from campaign.documents.read_letter.formats.source import lines_of_file
from campaign.documents.read_letter.read import read_letter
from campaign.errors import RefusedError
from tests.documents.letter_files import odt

LETTER = """12 May 2026

Dear Minister Sand,

The ferry to Holm island has been out of service for a year, and nobody knows why.

We ask you to:

1. Mend the ferry.
2. Send a bus.

Sincerely,

Holm Islanders Union
"""
PAGE = (
    "<p>12 May 2026</p><p>Dear Minister Sand,</p><p>{}</p><p>We ask you to:</p>"
    "<ol><li>Mend the ferry.</li><li>Send a bus.</li></ol><p>Sincerely,</p><p>Holm Islanders Union</p>"
)


def is_the_letter(letter):
    return (
        letter.salutation == "Dear Minister Sand,"
        and [ask.text for ask in letter.asks] == ["Mend the ferry.", "Send a bus."]
        and letter.signatories[0].organization == "Holm Islanders Union"
    )


def test_an_opendocument_text_comes_out_whole_without_what_is_hidden():
    styles = (
        '<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-format="A"'
        ' style:num-suffix=")"/></text:list-style>'
        '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
    )
    source = lines_of_file(
        odt(
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>SECRET 1</text:p>"
            "</text:deletion></text:changed-region></text:tracked-changes>"
            '<text:h text:outline-level="1">The ferry</text:h>'
            '<text:p>Dear<text:s text:c="99999999"/>Minister,<text:line-break/>good day'
            "<office:annotation><text:p>SECRET 2</text:p></office:annotation>"
            '<text:span text:style-name="H">SECRET 3</text:span>'
            "<text:note><text:note-body><text:p>SECRET 4</text:p></text:note-body></text:note></text:p>"
            '<text:list text:style-name="N"><text:list-item><text:p><text:span text:style-name="B">'
            "Mend</text:span> it.</text:p></text:list-item>"
            "<text:list-item><text:p>Send a bus.</text:p></text:list-item></text:list>"
            '<text:section text:display="none"><text:p>SECRET 5</text:p></text:section>'
            '<table:table><table:table-row table:number-rows-repeated="99999999">'
            "<table:table-cell><text:p>Ada Olt</text:p></table:table-cell>"
            "<table:table-cell><text:p>Ferry<text:line-break/>Club</text:p></table:table-cell>"
            "</table:table-row></table:table>",
            styles,
        )
    )
    lines = [(line.marker, line.level, line.strong, line.text) for line in source.lines if line.text]
    assert lines == [
        (None, 1, 0, "The ferry"),
        (None, 0, 0, "Dear Minister,"),
        (None, 0, 0, "good day"),
        ("A)", 0, 4, "Mend it."),
        ("B)", 0, 0, "Send a bus."),
        (None, 0, 0, "Ada Olt | Ferry Club"),
    ]
    said = " ".join(warning.message for warning in source.warnings)
    assert all(word in said for word in ("Hidden", "deletion", "Comments", "footnote"))
    assert "SECRET" not in said


def eml(body, kind="text/plain; charset=utf-8", encoding="8bit", subject="Fwd: The ferry"):
    head = f"From: Ada <ada@holm.example>\nTo: all@holm.example\nSubject: {subject}\nMIME-Version: 1.0\n"
    return f"{head}Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body


TWO_FORMS = (
    b"--x\nContent-Type: text/plain\n\nPlease use a program that shows pages.\n"
    b"--x\nContent-Type: text/html; charset=windows-1252\nContent-Transfer-Encoding: quoted-printable\n\n"
    + PAGE.format("The ferry has been away for a year =96 nobody knows why.").encode()
    + b"\n--x\nContent-Type: application/pdf; name=map.pdf\n"
    b"Content-Disposition: attachment\n\nJVBERi0=\n--x--\n"
)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (eml(LETTER.encode()), "letter.eml"),
        (eml(base64.encodebytes(LETTER.encode()), encoding="base64"), "letter.txt"),
        (eml(LETTER.encode("utf-16"), kind="text/plain; charset=utf-16"), None),
        (b"From ada Tue May 12 10:00:00 2026\n" + eml(LETTER.encode()), None),
        (eml(TWO_FORMS, kind="multipart/mixed; boundary=x"), None),
        (
            b"MIME-Version: 1.0\nContent-Type: text/html\n\n"
            + PAGE.format("The ferry is away for a year.").encode(),
            "x.mht",
        ),
    ],
    ids=["plain", "base64", "utf-16", "mbox", "two forms", "saved page"],
)
def test_the_letter_in_an_email_is_read_and_never_the_head(data, name):
    letter = read_letter(data, name=name)
    assert is_the_letter(letter)
    record = json.dumps(letter.as_json())
    assert "MIME" not in record
    assert "holm.example" not in record
    assert letter.subject in ("The ferry", None)


def test_an_attachment_is_named_and_an_email_without_a_letter_is_refused():
    letter = read_letter(eml(TWO_FORMS, kind="multipart/mixed; boundary=x"))
    assert "An attachment was not read: “map.pdf”." in [warning.sentence for warning in letter.warnings]
    stub = TWO_FORMS.replace(
        PAGE.format("The ferry has been away for a year =96 nobody knows why.").encode(), b"See below."
    )
    for data, word in (
        (eml(stub, kind="multipart/mixed; boundary=x"), "“map.pdf”"),
        (eml(b"MIAGCSqGSIb3DQEHA6CA", kind="application/pkcs7-mime"), "encrypted"),
        (base64.encodebytes(LETTER.encode() * 9), "encoded"),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n", "encrypted"),
    ):
        with pytest.raises(RefusedError, match=word):
            read_letter(data)


RUSSIAN = "Мы пишем от имени жителей острова, где парома нет уже год."


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("windows-1251", "cp1251", RUSSIAN),
        ("koi8-r", "koi8_r", RUSSIAN),
        ("x-mac-cyrillic", "mac_cyrillic", RUSSIAN),
        ("utf-8", "utf-8", RUSSIAN),
        ("UTF-16", "utf-8", RUSSIAN),
        ("iso-8859-8-i", "iso8859_8", "אנו כותבים בשם תושבי האי"),
        ("windows-874", "cp874", "เราเขียนถึงท่านในนามของชาวเกาะ"),
        ("x-sjis", "cp932", "私たちは島の住民を代表して"),
        ("iso-2022-jp", "iso2022_jp", "私たちは島の住民を代表して"),
        ("ks_c_5601-1987", "cp949", "우리는 섬 주민을 대신하여"),
        ("gb2312", "gb18030", "我们代表岛上的居民写信给您"),
        ("big5-hkscs", "big5hkscs", "我們代表島上的居民"),
        ("tis-620", "cp874", "เราเขียนถึงท่าน"),
    ],
)
@pytest.mark.parametrize("form", ["<meta charset={}>", '<meta content="text/html; charset={}" http-equiv=x>'])
def test_a_page_is_read_in_the_charset_that_it_declares(label, codec, text, form):
    page = f"<html><head>{form.format(label)}<title>x</title></head><body>{PAGE.format(text)}"
    letter = read_letter(page.encode(codec))
    assert text in letter.introduction
    assert not [warning for warning in letter.warnings if "read as" in warning.message]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"<html><meta charset=utf-8><p>Gr\xfc\xdfe", "damaged bytes in line 1"),
        (b"<html><meta charset=x-klingon><p>Gr\xfc\xdfe", "unknown here"),
        (b"<html><meta charset=utf-7><p>+AGE \xfc", "unknown here"),
        (b"<html><meta charset=rot13><p>Tr\xfc\xdfr", "unknown here"),
        (b"<html><meta charset=shift_jis><p>\x81", "damaged"),
        (RUSSIAN.encode("cp1251"), "encoding of this text is unknown"),
    ],
)
def test_no_charset_is_guessed_over_a_declaration_nor_where_it_cannot_be_told(data, word):
    with pytest.raises(RefusedError, match=word):
        read_letter(data)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("closed in 2023<sup>1</sup> and dry", "closed in 2023 and dry"),
        ("closed in 2023<sup><a href='#fn1'>[1]</a></sup>", "closed in 2023"),
        ("40 km<sup>2</sup> and 3 m<sup>3</sup>/s", "40 km² and 3 m³/s"),
        ("the 2<sup>nd</sup> of M<sup>me</sup> Olt", "the 2nd of Mme Olt"),
        ("dry.<sup>2, 3</sup> Then", "dry. Then"),
        ("3 × 10<sup>6</sup> people on page 10<sup>2</sup>", "3 × 10⁶ people on page 10"),
        ("CO<sub>2</sub> and H<sub>2</sub>O", "CO2 and H2O"),
        ("he said <q>no <q>never</q> again</q>", "he said “no ‘never’ again”"),
        ("a <del>SECRET</del><ins>shown</ins> <s>SECRET</s>word", "a shown word"),
        ("a <span style='text-decoration: line-through'>SECRET</span> b", "a b"),
        ("a <span style='display:none'>SECRET</span><b hidden>SECRET</b> b", "a b"),
        ("a<span style='mso-hide:all'>SECRET</span>", "a"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt></ruby>字", "漢字"),
        ("un<b>believ</b>able", "unbelievable"),
        ("one<wbr>word, soft", "oneword, soft"),
        ("a <span class=MsoCommentReference>SECRET</span>b", "a b"),
        ("a<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup> b", "a b"),
    ],
)
def test_elements_within_a_line_change_its_text_only_where_they_must(markup, text):
    source = lines_of_file(f"<html><p>Dear Minister,<p>{markup}</html>".encode())
    assert [line.text for line in source.lines if line.text] == ["Dear Minister,", text]
    assert "SECRET" not in str(source.warnings)


def test_lines_and_columns_stay_where_a_page_keeps_them():
    page = (
        "<html><style>.kept { white-space: pre-wrap }</style><p>Dear\nMinister,"
        "<pre>Ada Olt     Ferry Club\nBo Lind     Ferry Club\n\nCy Moor</pre>"
        "<div class=kept>one\ntwo</div></html>"
    )
    lines = [line.text for line in lines_of_file(page.encode()).lines]
    assert lines == [
        "Dear Minister,",
        "",
        "Ada Olt Ferry Club",
        "Bo Lind Ferry Club",
        "",
        "Cy Moor",
        "",
        "one",
        "two",
        "",
    ]


def test_comments_of_a_shared_document_never_become_text():
    page = PAGE.format("The ferry<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup> is away.") + (
        "<div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>@bo is it? SECRET</span></p><p>SECRET</p></div>"
    )
    text = (
        LETTER.replace("ferry to", "ferry[a] to").replace("year,", "year[b],")
        + "\n[a]SECRET one\n[b]SECRET two"
    )
    for data in (f"<html>{page}</html>".encode(), text.encode()):
        letter = read_letter(data)
        assert is_the_letter(letter)
        assert "Comments in the margin were left out." in [warning.sentence for warning in letter.warnings]
        assert "SECRET" not in json.dumps(letter.as_json())
        assert "[a]" not in json.dumps(letter.as_json())


@pytest.mark.parametrize(
    "fragment",
    [
        "<!-- -->",
        "<!-- a\n\nb -->",
        "<!-- never ended",
        "<br>",
        "<div>\n\n</div>",
        "<a name=x></a>",
        "</div>",
        "<?php ?>",
    ],
)
def test_a_fragment_of_html_in_markdown_never_refuses_or_cuts_the_letter(fragment):
    letter = read_letter(
        f"# The ferry\n\n{LETTER}".replace("Sincerely,", f"{fragment}\n\nSincerely,").encode(), name="x.md"
    )
    assert is_the_letter(letter)
    assert letter.title == "The ferry"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{\\rtf1 Dear Minister}", "RTF file; save"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), r"\(\.doc\); save it as DOCX"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0" + "__substg1.0_".encode("utf-16-le"), r"Outlook \(\.msg\)"),
        (b"\x00\x00\x00\x18ftypheic", "picture, and words in pictures"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "picture, and words in pictures"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_way_out(data, words):
    with pytest.raises(RefusedError, match=words):
        read_letter(data)
