"""Tables as CSV (RFC 4180) that no spreadsheet program takes for formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from campaign.documents.tables.batches import Batch

MEDIA_TYPE = "text/csv; charset=utf-8"
# What makes a program calculate rather than show, and the full-width forms some of them take for the same
# (OWASP, CSV Injection).
_DANGEROUS = frozenset("=+-@\t\r\n＝＋－＠")


def chunks(header: Sequence[str], batches: Iterable[Batch]) -> Iterator[bytes]:
    """The file in pieces, one for the header and one for each batch: UTF-8, lines ending in CRLF.

    A cell that starts like a formula gets an apostrophe in front.
    """
    yield _lines([header])
    for batch in batches:
        yield _lines(zip(*map(_harmless, batch), strict=True))


def _harmless(column: Sequence[str | None]) -> Sequence[str | None]:
    return [f"'{cell}" if cell and cell[0] in _DANGEROUS else cell for cell in column]


def _lines(rows: Iterable[Sequence[str | None]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode("utf-8", "replace")
