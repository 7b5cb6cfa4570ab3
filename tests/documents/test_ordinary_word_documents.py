"""Word documents as Word, Word Online, LibreOffice and Google Docs write them, each in its own way."""

import json

import pytest

from campaign.documents.read_letter.formats.source import lines_of_file
from campaign.documents.read_letter.read import read_letter
from tests.documents.letter_files import OFFICE, STRICT_OFFICE, STRICT_WORD, docx, paragraph, relationships

P = paragraph
HEAD = (
    P("12 May 2026")
    + P("Dear Minister Sand,")
    + P("The ferry to Holm island has been out of service for a year.")
)
LEAD = P("We ask you to:")
TAIL = P("Sincerely,") + P("Holm Islanders Union")


def letter_of(middle="", **how):
    return read_letter(docx(f"{HEAD}{middle}{LEAD}{P('1. Mend it.')}{P('2. Send a bus.')}{TAIL}", **how))


@pytest.mark.parametrize(
    "how",
    [
        {"main": "word/document2.xml"},
        {"main": "word/document.xml", "target": "/word/document.xml"},
        {"main": "text/main.xml", "target": "/text/main.xml"},
        {"main": "word/document.xml", "target": "word\\document.xml"},
        {"main": "Word/Document.xml", "target": "word/document.xml"},
        {"word": STRICT_WORD, "office": STRICT_OFFICE},
        {
            "related": [
                ("image", "../NULL"),
                ("styles", "gone.xml"),
                ("numbering", "/word/gone.xml"),
                ("image", ""),
            ]
        },
        {"related": [("styles", "styles.xml")], "parts": {"word/styles.xml": "<w:styles"}},
    ],
    ids=["document2", "absolute", "elsewhere", "backslash", "case", "strict", "dangling", "broken styles"],
)
def test_a_document_is_found_wherever_its_relationships_put_it(how):
    letter = letter_of(**how)
    assert letter.salutation == "Dear Minister Sand,"
    assert [ask.text for ask in letter.asks] == ["Mend it.", "Send a bus."]
    assert letter.signatories[0].organization == "Holm Islanders Union"


STYLES = """<w:styles @names>
<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:basedOn w:val="Base"/></w:style>
<w:style w:type="paragraph" w:styleId="Plain"><w:basedOn w:val="Mine"/>
<w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>
<w:style w:type="character" w:styleId="Veiled"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="VeiledToo"><w:rPr><w:vanish/></w:rPr></w:style>
</w:styles>"""
NUMBERING = """<w:numbering @names><w:abstractNum w:abstractNumId="3">
<w:lvl w:ilvl="0"><w:start w:val="4"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1)"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>"""
STYLED = {
    "parts": {"word/styles.xml": STYLES, "word/numbering.xml": NUMBERING},
    "related": [("styles", "styles.xml"), ("numbering", "numbering.xml")],
}


def test_a_list_is_numbered_by_the_nearest_of_paragraph_style_and_what_that_is_based_on():
    mine = '<w:pStyle w:val="Mine"/>'
    asks = (
        P("Mend the ferry at once.", mine)
        + P("The hull first.", mine + '<w:numPr><w:ilvl w:val="1"/></w:numPr>')
        + P("", mine)
        + P("Send a bus until then.", mine)
        + P("Plain text.", '<w:pStyle w:val="Plain"/>')
        + P("Text of a style that is its own base.", '<w:pStyle w:val="Loop"/>')
    )
    lines = lines_of_file(docx(f"{HEAD}{LEAD}{asks}{TAIL}", **STYLED)).lines
    assert [(line.marker, line.depth, line.text) for line in lines if line.marker] == [
        ("IV)", 1, "Mend the ferry at once."),
        ("IV.1", 2, "The hull first."),
        ("V)", 1, "Send a bus until then."),
    ]
    assert {"Plain text.", "Text of a style that is its own base."} <= {
        line.text for line in lines if not line.depth
    }


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (P("SECRET", run="<w:vanish/>"), "Hidden"),
        (P("SECRET", run='<w:rStyle w:val="Veiled"/>'), "Hidden"),
        (P("SECRET", '<w:pStyle w:val="VeiledToo"/>'), "Hidden"),
        (P("SECRET", run="<w:strike/>"), "struck"),
        ("<w:p><w:del><w:r><w:delText>SECRET</w:delText></w:r></w:del></w:p>", "deletion"),
        ("<w:p><w:moveFrom><w:r><w:t>SECRET</w:t></w:r></w:moveFrom></w:p>", "moved"),
        (f"<w:del>{P('SECRET')}</w:del>", "deletion"),
        (
            f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{P('SECRET')}</w:tc></w:tr></w:tbl>",
            "deletion",
        ),
        (
            f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{P('SECRET')}</w:sdtContent></w:sdt>",
            "",
        ),
    ],
)
def test_what_is_hidden_deleted_moved_or_struck_out_stays_out_and_is_not_quoted(inside, said):
    letter = letter_of(inside, **STYLED)
    assert "SECRET" not in json.dumps(letter.as_json())
    assert any(said in warning.message for warning in letter.warnings) or not said
    shown = letter_of(P("SHOWN", run='<w:vanish w:val="0"/>') + P("LATER", run="<w:b/>"), **STYLED)
    assert {"SHOWN", "LATER"} <= set(" ".join(shown.introduction).split())


def test_comments_and_headers_are_no_text_of_the_letter():
    parts = {
        "word/comments.xml": f"<w:comments @names>{P('SECRET')}</w:comments>",
        "word/header1.xml": f"<w:hdr @names>{P('Holm Islanders, Pier 4')}</w:hdr>",
    }
    letter = letter_of(parts=parts, related=[("comments", "comments.xml"), ("header", "header1.xml")])
    said = [warning.sentence for warning in letter.warnings]
    assert "SECRET" not in json.dumps(letter.as_json())
    assert "Comments in the margin were left out." in said
    assert "Text at the top or the bottom of every page was left out: “Holm Islanders, Pier 4”." in said
    assert not letter.title


BOX = (
    "<w:p><w:r><mc:AlternateContent><mc:Choice><x><w:txbxContent>{0}</w:txbxContent></x></mc:Choice>"
    "<mc:Fallback><w:txbxContent>{0}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)


def test_a_text_box_is_read_once_and_a_stamp_above_the_letter_is_not_its_title():
    box = BOX.format(P("Nobody told us.") + P("We asked twice."))
    letter = letter_of(box)
    assert letter.introduction[1:3] == ("Nobody told us.", "We asked twice.")
    stamped = read_letter(docx(f"{BOX.format(P('DRAFT – not yet'))}{HEAD}{LEAD}{P('1. Mend it.')}{TAIL}"))
    assert stamped.title is None
    assert any("“DRAFT – not yet”" in warning.sentence for warning in stamped.warnings)


def test_runs_are_read_alike_in_body_cells_and_controls():
    broken = "<w:r><w:t>Ferry Workers</w:t><w:br/><w:t>Circle</w:t></w:r>"
    cell = f"<w:tc><w:p>{broken}</w:p></w:tc>"
    control = f"<w:sdt><w:sdtContent>{cell}</w:sdtContent></w:sdt>"
    table = f"<w:tbl><w:tr><w:tc>{P('Mira Olt')}</w:tc>{control}</w:tr></w:tbl>"
    letter = read_letter(docx(f"{HEAD}{LEAD}{P('1. Mend it.')}{P('2. Go.')}{P('Sincerely,')}{table}"))
    assert (letter.signatories[0].name, letter.signatories[0].organization) == (
        "Mira Olt",
        "Ferry Workers Circle",
    )
    run = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>'
    raised = f"<w:p><w:r><w:t>In 2023</w:t></w:r>{run}</w:p>"
    assert letter_of(raised).introduction[1] == "In 2023"


def test_a_relationship_never_leads_out_of_the_file():
    data = docx(HEAD + TAIL, related=[("styles", "../../../etc/hostname"), ("styles", "//etc/hostname")])
    assert read_letter(data).salutation == "Dear Minister Sand,"
    assert OFFICE in relationships([("styles", "x")])
