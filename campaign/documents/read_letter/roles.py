"""What each line of a letter is, as data: printed for a person, and read back as that person corrected it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaign.documents.read_letter.lines import Line
from campaign.errors import RefusedError

_GOES_ON = "+"


class LetterRole(StrEnum):
    """What a line is in its letter."""

    FURNITURE = "furniture"  # words of the web page or printed sheet around the letter
    LEDE = "lede"  # a page's or a press release's own text above the letter
    TITLE = "title"
    PAGE_DATE = "page date"
    DATE = "date"
    SENDER = "sender"
    ADDRESSEE = "addressee"
    SUBJECT = "subject"
    SALUTATION = "salutation"
    TEXT = "text"
    LEAD = "lead"
    ASK = "ask"
    ASK_TEXT = "ask text"  # a further paragraph of the ask above
    CONCLUSION = "conclusion"
    CLOSING = "closing"
    LIST_HEADING = "list heading"
    SIGNATORY = "signatory"
    NOTE = "note"
    COPIED_HEADING = "copied heading"
    COPIED = "copied"
    BLIND_COPY = "blind copy"
    FOOTNOTE = "footnote"
    ANSWER = "answer below"


@dataclass(frozen=True)
class LineRole:
    """One line of a letter with its role; None for a blank line.

    `goes_on` says that the line belongs to the paragraph, name or ask of the line above it.
    """

    number: int
    role: LetterRole | None
    text: str
    goes_on: bool = False


def as_role_file(roles: Sequence[LineRole]) -> str:
    """One row a line: number, role and text between tabs; `+` after a role says that the line goes on."""
    return "".join(f"{line.number}\t{_shown(line)}\t{line.text}\n" for line in roles)


def from_role_file(text: str, lines: Sequence[Line]) -> tuple[LineRole, ...]:
    """The roles that a person gave to these lines; raises RefusedError where the rows are not theirs."""
    rows = [row for row in text.lstrip("\ufeff").splitlines() if row.strip()]
    if len(rows) != len(lines):
        raise RefusedError(
            "The roles are those of another letter: they have %(rows)s rows, and the letter %(lines)s.",
            rows=len(rows),
            lines=len(lines),
        )
    return tuple(_line_role(row, line) for row, line in zip(rows, lines, strict=True))


def _shown(line: LineRole) -> str:
    if line.role is None:
        return ""
    return f"{line.role} {_GOES_ON}" if line.goes_on else line.role


def _line_role(row: str, line: Line) -> LineRole:
    number, _, rest = row.partition("\t")
    shown, _, _ = rest.partition("\t")
    if number.strip() != str(line.number):
        raise RefusedError(
            "The roles are those of another letter: line %(number)s differs.", number=line.number
        )
    if line.blank:
        return LineRole(line.number, None, "")
    name = shown.strip().lower()
    goes_on = name.endswith(_GOES_ON)
    try:
        role = LetterRole(name.removesuffix(_GOES_ON).strip())
    except ValueError:
        raise RefusedError(
            "“%(role)s” in the row of line %(number)s is no role; the roles are: %(roles)s.",
            role=shown.strip(),
            number=line.number,
            roles=", ".join(LetterRole),
        ) from None
    return LineRole(line.number, role, line.text, goes_on)
