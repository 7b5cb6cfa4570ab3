"""Tables as files that other programs open: nothing in them is ever a formula."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence

import pytest
from lxml import etree

from campaign.documents.tables import as_csv, as_json, as_xlsx

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TRICKY = [
    "plain",
    'two "words", a comma',
    "line\nline",
    "<b>&amp;",
    "ئۇيغۇر",
    "𠮷野家",
    None,
    "",
    "x\x00\ud800y",
]


def written(chunks: object) -> bytes:
    return b"".join(chunks)  # type: ignore[arg-type]


def rows_of_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def rows_of_xlsx(data: bytes, sheet: int = 1) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        tree = etree.fromstring(package.read(f"xl/worksheets/sheet{sheet}.xml"))
    cells = [row.findall(f"{SHEET}c") for row in tree.iter(f"{SHEET}row")]
    return [["".join(cell.itertext()) for cell in row] for row in cells]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_starts_like_a_formula_gets_an_apostrophe(start: str) -> None:
    cell = f"{start}HYPERLINK(1)"
    data = written(as_csv.chunks(["name", "note"], [[[cell, "a"], ["b", cell]]]))
    assert rows_of_csv(data)[1:] == [[f"'{cell}", "b"], ["a", f"'{cell}"]]


def test_a_header_and_signs_inside_a_cell_stay_as_they_are() -> None:
    data = written(as_csv.chunks(["name"], [[["Anna-Maria", "a=b", "1+1"]]]))
    assert data == b"name\r\nAnna-Maria\r\na=b\r\n1+1\r\n"


def test_csv_keeps_every_script_and_quotes_what_needs_it() -> None:
    cells: Sequence[str | None] = TRICKY[:-1]
    assert rows_of_csv(written(as_csv.chunks(["name", "other"], [[cells, ["x"] * len(cells)]])))[1:] == [
        [cell or "", "x"] for cell in cells
    ]


def test_xlsx_holds_strings_only_whatever_they_look_like() -> None:
    data = written(as_xlsx.chunks(["name", "other"], [[TRICKY, ["=1+1"] * len(TRICKY)]], title="a/b"))
    assert rows_of_xlsx(data) == [
        ["name", "other"],
        *([(cell or "").replace("\x00", "").replace("\ud800", ""), "=1+1"] for cell in TRICKY),
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
        assert set(package.namelist()) >= {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"}
        for name in package.namelist():
            etree.fromstring(package.read(name))
    assert b"<f>" not in sheet


def as_excel_reads(text: str) -> str:
    """ECMA-376 part 1, 22.9.2.19: _xHHHH_ is the sign of that number, from the left."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize("name", ["Ada _x000D_ Moreno", "_x0041_x0042_", "_x005F_x000D_", "a_x_b", "_X000D_"])
def test_a_name_that_looks_like_a_sign_of_excel_s_comes_back_as_it_was(name: str) -> None:
    data = written(as_xlsx.chunks(["name"], [[[name, "plain"]]], title="x"))
    assert [as_excel_reads(row[0]) for row in rows_of_xlsx(data)] == ["name", name, "plain"]


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_xlsx, "MOST_ROWS", 4)
    batches = [[[f"{batch}{row}" for row in "ab"]] for batch in range(5)]
    data = written(as_xlsx.chunks(["name"], batches, title="long"))
    sheets = [[row[0] for row in rows_of_xlsx(data, sheet)] for sheet in (1, 2, 3)]
    assert sheets == [
        ["name", "0a", "0b", "1a", "1b"],
        ["name", "2a", "2b", "3a", "3b"],
        ["name", "4a", "4b"],
    ]


def test_json_is_one_array_of_objects() -> None:
    data = written(as_json.chunks(["name", "tags"], [[["Ana", "王"], [None, "=x"]], [["Li"], [None]]]))
    assert json.loads(data) == [
        {"name": "Ana", "tags": None},
        {"name": "王", "tags": "=x"},
        {"name": "Li", "tags": None},
    ]


def test_an_empty_list_is_a_whole_file_in_every_format() -> None:
    assert rows_of_csv(written(as_csv.chunks(["name"], []))) == [["name"]]
    assert json.loads(written(as_json.chunks(["name"], []))) == []
    assert rows_of_xlsx(written(as_xlsx.chunks(["name"], [], title="none"))) == [["name"]]


def test_xlsx_has_times_to_sort_by_widths_a_filter_and_a_frozen_head() -> None:
    look = as_xlsx.SheetLook(times={1}, widths=[30, 20])
    batch = [["Rana", "Lin"], ["2026-11-23T12:00:00Z", None]]
    data = written(as_xlsx.chunks(["name", "signed_at"], [batch], title="list", look=look))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = etree.fromstring(package.read("xl/worksheets/sheet1.xml"))
        styles = etree.fromstring(package.read("xl/styles.xml"))
    assert [part.tag.removeprefix(SHEET) for part in sheet] == [
        "sheetViews",
        "cols",
        "sheetData",
        "autoFilter",
    ]
    cell = sheet.findall(f"{SHEET}sheetData/{SHEET}row")[1][1]
    assert float(cell.findtext(f"{SHEET}v")) == 46349.5  # noon of that day, as LibreOffice and Excel count
    style = styles.find(f"{SHEET}cellXfs")[int(cell.get("s"))]
    assert style.get("numFmtId") == styles.find(f"{SHEET}numFmts/{SHEET}numFmt").get("numFmtId")
    assert [column.get("width") for column in sheet.find(f"{SHEET}cols")] == ["30", "20"]
    assert sheet.find(f"{SHEET}autoFilter").get("ref") == "A1:B3"
    assert sheet.find(f".//{SHEET}pane").get("state") == "frozen"
