"""What stands on pages and is none of the letter: running heads, page numbers, what browsers print."""

import re
from collections import Counter
from typing import Protocol, TypeVar

from campaign.documents.read_letter.formats import notes
from campaign.documents.read_letter.formats.notes import Notes

_EDGE_ROWS = 3
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite|página|pág\.|第)?\s*[-–—]?\s*(?:\d{1,3}|[ivx]{1,5})\s*(?:(?:/|of|von|de|sur|共)\s*\d{1,3})?\s*[-–—]?\s*页?",
    re.IGNORECASE,
)
_PRINTED_ADDRESS = re.compile(r"(?:https?|file)://\S.*\d+/\d+\s*$")
_PRINTED_TIME = re.compile(r"\d{1,4}[./]\d{1,2}[./]\d{1,4},? \d{1,2}:\d\d\b")
_FIGURES = re.compile(r"\d+")


class _PageRow(Protocol):
    text: str
    y: float


R = TypeVar("R", bound=_PageRow)


def without_furniture(pages: list[list[R]], said: Notes) -> list[list[R]]:
    """The pages' rows without what is at the same place of most pages, and without their numbers."""
    places: Counter[tuple[str, int]] = Counter()
    for rows in pages:
        places.update({_place(row) for row in _edges(rows)})
    filled = sum(bool(rows) for rows in pages)
    repeated = {place for place, count in places.items() if count > 1 and count * 2 >= filled}
    kept = []
    told = set()
    for rows in pages:
        edges = {id(row) for row in _edges(rows)}
        page = []
        for at, row in enumerate(rows):
            if id(row) in edges and _is_furniture(rows, at, repeated, several=filled > 1):
                if not _PAGE_NUMBER.fullmatch(row.text) and _place(row) not in told:
                    told.add(_place(row))
                    said.add(1, notes.FURNITURE, row.text)
            else:
                page.append(row)
        kept.append(page)
    return kept


def _is_furniture(rows: list[R], at: int, repeated: set[tuple[str, int]], *, several: bool) -> bool:
    row = rows[at]
    if _place(row) in repeated or _PRINTED_ADDRESS.match(row.text) or _PRINTED_TIME.match(row.text):
        return True
    is_outermost = row.y in (min(one.y for one in rows), max(one.y for one in rows))
    return is_outermost and several and bool(_PAGE_NUMBER.fullmatch(row.text))


def _edges(rows: list[R]) -> list[R]:
    ordered = sorted(rows, key=lambda row: -row.y)
    return ordered[:_EDGE_ROWS] + ordered[max(_EDGE_ROWS, len(ordered) - _EDGE_ROWS) :]


def _place(row: _PageRow) -> tuple[str, int]:
    """What a row says without its figures, and where, to five points."""
    return _FIGURES.sub("#", row.text), round(row.y / 5)
