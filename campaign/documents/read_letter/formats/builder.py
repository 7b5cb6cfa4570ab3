"""Gathers runs of text into lines for the kinds of file that mark structure themselves."""

import re

from campaign.documents.read_letter.formats import notes
from campaign.documents.read_letter.formats.notes import Notes
from campaign.documents.read_letter.lines import Line, clean

_TAB = "\x1f"
_LONG_CELL = 300
_SPACE = re.compile(r"[ \t\n\r\f\v]+")


class Builder:
    """Writes lines: runs make a line, `end_line` keeps to the paragraph, `end_block` leaves a blank after it.

    `number` is the source line that the next run comes from; the line takes the first one it sees.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.level = 0
        self.marker: str | None = None
        self.depth = 0
        self._runs: list[tuple[str, bool]] = []
        self._number = 0
        self._fixed = True
        self._pending = False

    @property
    def pending(self) -> bool:
        """Whether the line being written has text."""
        return self._pending

    @property
    def before(self) -> str:
        """The end of the line being written."""
        return "".join(run for run, _ in self._runs[-4:])[-20:]

    def run(self, text: str, number: int, *, bold: bool = False) -> None:
        if not self._pending:
            self._number = number
            self._pending = bool(text.strip())
        self._runs.append((text, bold))

    def tab(self) -> None:
        """Set what follows into a column of its own."""
        self._runs.append((_TAB, False))

    def end_line(self, *, fixed: bool = False) -> None:
        """Close the line; `fixed` says that the next one is a line of its own, whatever its length."""
        text, strong, cells = _joined(self._runs)
        if text:
            line = Line(
                self._number,
                text,
                level=self.level,
                marker=self.marker,
                depth=self.depth,
                strong=strong,
                fixed=self._fixed,
                cells=cells,
            )
            self.lines.append(line)
            self.marker = None
        elif fixed and self.lines and not self.lines[-1].blank:
            self.lines.append(Line(self.lines[-1].number, ""))
        self._runs = []
        self._pending = False
        self._fixed = fixed

    def end_block(self) -> None:
        self.end_line(fixed=True)
        if self.lines and not self.lines[-1].blank:
            self.lines.append(Line(self.lines[-1].number, ""))

    def take(self, lines: list[Line]) -> None:
        """Add lines that another builder has written, as blocks of their own."""
        self.end_block()
        self.lines += lines
        self.end_block()

    def row(self, cells: list[str], number: int) -> None:
        """A table row; one filled cell is a plain line."""
        self.end_line(fixed=True)
        filled = tuple(cell for cell in (_tidy(cell) for cell in cells) if cell)
        if filled:
            several = filled if len(filled) > 1 else ()
            self.lines.append(Line(number, " | ".join(filled), fixed=True, cells=several, depth=self.depth))


def take_box(builder: Builder, found: Notes, lines: list[Line], number: int, *, is_above: bool) -> bool:
    """A text box stands in the letter where it hangs; above the letter it is a letterhead or a stamp.

    Whether there is text of the letter by now.
    """
    if not is_above:
        builder.take(lines)
    elif text := " / ".join(line.text for line in lines if line.text):
        found.add(number, notes.STAMP, text)
    return not is_above


def is_passage(cell: list[Line]) -> bool:
    """Whether a table's cell holds several paragraphs, as those do that only lay out a page."""
    written = [line for line in cell if line.text]
    gaps = sum(line.blank for line in cell[:-1])
    listed = sum(bool(line.depth) for line in written)
    return gaps > 0 or listed > 1 or len(written) > 2 or sum(len(line.text) for line in written) > _LONG_CELL


def _tidy(text: str) -> str:
    return _SPACE.sub(" ", clean(text)).strip(" \u00a0\u3000")


def _joined(runs: list[tuple[str, bool]]) -> tuple[str, int, tuple[str, ...]]:
    """The text of all runs with single spaces, how many characters at its start are bold, and its columns."""
    whole = "".join(run for run, _ in runs)
    cells = tuple(cell for cell in map(_tidy, whole.split(_TAB)) if cell) if _TAB in whole else ()
    lead = []
    for run, bold in runs:
        if not bold and run.strip():
            break
        lead.append(run)
    return _tidy(whole.replace(_TAB, " ")), len(_tidy("".join(lead))), cells if len(cells) > 1 else ()
