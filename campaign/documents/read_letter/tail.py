"""What follows the text of a letter: who signed, who receives a copy, a date, notes."""

from dataclasses import dataclass, field
from datetime import date

from campaign.documents.read_letter.anchors import copies_begin, is_prose, is_signatory_heading
from campaign.documents.read_letter.copied import read_copied
from campaign.documents.read_letter.dates import FoundDate
from campaign.documents.read_letter.head_blocks import date_line
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.signatories import read_signatories
from campaign.documents.read_letter.words.afterwords import AFTERWORD, CONTACT, CONTACT_ALONE, NOTES_HEADING
from campaign.documents.read_letter.words.labels import BLIND_COPY_LABEL
from campaign.domain.letter import Copied, Signatory


@dataclass
class Tail:
    """What the end of a letter gives to the record."""

    signatories: list[Signatory] = field(default_factory=list)
    copied: list[Copied] = field(default_factory=list)
    dated_on: date | None = None


def read_tail(lines: list[Line], accounting: LineAccounting, *, language: str | None) -> Tail:
    """Read signatories, copies and a date from the lines after the closing."""
    tail = Tail()
    signed, copies, other = _lists_of(lines, tail, accounting, language=language)
    tail.signatories = read_signatories(signed, accounting)
    tail.copied = copied_of(copies, accounting)
    _leave_out(other, accounting)
    return tail


def _lists_of(
    lines: list[Line], tail: Tail, accounting: LineAccounting, *, language: str | None
) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines of signatories, of copies, and of neither; a date among them goes to the tail."""
    signed: list[Line] = []
    copies: list[Line] = []
    other: list[Line] = []
    into = signed
    for index, line in enumerate(lines):
        text = line.text.strip("*_ ")
        if not text:
            into.append(line)
            if into is other:
                into = signed if not copies and not _left_for_good(other) else other
            continue
        found = date_line(text, language) if not line.cells else None
        if found and _is_date(found, text):
            tail.dated_on = tail.dated_on or found.day
            accounting.reads(line)
        elif CONTACT_ALONE.fullmatch(text):
            accounting.leave_out([line], "A contact was left out: “%(text)s”.")
        elif BLIND_COPY_LABEL.match(text):
            accounting.reads(line)
            accounting.warn(line.number, "A list of blind copies was left out.")
            into = other
        elif copies_begin(line):
            into = copies
            into.append(line)
        elif _is_afterword(line):
            into = other
            into.append(line)
        elif is_signatory_heading(line) and into is not signed:
            into = signed
            into.append(line)
        elif into is not other and _is_foreign(line, into is copies, lines, index):
            into = other
            into.append(line)
        else:
            into.append(line)
    return signed, copies, other


def copied_of(copies: list[Line], accounting: LineAccounting) -> list[Copied]:
    """Everyone in the lists of copies, each of which may have a label of its own."""
    return [found for rows in _each_list(copies) for found in read_copied(rows, accounting)]


def _each_list(copies: list[Line]) -> list[list[Line]]:
    lists: list[list[Line]] = []
    for line in copies:
        if (line.text and copies_begin(line)) or not lists:
            lists.append([])
        lists[-1].append(line)
    return [rows for rows in lists if any(line.text for line in rows)]


def _is_afterword(line: Line) -> bool:
    text = line.text.strip("*_ ")
    opens = CONTACT.match(text) or AFTERWORD.match(text)
    return opens is not None or NOTES_HEADING.fullmatch(text) is not None


def _is_date(found: FoundDate, text: str) -> bool:
    return found.end - found.start >= 0.4 * len(text)


def _left_for_good(other: list[Line]) -> bool:
    """Whether a heading of notes was read: notes go on to the end, other afterwords to a blank line."""
    return any(NOTES_HEADING.fullmatch(line.text.strip("*_ ")) for line in other if line.text)


def _is_foreign(line: Line, among_copies: bool, lines: list[Line], index: int) -> bool:
    """Whether a line is running text or a heading after the lists."""
    if among_copies and line.level:
        return True
    if line.marker or line.cells or ";" in line.text or "|" in line.text or is_signatory_heading(line):
        return False
    text = line.text
    sentence = (
        is_prose(text)
        and text.endswith((".", "!", "?", "。", "！"))
        and len(text) > 80
        and text.count(",") < 6
    )
    # A sentence that a PDF or printed page broke into lines.
    broken = (
        len(text) > 90
        and index + 1 < len(lines)
        and lines[index + 1].text[:1].islower()
        and text.count(",") < 3
    )
    return sentence or (broken and not among_copies)


def _leave_out(other: list[Line], accounting: LineAccounting) -> None:
    stretch: list[Line] = []
    for line in [*other, Line(0, "")]:
        if line.text:
            stretch.append(line)
        elif stretch:
            accounting.leave_out(stretch, "Text after the letter was left out: “%(text)s”.")
            stretch = []
