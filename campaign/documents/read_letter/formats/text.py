"""Plain text as lines."""

from campaign.documents.read_letter.lines import Line, Source


def lines_of_text(text: str) -> Source:
    """One line for each line of a cleaned text; a form feed is a blank between pages."""
    lines: list[Line] = []
    for number, row in enumerate(text.split("\n"), start=1):
        for piece in row.split("\f"):
            expanded = piece.expandtabs(8) if "\t" in piece[:20] and not piece.strip().count("\t") else piece
            stripped = piece.strip()
            indent = len(expanded) - len(expanded.lstrip())
            lines.append(Line(number, stripped, indent=indent, cells=_cells(stripped)))
    return Source(tuple(lines))


def _cells(text: str) -> tuple[str, ...]:
    """The columns of a row laid out with tabs or with three spaces and more."""
    if "\t" not in text and "   " not in text:
        return ()
    parts = [part.strip() for part in text.replace("   ", "\t").split("\t")]
    cells = tuple(part for part in parts if part)
    return cells if len(cells) > 1 else ()
