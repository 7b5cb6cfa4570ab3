"""Checks that every line of the source is in the record or quoted in a warning."""

import re
from collections.abc import Sequence
from operator import itemgetter

from campaign.documents.read_letter.lines import Line, excerpt
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.domain.letter import Letter, LetterWarning

_NOISE = re.compile(r"[\W_]+")
_SEPARATORS = re.compile(r"\s*[|,;()（），、\t]\s*|\s+[–—-]+\s+")
_MOST_FULL_SEARCHES = 400


class LineAccounting:
    """Collects the reader's warnings, and adds one for every stretch of lines that the record lacks.

    A line is expected whole in the record unless `reads` says that only a part of it, or nothing, is text.
    """

    def __init__(self) -> None:
        self.warnings: list[LetterWarning] = []
        self._reads: dict[Line, str] = {}

    def warn(self, number: int, message: str, **values: str | int) -> None:
        """Add a warning about a line; `message` is English, with a `%(name)s` place for each value."""
        self.warnings.append(LetterWarning(max(1, number), message, values))

    def reads(self, line: Line, text: str = "") -> None:
        """Expect only `text` of a line in the record: the rest is a label, a date or a mark."""
        self._reads[line] = text

    def reads_block(self, block: Paragraph, text: str = "") -> None:
        """Expect only `text` of a block, whose first line may open with a label."""
        if not text:
            for line in block.lines:
                self._reads[line] = ""
        elif len(block.lines) == 1:
            self._reads[block.lines[0]] = text
        else:
            first = block.lines[0].text
            at = next((at for at in range(len(first)) if text.startswith(first[at:])), len(first))
            self._reads[block.lines[0]] = first[at:]

    def leave_out(self, lines: Sequence[Line], message: str) -> None:
        """Quote lines in the `%(text)s` of one warning instead of taking them into the record."""
        with_text = [line for line in lines if not line.blank]
        if not with_text:
            return
        for line in with_text:
            self._reads[line] = ""
        text = excerpt(" / ".join(line.text for line in with_text[:12]), 200)
        lines_shown = _line_numbers([line.number for line in with_text])
        self.warnings.append(LetterWarning(max(1, with_text[0].number), message, {"text": text}, lines_shown))

    def close(self, letter: Letter, lines: tuple[Line, ...]) -> tuple[LetterWarning, ...]:
        """All warnings by line, with one for every stretch of text that the record lacks."""
        lost = self._lost(_fields(letter), lines)
        stretch: list[Line] = []
        for line in lost:
            if stretch and line.number > stretch[-1].number + 2:
                self.leave_out(stretch, "This text fits no part of the letter and was left out: “%(text)s”.")
                stretch = []
            stretch.append(line)
        self.leave_out(stretch, "This text fits no part of the letter and was left out: “%(text)s”.")
        distinct = {(warning.line, warning.sentence): warning for warning in self.warnings}
        return tuple(warning for _, warning in sorted(distinct.items(), key=itemgetter(0)))

    def _lost(self, fields: list[str], lines: tuple[Line, ...]) -> list[Line]:
        whole = set(fields)
        record = "".join(fields)
        at, searches, lost = 0, 0, []
        for line in lines:
            text = _plain(self._reads.get(line, line.text))
            if not text or text in whole:
                continue
            found = record.find(text, at, at + 4 * len(text) + 4000)
            if found < 0 and searches < _MOST_FULL_SEARCHES:
                searches += 1
                found = record.find(text)
            if found < 0:
                if not self._parts_are_in(line, record):
                    lost.append(line)
            else:
                at = found + len(text)
        return lost

    def _parts_are_in(self, line: Line, record: str) -> bool:
        """Whether the parts of a line went into the record in another order, as name and organization may."""
        parts = [_plain(part) for part in _SEPARATORS.split(self._reads.get(line, line.text))]
        return len(parts) > 1 and len(line.text) < 400 and all(part in record for part in parts)


def _line_numbers(numbers: list[int]) -> str:
    """The lines as a range or a list of at most eight; nothing for a single line."""
    if numbers[-1] == numbers[0]:
        return ""
    if numbers[-1] - numbers[0] <= 2 * len(numbers):
        return f"{numbers[0]}–{numbers[-1]}"
    return f"{', '.join(map(str, numbers[:8]))}{' …' if len(numbers) > 8 else ''}"


def _plain(text: str) -> str:
    return _NOISE.sub("", text)


def _fields(letter: Letter) -> list[str]:
    """Every text of the record in reading order, letters and digits only."""
    texts: list[str | None] = [letter.title, letter.subject, letter.salutation]
    for addressee in letter.addressees:
        texts += [addressee.name, addressee.title, *addressee.address]
    texts += letter.introduction
    for ask in letter.asks:
        texts += [ask.title, ask.text]
    texts += [*letter.conclusion, letter.closing]
    for signatory in letter.signatories:
        texts += [signatory.name, signatory.title, signatory.organization]
    for copied in letter.copied:
        texts += [copied.name, copied.title, copied.office]
    return [_plain(text) for text in texts if text]
