"""A list that somebody hands an organizer to bring in, made to fill the memory of whatever reads it."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from campaign.documents.tables.read_table import read_table
from campaign.errors import RefusedError
from tests.waiting import little_work

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MANY = 3_000_000


def workbook(rows: str, strings: str = "") -> bytes:
    """An XLSX file with these rows, as small as it packs."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="x"><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        package.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{strings}</sst>')
        package.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        )
    return file.getvalue()


HOSTILE: Mapping[str, tuple[str, str]] = {
    "cells without end in one row": ("<row>" + "<c/>" * 6_000_000 + "</row>", ""),
    "something else in one row": ("<row>" + "<x/>" * MANY + "</row>", ""),
    "something else in one cell": ("<row><c>" + "<x/>" * MANY + "</c></row>", ""),
    "something else in one string": ("", "<si>" + "<r/>" * MANY + "</si>"),
}


@pytest.mark.slow
@pytest.mark.parametrize("table", HOSTILE)
def test_a_small_file_with_millions_of_parts_ends_in_a_sentence_and_fills_no_memory(table: str) -> None:
    data = workbook(*HOSTILE[table])
    assert len(data) < 100_000
    before = _resident()
    with little_work(5), pytest.raises(RefusedError):
        read_table(data)
    assert _resident() - before < 200_000_000


def test_an_honest_table_is_read_whatever_stands_around_its_cells() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="C1" t="s"><v>0</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"/>'
        '<c r="C2" t="inlineStr"><is><t>a@b.example</t></is></c></row>'
        '</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells><sheetData>'
    )
    table = read_table(workbook(rows, "<si><t>Email</t></si><si><r><t>Lin</t></r><r><t> Wu</t></r></si>"))
    assert table.header == ("Name", "", "Email")
    assert table.rows == (("Lin Wu", "", "a@b.example"),)


def _resident() -> int:
    """Bytes of memory that this process holds (proc(5))."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
