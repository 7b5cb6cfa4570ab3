"""Plain text as lines."""

import re

from campaign.documents.read_letter.formats import notes
from campaign.documents.read_letter.formats.notes import Notes
from campaign.documents.read_letter.lines import Line, Source

# Google Docs writes comments below the text, each with the letter that stands where it hangs.
_COMMENT = re.compile(r"\[([a-z]{1,2})\](?=\S)")


def lines_of_text(text: str) -> Source:
    """One line for each line of a cleaned text; a form feed is a blank between pages."""
    notes_said = Notes()
    lines: list[Line] = []
    for number, row in enumerate(_without_comments(text, notes_said).split("\n"), start=1):
        for piece in row.split("\f"):
            expanded = piece.expandtabs(8) if "\t" in piece[:20] and not piece.strip().count("\t") else piece
            stripped = piece.strip()
            indent = len(expanded) - len(expanded.lstrip())
            lines.append(Line(number, stripped, indent=indent, cells=_cells(stripped)))
    return Source(tuple(lines), tuple(notes_said.warnings))


def _cells(text: str) -> tuple[str, ...]:
    """The columns of a row laid out with tabs or with three spaces and more."""
    if "\t" not in text and "   " not in text:
        return ()
    parts = [part.strip() for part in text.replace("   ", "\t").split("\t")]
    cells = tuple(part for part in parts if part)
    return cells if len(cells) > 1 else ()


def _without_comments(text: str, said: Notes) -> str:
    """The text without the comments of a shared document, from [a] on in order, and without their letters."""
    rows = text.split("\n")
    first = next((at for at, row in enumerate(rows) if row.startswith("[a]") and _COMMENT.match(row)), None)
    if first is None or not any("[a]" in row for row in rows[:first]):
        return text
    begun = [found[1] for row in rows[first:] if (found := _COMMENT.match(row))]
    if begun != [_comment_letters(at) for at in range(len(begun))]:
        return text
    body = "\n".join(rows[:first])
    if any(f"[{letters}]" not in body for letters in begun):
        return text
    said.add(first + 1, notes.COMMENTS)
    return re.sub(r"\[(?:" + "|".join(begun) + r")\]", "", body)


def _comment_letters(at: int) -> str:
    return chr(97 + at) if at < 26 else chr(96 + at // 26) + chr(97 + at % 26)
