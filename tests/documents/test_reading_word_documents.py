"""A Word document keeps its headings, lists, tables and tracked insertions."""

import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from campaign.documents.read_letter.read import read_letter
from campaign.errors import RefusedError


def saved(document):
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def a_letter():
    document = docx.Document()
    document.add_heading("Joint letter on the marsh railway", level=0)
    document.add_paragraph("4 April 2025")
    block = document.add_paragraph("Ms. Orla Finn")
    for line in ("Minister of Transport", "Quay House", "Marshford"):
        block.add_run().add_break()
        block.add_run(line)
    document.add_paragraph("Subject: The marsh railway")
    document.add_paragraph("Dear Minister Finn,")
    document.add_paragraph(
        "The railway across the marsh has carried people for a century. Its bridge now sinks each month."
    )
    document.add_paragraph("We call on you to take the following steps:")
    for title, text in (
        ("Prop the bridge.", " Timber will do until the summer."),
        ("Slow the trains.", " Twenty an hour is enough."),
    ):
        ask = document.add_paragraph(style="List Number")
        ask.add_run(title).bold = True
        ask.add_run(text)
    document.add_paragraph("measure each pier", style="List Bullet 2")
    document.add_paragraph("We look forward to your reply.")
    document.add_paragraph("Yours sincerely,")
    table = document.add_table(rows=0, cols=3)
    for row in (
        ("Name", "Title", "Organization"),
        ("Ewa Lind", "Chair", "Marsh Railway Friends"),
        ("Tom Okoro", "Secretary", "Riders’ Council"),
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("cc: Bo Sand, Head of Bridges, Office of Rail, Roads, and Water")
    return document


def test_a_word_document_comes_out_whole():
    letter = read_letter(saved(a_letter()), name="letter.docx")
    assert letter.title == "Joint letter on the marsh railway"
    assert letter.dated_on.isoformat() == "2025-04-04"
    assert letter.addressees[0].name == "Ms. Orla Finn"
    assert letter.addressees[0].title == "Minister of Transport"
    assert letter.addressees[0].address == ("Quay House", "Marshford")
    assert letter.subject == "The marsh railway"
    assert letter.introduction[-1] == "We call on you to take the following steps:"
    assert [ask.title for ask in letter.asks] == ["Prop the bridge.", "Slow the trains."]
    assert letter.asks[0].text == "Timber will do until the summer."
    assert "measure each pier" in letter.asks[1].text
    assert letter.conclusion == ("We look forward to your reply.",)
    assert letter.closing == "Yours sincerely,"
    assert [(s.name, s.title, s.organization) for s in letter.signatories] == [
        ("Ewa Lind", "Chair", "Marsh Railway Friends"),
        ("Tom Okoro", "Secretary", "Riders’ Council"),
    ]
    assert letter.copied[0].title == "Head of Bridges"
    assert letter.copied[0].office == "Office of Rail, Roads, and Water"


def test_tracked_insertions_are_read_and_deletions_are_named():
    document = a_letter()
    paragraph = document.paragraphs[5]._p
    for tag, text_tag, text in (("w:ins", "w:t", " It is loved."), ("w:del", "w:delText", " It is hated.")):
        change, run, inner = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
        inner.text = text
        inner.set(qn("xml:space"), "preserve")
        run.append(inner)
        change.append(run)
        paragraph.append(change)
    letter = read_letter(saved(document))
    assert "It is loved." in letter.introduction[0]
    assert "hated" not in letter.introduction[0]
    assert any("deletion" in warning.sentence for warning in letter.warnings)


def test_a_document_that_declares_entities_is_not_opened():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(a_letter()))) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename == "word/document.xml":
                entity = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:/etc/hostname">]><w:document'
                data = data.replace(b"<w:document", entity, 1).replace(b"Twenty", b"&x;")
            target.writestr(part, data)
    with pytest.raises(RefusedError, match="entities"):
        read_letter(out.getvalue())
