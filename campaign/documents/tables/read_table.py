"""Tables that organizers upload, as CSV or XLSX: rows of text, within limits."""

import csv
import io
from dataclasses import dataclass

from campaign.documents.tables.limits import LARGEST_FILE, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from campaign.documents.tables.read_xlsx import rows_of_xlsx
from campaign.errors import RefusedError

_SEPARATORS = (",", ";", "\t")
_DAMAGED = "This file can’t be read. Save it as CSV (UTF-8) or XLSX."


@dataclass(frozen=True)
class TableRead:
    """The words of the first line, and the rows below it, each with as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(data: bytes) -> TableRead:
    """A table from a file; RefusedError when it is none, or larger than can be taken."""
    if not data:
        raise RefusedError("Choose a file with a table.")
    if len(data) > LARGEST_FILE:
        raise RefusedError("The table can be at most 5 MB.")
    if data.startswith(b"PK"):
        return collected(rows_of_xlsx(data))
    return collected(_rows_of_csv(_decoded(data)))


def collected(rows: list[list[str]]) -> TableRead:
    """The table of some rows: without empty ones, each of the header's length; RefusedError beyond limits."""
    cleaned = [[cell.strip() for cell in row] for row in rows]
    filled = [row for row in cleaned if any(row)]
    if len(filled) < 2:
        raise RefusedError("This table has no rows below its first line.")
    header, *below = filled
    width = max(len(header), *(len(row) for row in below))
    if width > MOST_COLUMNS:
        raise RefusedError("A table can have at most %(most)d columns.", most=MOST_COLUMNS)
    if len(below) > MOST_ROWS:
        raise RefusedError("A table can have at most %(most)d rows.", most=MOST_ROWS)
    if any(len(cell) > LONGEST_CELL for row in filled for cell in row):
        raise RefusedError("A cell can have at most %(most)d characters.", most=LONGEST_CELL)
    return TableRead(
        (*header, *[""] * (width - len(header))),
        tuple((*row, *[""] * (width - len(row))) for row in below),
    )


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # An old spreadsheet program on Windows; a name with a wrong letter is seen before it is entered.
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise RefusedError(_DAMAGED) from None
    if "\x00" in text:
        raise RefusedError(_DAMAGED)
    return text


def _rows_of_csv(text: str) -> list[list[str]]:
    first = text.lstrip().partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(row)
            if len(rows) > 2 * MOST_ROWS:
                raise RefusedError("A table can have at most %(most)d rows.", most=MOST_ROWS)
    except csv.Error:
        raise RefusedError(_DAMAGED) from None
    return rows
