"""Signs on pages, put together into lines: rows, columns, what stands on every page, notes below, hyphens."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from campaign.documents.read_letter.formats import notes
from campaign.documents.read_letter.formats.notes import Notes
from campaign.documents.read_letter.formats.pdf_furniture import without_furniture
from campaign.documents.read_letter.formats.pdf_text import text_of
from campaign.documents.read_letter.lines import Line, Source

_SAME_LINE = 0.2  # of a sign's size, as all that follow
_WORD_GAP = 0.75
_COLUMN_GAP = 1.5
_PARAGRAPH = 1.35  # of the usual distance of lines
_SMALL = 0.9
_NOTE_SIZE = 0.92
_HEADING = 1.2
_TITLE = 1.5
_FEWEST_LINES = 4
_FEWEST_SIGNS = 22
_MARKER = re.compile(r"(?:[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)\]]+|[•●▪◦‣·–—*\-\uf0b7\uf0a7])")
_NOTE_START = re.compile(r"\s*[\[(]?(\d{1,3}|[*†‡§])[\])]?[.:]?\s*\S")
_HYPHEN = re.compile(r"(\w*[^\W\d_])[-\u2010\u00ad]$")
_GOES_ON = re.compile(r"[^\W\d_]+")
_KEEPS_HYPHEN = frozenset(
    ("self", "non", "anti", "well", "long", "so", "co", "ex", "all", "high", "low", "cross")
)


class Glyph(NamedTuple):
    """A sign where it was set: left end of its base line, in points from the lower left."""

    x: float
    y: float
    width: float
    size: float
    text: str
    bold: bool
    raised: bool = False


@dataclass
class Segment:
    """Signs beside each other without a gap as wide as that between columns."""

    glyphs: list[Glyph]
    y: float
    size: float

    @property
    def left(self) -> float:
        return self.glyphs[0].x

    @property
    def right(self) -> float:
        return self.glyphs[-1].x + self.glyphs[-1].width


@dataclass
class Row:
    """A line of a page, in reading order."""

    page: int
    y: float
    left: float
    right: float
    size: float
    text: str
    strong: int = 0
    cells: tuple[str, ...] = ()
    marks: list[str] = field(default_factory=list)
    starts_block: bool = False
    indent: float = 0.0


def lines_of_pages(pages: Sequence[Sequence[Glyph]]) -> Source:
    """Lines of all pages; numbers count them in reading order."""
    said = Notes()
    by_page = [
        [row for block in _blocks(_segments(glyphs)) for row in _rows(block, number)]
        for number, glyphs in enumerate(pages)
    ]
    sizes = Counter[float]()
    for row in (row for rows in by_page for row in rows):
        sizes[round(row.size * 2) / 2] += len(row.text)
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    by_page = without_furniture(by_page, said)
    marks = {mark for rows in by_page for row in rows for mark in row.marks}
    by_page = [_without_footnotes(rows, body, marks, said) for rows in by_page]
    if marks:
        said.add(1, notes.FOOTNOTES)
    rows = _without_hyphens([row for rows in by_page for row in rows])
    return Source(tuple(_lines(rows, body)), tuple(said.warnings))


def _segments(glyphs: Sequence[Glyph]) -> list[Segment]:
    """The signs of a page by base line, from the top, each line cut at its wide gaps."""
    found: list[Segment] = []
    row: list[Glyph] = []
    for glyph in sorted((one for one in glyphs if one.text.strip("\0 ")), key=lambda one: -one.y):
        if row and row[0].y - glyph.y > _SAME_LINE * max(row[0].size, glyph.size):
            found += _cut(row)
            row = []
        row.append(glyph)
    return _with_raised([*found, *_cut(row)])


def _cut(row: list[Glyph]) -> Iterator[Segment]:
    row.sort(key=lambda one: one.x)
    start = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at].x - (row[at - 1].x + row[at - 1].width) > _WORD_GAP * row[at].size:
            part = row[start:at]
            if part:
                yield Segment(part, part[0].y, max(one.size for one in part))
            start = at


def _with_raised(segments: list[Segment]) -> list[Segment]:
    """Small signs above a line go into it, marked as raised: notes, powers, the ends of ordinals."""
    kept: list[Segment] = []
    for at, segment in enumerate(segments):
        home = next((one for one in segments[at + 1 : at + 12] if _is_raised_on(segment, one)), None)
        if home is None:
            kept.append(segment)
        else:
            home.glyphs = sorted([*home.glyphs, *(one._replace(raised=True) for one in segment.glyphs)])
    return kept


def _is_raised_on(small: Segment, line: Segment) -> bool:
    return (
        small.size < _SMALL * line.size
        and 0 < small.y - line.y < 0.75 * line.size
        and line.left - line.size < small.left < line.right + line.size
        and len(small.glyphs) < 12
    )


def _blocks(segments: list[Segment], depth: int = 0) -> list[list[Segment]]:
    """Columns of running text one after the other, with what stands above and below them."""
    found = _columns(segments) if depth < 6 else None
    if found is None:
        return [segments] if segments else []
    at, top, bottom = found
    parts: list[list[Segment]] = [[], [], [], []]
    for segment in segments:
        place = 0 if segment.y > top else 3 if segment.y < bottom else 1 if segment.left < at else 2
        parts[place].append(segment)
    return [block for part in parts for block in _blocks(part, depth + 1)]


def _columns(segments: list[Segment]) -> tuple[float, float, float] | None:
    """Where a second column begins, and from where to where two columns stand side by side; None without."""
    starts = Counter(round(segment.left / 3) for segment in segments)
    edges = [place for place, count in starts.most_common(8) if count >= _FEWEST_LINES]
    for place in sorted(edges)[1:]:
        edge = place * 3 - 2.0
        run: list[Segment] = []
        for segment in segments:
            if segment.left < edge - 2 and segment.right > edge + 2:
                if found := _as_columns(run, edge):
                    return found
                run = []
            else:
                run.append(segment)
        if found := _as_columns(run, edge):
            return found
    return None


def _as_columns(run: list[Segment], edge: float) -> tuple[float, float, float] | None:
    """Whether both sides of an edge are running text: long lines, most of which fill their column."""
    sides = [[one for one in run if one.left < edge], [one for one in run if one.left >= edge]]
    for side in sides:
        lines: dict[float, list[Segment]] = {}
        for one in side:
            lines.setdefault(round(one.y), []).append(one)
        widths = [max(one.right for one in line) - min(one.left for one in line) for line in lines.values()]
        signs = [sum(len(one.glyphs) for one in line) for line in lines.values()]
        if len(lines) < _FEWEST_LINES or median(signs) < _FEWEST_SIGNS:
            return None
        if sum(width > 0.8 * max(widths) for width in widths) < 0.5 * len(widths):
            return None
    left, right = sides
    return edge, max(left[0].y, right[0].y) + 1, min(left[-1].y, right[-1].y) - 1


def _rows(block: list[Segment], page: int) -> Iterator[Row]:
    block = sorted(block, key=lambda one: (-one.y, one.left))
    margin = Counter(round(one.left) for one in block).most_common(1)[0][0]
    right = max(one.right for one in block)
    at = 0
    starts = True
    while at < len(block):
        end = at + 1
        while end < len(block) and block[at].y - block[end].y < _SAME_LINE * 2 * block[at].size:
            end += 1
        row = _row(sorted(block[at:end], key=lambda one: one.left), page, starts=starts)
        row.indent = right - row.right if _is_rtl([row.text]) else row.left - margin
        yield row
        starts = False
        at = end


def _row(segments: list[Segment], page: int, *, starts: bool) -> Row:
    marks: list[str] = []
    texts = [text_of(glyphs, marks) for glyphs in _cells(segments)]
    if len(texts) > 1 and _is_rtl(texts):
        texts.reverse()
    if len(texts) > 1 and _MARKER.fullmatch(texts[0].strip()):
        texts[:2] = [f"{texts[0].strip()} {texts[1]}"]
    cells = tuple(text for text in map(str.strip, texts) if text)
    glyphs = [glyph for segment in segments for glyph in segment.glyphs]
    strong = next((at for at, glyph in enumerate(glyphs) if not glyph.bold), len(glyphs))
    text = "   ".join(cells)
    return Row(
        page,
        segments[0].y,
        segments[0].left,
        segments[-1].right,
        max(segment.size for segment in segments),
        text,
        strong=len(text) if strong == len(glyphs) else strong,
        cells=cells if len(cells) > 1 else (),
        marks=marks,
        starts_block=starts,
    )


def _cells(segments: list[Segment]) -> list[list[Glyph]]:
    """The signs of a row, apart where the gap is that of columns."""
    cells: list[list[Glyph]] = []
    for segment in segments:
        last = cells[-1][-1] if cells else None
        if last is None or segment.left - (last.x + last.width) > _COLUMN_GAP * segment.size:
            cells.append([])
        cells[-1] += segment.glyphs
    return cells


def _is_rtl(texts: list[str]) -> bool:
    whole = "".join(texts)
    return sum("\u0590" <= sign <= "\u08ff" for sign in whole) > 0.5 * sum(map(str.isalpha, whole))


def _without_footnotes(rows: list[Row], body: float, marks: set[str], said: Notes) -> list[Row]:
    """A page without the notes at its foot: small print that begins with a mark that hangs on the text."""
    first = len(rows)
    while first and rows[first - 1].size < _NOTE_SIZE * body:
        first -= 1
    while first < len(rows):
        start = _NOTE_START.match(rows[first].text)
        if rows[first].marks or (start and start[1] in marks):
            break
        first += 1
    quoted = ""
    for row in rows[first:]:
        if quoted and (row.marks or _NOTE_START.match(row.text)):
            said.add(1, notes.FOOTNOTE_TEXT, quoted)
            quoted = ""
        quoted += f" {row.text}"
    if quoted:
        said.add(1, notes.FOOTNOTE_TEXT, quoted)
    return rows[:first]


def _without_hyphens(rows: list[Row]) -> list[Row]:
    """Words that a line's end has cut are whole again, at the end of the first line."""
    words = {word.lower() for row in rows for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", row.text)}
    for row, after in pairwise(rows):
        cut = _HYPHEN.search(row.text)
        rest = _GOES_ON.match(after.text)
        if not cut or not rest or not rest[0][0].islower() or row.cells or after.cells:
            continue
        head, tail = cut[1].rpartition(" ")[2], rest[0]
        is_compound = f"{head}-{tail}".lower() in words or head.lower() in _KEEPS_HYPHEN
        keeps = is_compound and f"{head}{tail}".lower() not in words
        end = re.match(r"\S*", after.text)
        moved = end[0] if end else ""
        row.text = (row.text if keeps else row.text[:-1]) + moved
        after.text = after.text[len(moved) :].lstrip()
    return [row for row in rows if row.text]


def _lines(rows: list[Row], body: float) -> Iterator[Line]:
    number = 0
    steps = [above.y - row.y for above, row in pairwise(rows) if above.page == row.page]
    # Lines within a paragraph are nearest to each other; in a short letter there may be few of them.
    near = sorted(step for step in steps if 0.8 * body < step < 3 * body) or [1.2 * body]
    usual = near[len(near) // 5]
    last: Row | None = None
    heading: list[Row] = []
    for row in rows:
        if heading and not _goes_on_as_heading(heading[-1], row):
            number += 1
            yield from _heading(heading, number, body)
            heading = []
        if row.size >= _HEADING * body and not row.cells:
            heading.append(row)
        else:
            if last is not None and _begins_paragraph(last, row, usual):
                yield Line(number, "")
            number += 1
            indent = max(0, min(60, round(row.indent / (0.5 * body))))
            yield Line(
                number, row.text, indent=indent, strong=min(row.strong, len(row.text)), cells=row.cells
            )
        last = row
    if heading:
        yield from _heading(heading, number + 1, body)


def _heading(rows: list[Row], number: int, body: float) -> Iterator[Line]:
    text = " ".join(row.text for row in rows)
    level = 1 if rows[0].size >= _TITLE * body else 2
    yield Line(number, "")
    yield Line(number, text, level=level, fixed=True, strong=len(text) if rows[0].strong else 0)
    yield Line(number, "")


def _goes_on_as_heading(above: Row, row: Row) -> bool:
    same = abs(above.size - row.size) < 0.05 * row.size and above.page == row.page and not row.cells
    return same and 0 < above.y - row.y < 1.8 * row.size


def _begins_paragraph(above: Row, row: Row, usual: float) -> bool:
    if above.page != row.page or row.starts_block:
        # A sentence goes on over a page or a column; anything else begins anew.
        return above.text[-1:] in ".!?:;。！？：" or not row.text[:1].islower()
    step = above.y - row.y
    return (
        step > _PARAGRAPH * max(usual, 0.0)
        or step < 0
        or abs(above.size - row.size) > 0.12 * row.size
        or (row.left - above.left > 1.2 * row.size and above.text[-1:] in ".!?:。！？：" and not row.cells)
    )
