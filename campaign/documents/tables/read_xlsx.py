"""The first sheet of an XLSX file as rows of text, read by what a few of its parts say.

It is a package of strangers: each part is unpacked no further than a limit, whatever it says of its own size,
no part may declare entities, and no formula is calculated.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from campaign.documents.tables.limits import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from campaign.errors import RefusedError

# Of five megabytes no honest table unpacks to more.
MOST_UNPACKED = 60 * 1024 * 1024
# Rows and cells with some that are empty, as wide as a sheet can be, and far more than a cell has parts.
MOST_CELLS = 3_000_000
WIDEST = 16_384
MOST_BETWEEN = 20_000
_DAMAGED = "This file can’t be read. Save it as CSV (UTF-8) or XLSX."
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]+")


def rows_of_xlsx(data: bytes) -> list[list[str]]:
    """The rows of the first sheet; RefusedError for a damaged file and for one that unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            shared: list[str] = []
            if "xl/sharedStrings.xml" in names:
                shared = list(_shared(_part(package, "xl/sharedStrings.xml")))
            return _rows(_part(package, _first_sheet(package, names)), shared)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise RefusedError(_DAMAGED) from error
    except (NotImplementedError, RuntimeError) as error:  # a kind of packing, or a password
        raise RefusedError(_DAMAGED) from error


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        data = part.read(MOST_UNPACKED + 1)
    if len(data) > MOST_UNPACKED:
        raise RefusedError("This file unpacks to more than can be taken. Save it as CSV (UTF-8).")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise RefusedError(_DAMAGED)
    return data


def _first_sheet(package: zipfile.ZipFile, names: set[str]) -> str:
    book = _tree(_part(package, "xl/workbook.xml"))
    relations = _tree(_part(package, "xl/_rels/workbook.xml.rels"))
    sheet = book.find(f"{_MAIN}sheets/{_MAIN}sheet")
    wanted = None if sheet is None else sheet.get(_RELATION)
    for relation in relations:
        if relation.get("Id") == wanted:
            target = str(relation.get("Target", "")).lstrip("/")
            name = target if target.startswith("xl/") else f"xl/{target}"
            if name in names:
                return name
    raise KeyError("sheet")


def _tree(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _each(data: bytes, *names: str) -> Iterator[Any]:
    """Each element of some names, forgotten again before the next.

    RefusedError for what hides so much between two of them that the tree of it would fill the memory.
    """
    tags = {f"{_MAIN}{name}" for name in names}
    between = 0
    for _, element in etree.iterparse(
        io.BytesIO(data), resolve_entities=False, no_network=True, load_dtd=False
    ):
        between += 1
        if between > MOST_BETWEEN:
            raise RefusedError(_DAMAGED)
        if element.tag not in tags:
            continue
        yield element
        between = 0
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _shared(data: bytes) -> Iterator[str]:
    for number, item in enumerate(_each(data, "si")):
        if number > MOST_ROWS * MOST_COLUMNS:
            raise RefusedError("A table can have at most %(most)d rows.", most=MOST_ROWS)
        yield _words(item)


def _words(element: Any) -> str:
    """The text of its runs, without what says how a word is pronounced."""
    texts = (part.text or "" for part in element.iter(f"{_MAIN}t") if part.getparent().tag != f"{_MAIN}rPh")
    return "".join(texts)[: LONGEST_CELL + 1]


def _rows(data: bytes, shared: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    cells: list[str] = []
    began = 0
    for number, element in enumerate(_each(data, "c", "row", "sheetData")):
        if element.tag == f"{_MAIN}sheetData":
            break
        if len(rows) > 2 * MOST_ROWS or number > MOST_CELLS:
            raise RefusedError("A table can have at most %(most)d rows.", most=MOST_ROWS)
        if number - began > WIDEST:
            raise RefusedError("A table can have at most %(most)d columns.", most=MOST_COLUMNS)
        if element.tag == f"{_MAIN}row":
            rows.append(cells)
            cells, began = [], number
        else:
            _take(element, cells, shared)
    return rows


def _take(cell: Any, cells: list[str], shared: list[str]) -> None:
    """Put a cell's text behind those before it in its row."""
    place = _PLACE.fullmatch(cell.get("r") or "")
    column = _number(place[1]) if place else len(cells)
    if column < MOST_COLUMNS:
        cells += [""] * (column - len(cells))
        cells.append(_text(cell, shared))
    elif _text(cell, shared).strip():
        raise RefusedError("A table can have at most %(most)d columns.", most=MOST_COLUMNS)


def _text(cell: Any, shared: list[str]) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return _words(cell)
    value = cell.findtext(f"{_MAIN}v") or ""
    if kind == "s":
        place = int(value)
        return shared[place] if 0 <= place < len(shared) else ""
    return value[: LONGEST_CELL + 1]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
