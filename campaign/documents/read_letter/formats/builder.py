"""Gathers runs of text into lines for the kinds of file that mark structure themselves."""

import re

from campaign.documents.read_letter.lines import Line, clean

_TAB = "\x1f"
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

    @property
    def pending(self) -> bool:
        """Whether the line being written has text."""
        return any(run.strip() for run, _ in self._runs)

    def run(self, text: str, number: int, *, bold: bool = False) -> None:
        if not self.pending:
            self._number = number
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
        self._fixed = fixed

    def end_block(self) -> None:
        self.end_line(fixed=True)
        if self.lines and not self.lines[-1].blank:
            self.lines.append(Line(self.lines[-1].number, ""))

    def row(self, cells: list[str], number: int) -> None:
        """A table row; one filled cell is a plain line."""
        self.end_line(fixed=True)
        filled = tuple(cell for cell in (_tidy(cell) for cell in cells) if cell)
        if filled:
            several = filled if len(filled) > 1 else ()
            self.lines.append(Line(number, " | ".join(filled), fixed=True, cells=several, depth=self.depth))


def _tidy(text: str) -> str:
    return _SPACE.sub(" ", clean(text)).strip(" \u00a0\u3000")


def _joined(runs: list[tuple[str, bool]]) -> tuple[str, int, tuple[str, ...]]:
    """The text of all runs with single spaces, how many characters at its start are bold, and its columns."""
    whole = "".join(run for run, _ in runs)
    cells = tuple(cell for cell in map(_tidy, whole.split(_TAB)) if cell) if _TAB in whole else ()
    lead = ""
    for run, bold in runs:
        if not bold and run.strip():
            break
        lead += run
    return _tidy(whole.replace(_TAB, " ")), len(_tidy(lead)), cells if len(cells) > 1 else ()
