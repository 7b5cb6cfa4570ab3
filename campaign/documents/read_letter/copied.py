"""The officials who receive a copy."""

import re

from campaign.documents.read_letter.addressees import POSTAL
from campaign.documents.read_letter.affiliations import (
    affiliation,
    is_office,
    is_person,
    is_role,
    title_and_office,
)
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.markers import markers_of
from campaign.documents.read_letter.words.labels import COPY_ALONE, COPY_LABEL
from campaign.documents.read_letter.words.people import HONORIFIC
from campaign.domain.letter import Copied

_CONNECTS = re.compile(
    r"(?:\b(?:and|of|for|the|to|on|de|la|du|des|et|y|del|für|und|von)|[,&/–—-])$", re.IGNORECASE
)
_SEMICOLON = re.compile(r"\s*[;；]\s*")


def read_copied(lines: list[Line], accounting: LineAccounting) -> list[Copied]:
    """The copied officials of a list that opens with its label; one a line, or several between semicolons."""
    rest = _after_label(lines, accounting)
    if not rest:
        return []
    blocks = _blocks(rest)
    if all(_is_address(block) for block in blocks):
        return [_addressed(block, accounting) for block in blocks]
    if _are_stacked(blocks):
        return [_stacked(block) for block in blocks]
    entries: list[tuple[Line, str]] = []
    for block in blocks:
        for line, text in _whole_entries(block, rest[0]):
            entries += [(line, part) for part in _SEMICOLON.split(text) if part.strip()]
    copied: list[Copied] = []
    for line, text in entries:
        copied += _entry(line, text.strip().rstrip(";；").rstrip(), accounting)
    return copied


def _after_label(lines: list[Line], accounting: LineAccounting) -> list[Line]:
    """The lines of the list, with the label and the marks of a list taken off."""
    rest = []
    for index, line in enumerate(lines):
        text = line.text.strip("*_ ")
        if index == 0:
            match = COPY_ALONE.fullmatch(text) or COPY_LABEL.match(text)
            text = text[match.end() :] if match else text
        elif not line.marker:
            readings = markers_of(text)
            if readings and (readings[0].ordinal is None or readings[0].family[0] in "1(①"):
                text = text[readings[0].length :]
        text = text.strip("*_ ")
        if text != line.text:
            accounting.reads(line, text)
        text = " | ".join(line.cells) if line.cells and index else text
        rest.append(
            Line(line.number, text, line.indent, marker=line.marker, fixed=line.fixed or bool(line.marker))
        )
    return rest if any(line.text for line in rest) else []


def _blocks(lines: list[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if line.text:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _are_stacked(blocks: list[list[Line]]) -> bool:
    """Whether each official has a block of lines: name, title, office."""
    if any(not 2 <= len(block) <= 4 for block in blocks) or any(
        line.marker for block in blocks for line in block
    ):
        return False
    if any("," in block[0].text or ";" in block[0].text for block in blocks):
        return False
    return all(is_person(block[0].text) and not is_person(block[1].text) for block in blocks)


def _is_address(block: list[Line]) -> bool:
    """Whether a block is one official's name, title and postal address, a line each."""
    texts = [line.text for line in block]
    postal = any(POSTAL.search(text) and any(c.isdigit() for c in text) for text in texts[1:])
    return 2 <= len(texts) <= 8 and postal and ";" not in "".join(texts)


def _addressed(block: list[Line], accounting: LineAccounting) -> Copied:
    name, rest = block[0].text, block[1:]
    at = next((at for at, line in enumerate(rest) if is_role(line.text)), None)
    title, office = title_and_office(rest[at].text) if at is not None else (None, None)
    left = [line for index, line in enumerate(rest) if index != at]
    accounting.leave_out(left, "The address of someone who receives a copy was left out: “%(text)s”.")
    return Copied(name, title, office)


def _stacked(block: list[Line]) -> Copied:
    name, second, *rest = (line.text for line in block)
    if not rest and not is_role(second):
        return Copied(name, None, second)
    return Copied(name, second, ", ".join(rest) or None)


def _whole_entries(block: list[Line], labelled: Line) -> list[tuple[Line, str]]:
    """Entries of a block; a line that breaks off, or is set in from the one before, goes on.

    Below the label entries are often set in to stand under the first one.
    """
    entries: list[tuple[Line, str]] = []
    for line in block:
        goes_on = False
        if entries and not line.fixed:
            before = entries[-1][1]
            goes_on = (
                _CONNECTS.search(before) is not None
                or line.text[0].islower()
                or (entries[-1][0] is not labelled and line.indent >= entries[-1][0].indent + 2)
            )
        if goes_on:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]} {line.text}")
        else:
            entries.append((line, line.text))
    return entries


def _entry(line: Line, text: str, accounting: LineAccounting) -> list[Copied]:
    parts = [part.strip() for part in re.split(r"[,、]", text)]
    people = all(is_person(part) and not is_role(part) and not is_office(part) for part in parts)
    # "Ms. Lea Orr, Harbour Master" is one official: of two, neither or both have a form of address.
    one = len(parts) == 2 and HONORIFIC.match(parts[0]) and not HONORIFIC.match(parts[1])
    if len(parts) > 1 and people and not one:
        accounting.warn(
            line.number,
            "The copied officials on one line were taken for %(count)s people; check them.",
            count=len(parts),
        )
        return [Copied(part) for part in parts]
    found = affiliation(text, official=True)
    if found.title is None and found.office is None and len(text) > 160:
        accounting.warn(line.number, "A long entry in the list of copies was kept whole as a name; check it.")
    return [Copied(found.name, found.title, found.office)]
