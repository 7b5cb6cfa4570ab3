"""Invented letters whose every line has its role, in four layouts; as a module it prints confusions."""

import html
import textwrap
from collections import Counter
from dataclasses import replace
from pathlib import Path

from campaign.documents.read_letter.read import read_with_roles
from campaign.documents.read_letter.roles import LetterRole, LineRole
from campaign.domain.letter import Letter

FILE = Path(__file__).with_name("labelled_letters.txt")
LAYOUTS = ("plain", "wrapped", "page", "paragraphs")
_COLUMNS = 76

Row = tuple[LetterRole | None, str, bool]


def labelled_letters() -> dict[str, list[Row]]:
    """Each letter's rows by its name: role, text, and whether the line goes on from the one above."""
    letters: dict[str, list[Row]] = {}
    rows: list[Row] = []
    for line in FILE.read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith("=== "):
            rows = letters.setdefault(line[4:], [])
        elif line.strip():
            role, _, text = line.partition(" | ")
            rows.append((LetterRole(role.removesuffix(" +")), text, role.endswith(" +")))
        elif rows:
            rows.append((None, "", False))
    return letters


def laid_out(rows: list[Row], layout: str) -> tuple[bytes, str, list[Row]]:
    """The letter's file in a layout, its name, and the rows whose lines that file has."""
    if layout in ("page", "paragraphs"):
        rows = _whole(rows)
        apart = [part for row in rows for part in (row, (None, "", False))]
        return _page(apart if layout == "paragraphs" else rows).encode(), "letter.html", rows
    if layout == "wrapped":
        rows = [
            (role, part, goes_on or at > 0)
            for role, text, goes_on in rows
            for at, part in enumerate(textwrap.wrap(text, _COLUMNS, break_long_words=False) or [""])
        ]
    return "\n".join(text for _, text, _ in rows).encode(), "letter.txt", rows


def compared(rows: list[Row], layout: str) -> tuple[Letter, Letter, list[tuple[LineRole, LetterRole | None]]]:
    """The letter as it was read, as its labels say, and every line that was read with its label."""
    data, name, rows = laid_out(rows, layout)
    found = read_with_roles(data, name=name)
    labels = iter([row for row in rows if row[0] is not None])
    pairs = [(line, next(labels)) for line in found.roles if line.role is not None]
    given = [
        replace(line, role=label[0], goes_on=label[2]) if label else line
        for line, label in _with_blanks(found.roles, pairs)
    ]
    corrected = "".join(
        f"{line.number}\t{line.role or ''}{' +' if line.goes_on else ''}\t{line.text}\n" for line in given
    )
    right = read_with_roles(data, name=name, roles=corrected)
    return found.letter, right.letter, [(line, label[0]) for line, label in pairs]


def _with_blanks(lines, pairs):
    labels = {id(line): label for line, label in pairs}
    return [(line, labels.get(id(line))) for line in lines]


def _whole(rows: list[Row]) -> list[Row]:
    whole: list[Row] = []
    for role, text, goes_on in rows:
        if goes_on and whole:
            whole[-1] = (whole[-1][0], f"{whole[-1][1]} {text}", whole[-1][2])
        else:
            whole.append((role, text, False))
    return whole


def _page(rows: list[Row]) -> str:
    paragraphs: list[list[str]] = [[]]
    for role, text, _ in rows:
        if role is None:
            paragraphs.append([])
        else:
            paragraphs[-1].append(html.escape(text))
    inside = "".join(f"<p>{'<br>'.join(lines)}</p>" for lines in paragraphs if lines)
    return f"<html><body><article>{inside}</article></body></html>"


def main() -> None:
    """Print how many lines and letters are read right, and which roles were taken for which."""
    confused: Counter[tuple[str, str]] = Counter()
    lines = letters = whole = 0
    for rows in labelled_letters().values():
        for layout in LAYOUTS:
            found, right, pairs = compared(rows, layout)
            letters += 1
            whole += replace(found, warnings=()) == replace(right, warnings=())
            lines += len(pairs)
            confused.update((str(label), str(line.role)) for line, label in pairs if label is not line.role)
    wrong = sum(confused.values())
    print(f"{whole} of {letters} letters whole, {lines - wrong} of {lines} lines right")
    for (label, role), count in confused.most_common():
        print(f"{count:4} {label} read as {role}")


if __name__ == "__main__":
    main()
