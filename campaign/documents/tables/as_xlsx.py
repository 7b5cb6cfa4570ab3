"""Tables as XLSX, streamed: a cell is a time or typed as a string, so that none can be a formula.

The parts are those of ECMA-376 (SpreadsheetML) that a reader needs, written by hand: libraries that can do
anything take ten times as long for a plain table of a million rows.
"""

import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.documents.tables.batches import Batch

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Excel's own limit is 1,048,576 rows; a part of 2 GiB would need ZIP64, which not every reader takes.
MOST_ROWS = 1_000_000
MOST_BYTES = 1_500_000_000
# Signs that XML 1.0 cannot hold (section 2.2), and those it reads as its own.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("[&<>\t\n\r]|_x|[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Spreadsheet programs read _x000D_ as the sign of that number (ECMA-376, ST_Xstring); so each such start is
# escaped.
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# The first row is frozen.
_VIEW = (
    '<sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
# Plain cells, times, the header: what the attribute `s` of a cell counts.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    r'<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>'
)
# Days are counted from 1900, and times as a part of one (ECMA-376 part 1, 18.17.4.1).
_UNIX_DAY = 25_569
_DAY_SECONDS = 86_400
_USUAL_WIDTH = 16


@dataclass(frozen=True)
class SheetLook:
    """Which columns hold times (ISO 8601, UTC), by their places, and how many characters wide each is."""

    times: Collection[int] = ()
    widths: Sequence[int] = ()


def chunks(
    header: Sequence[str], batches: Iterable[Batch], *, title: str, look: SheetLook | None = None
) -> Iterator[bytes]:
    """The file in pieces; a table too long for one sheet goes on in the next, under the same header."""
    look = look or SheetLook()
    sink = _Sink()
    sheets = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        waiting = iter(batches)
        batch = next(waiting, None)
        while batch is not None or not sheets:
            sheets += 1
            rows = written = 0
            with package.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                sheet.write(_start(header, look).encode())
                while batch is not None and rows + len(batch[0]) <= MOST_ROWS and written < MOST_BYTES:
                    written += sheet.write(_rows(batch, look.times).encode("utf-8", "replace"))
                    rows += len(batch[0])
                    yield sink.taken()
                    batch = next(waiting, None)
                sheet.write(_end(len(header), rows).encode())
        for name, part in _small_parts(sheets, title):
            package.writestr(name, _DECLARATION + part)
    yield sink.taken()


class _Sink:
    """The file object the archive is written to; it keeps only what has not been taken yet."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no further buffer."""

    def close(self) -> None:
        """Do nothing: there is no file to close."""

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def _start(header: Sequence[str], look: SheetLook) -> str:
    widths = [*look.widths, *[_USUAL_WIDTH] * (len(header) - len(look.widths))]
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
    )
    cells = "".join(f'<c s="2" t="inlineStr"><is><t>{_escaped(word)}</t></is></c>' for word in header)
    start = f'{_DECLARATION}<worksheet xmlns="{_MAIN}">{_VIEW}<cols>{columns}</cols>'
    return f"{start}<sheetData><row>{cells}</row>"


def _end(columns: int, rows: int) -> str:
    """The end of a sheet, with arrows to filter by in its header."""
    return f'</sheetData><autoFilter ref="A1:{_letters(columns)}{rows + 1}"/></worksheet>'


def _letters(column: int) -> str:
    """The name of a column, counted from 1: A to Z, then AA."""
    name = ""
    while column:
        column, left = divmod(column - 1, 26)
        name = chr(ord("A") + left) + name
    return name


def _rows(batch: Batch, times: Collection[int]) -> str:
    columns = [_times(column) if at in times else _cells(column) for at, column in enumerate(batch)]
    return "<row>" + "</row><row>".join(map("".join, zip(*columns, strict=True))) + "</row>"


def _times(column: Sequence[str | None]) -> list[str]:
    read = datetime.fromisoformat
    return [
        f'<c s="1"><v>{read(cell).timestamp() / _DAY_SECONDS + _UNIX_DAY:.6f}</v></c>' if cell else "<c/>"
        for cell in column
    ]


def _cells(column: Sequence[str | None]) -> list[str]:
    distinct = list(set(column))
    if 4 * len(distinct) < len(column):
        # Countries, languages, yes and no: each is drawn once.
        drawn = dict(zip(distinct, _cells_of_all(distinct), strict=True))
        return [drawn[cell] for cell in column]
    return _cells_of_all(column)


def _cells_of_all(column: Sequence[str | None]) -> list[str]:
    if _SPECIAL.search("".join(filter(None, column))):
        column = [_escaped(cell) if cell else cell for cell in column]
    return [f'<c t="inlineStr"><is><t>{cell}</t></is></c>' if cell else "<c/>" for cell in column]


def _escaped(text: str) -> str:
    text = _LOOKS_ESCAPED.sub("_x005F_", _NOT_XML.sub("", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _small_parts(sheets: int, title: str) -> Iterator[tuple[str, str]]:
    numbers = range(1, sheets + 1)
    name = _escaped(re.sub(r"[\[\]:*?/\\\"']", " ", title))[:25]
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_PARTS}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_PARTS}.styles+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_PARTS}.sheet.main+xml"/>{overrides}</Types>',
    )
    yield "xl/styles.xml", _STYLES
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    entries = "".join(
        f'<sheet name="{name}{f" {n}" if n > 1 else ""}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>',
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{targets}'
        f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
