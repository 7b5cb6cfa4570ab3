"""The lines after the closing in groups under their headings, without the marks of a list."""

import re
from dataclasses import dataclass, field

from campaign.documents.read_letter.anchors import is_signatory_heading
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.markers import Sequence
from campaign.documents.read_letter.words.closings import CLOSING_ALONE
from campaign.documents.read_letter.words.places import REGIONS
from campaign.documents.read_letter.words.signatures import (
    INDIVIDUALS,
    ORGANIZATIONS,
    SIGNATORY_HEAD_OTHER,
)

_SIGNED_MARK = re.compile(r"/s/\s*|\(signed\)\s*|\(s\)\s*|signed\s*:\s*", re.IGNORECASE)


@dataclass
class SignatoryGroup:
    """Lines under one heading; `people` is what the heading says of them, None if nothing."""

    people: bool | None
    lines: list[Line] = field(default_factory=list)


def groups_of(lines: list[Line], accounting: LineAccounting) -> list[SignatoryGroup]:
    groups = [SignatoryGroup(None)]
    for index, line in enumerate(lines):
        text = line.text.strip("*_ ")
        if text and CLOSING_ALONE.fullmatch(text.rstrip("，。,.! ")) and len(text) < 12:
            accounting.leave_out([line], "A closing word among the signatories was left out: “%(text)s”.")
        elif text and _is_region(lines, index):
            groups.append(SignatoryGroup(groups[-1].people))
            accounting.leave_out([line], "A heading among the signatories was left out: “%(text)s”.")
        elif text and is_signatory_heading(line):
            people = bool(INDIVIDUALS.match(text)) and not ORGANIZATIONS.match(text)
            known = people or ORGANIZATIONS.match(text) is not None
            groups.append(SignatoryGroup(people if known else None))
            accounting.reads(line)
            if not (SIGNATORY_HEAD_OTHER.fullmatch(text) or len(text) < 40):
                accounting.leave_out([line], "The heading of a list of signatories was left out: “%(text)s”.")
        elif text and _is_subheading(line, groups[-1]):
            groups.append(SignatoryGroup(groups[-1].people))
            accounting.leave_out([line], "A heading among the signatories was left out: “%(text)s”.")
        elif text and (inline := _heading_with_names(line, accounting)):
            groups.append(SignatoryGroup(None, [inline]))
        else:
            groups[-1].lines.append(line)
    return groups


def _is_region(lines: list[Line], index: int) -> bool:
    """Whether a line is the name of a region that heads a block of names."""
    if lines[index].text.strip("*_: ").lower() not in REGIONS:
        return False
    first = index == 0 or lines[index - 1].blank
    return first and index + 1 < len(lines) and not lines[index + 1].blank


def _is_subheading(line: Line, group: SignatoryGroup) -> bool:
    if line.cells or line.marker or len(line.text) > 80:
        return False
    if line.text.endswith((":", "：")):
        return True
    return line.level > 0 and not (group.lines and all(other.level for other in group.lines if other.text))


def _heading_with_names(line: Line, accounting: LineAccounting) -> Line | None:
    """A heading and its list on one line, such as “Signed by: A; B; C”."""
    match = re.match(r"([^:：]{3,60}[:：])\s*(?=\S)", line.text)
    if not match or not is_signatory_heading(Line(line.number, match[1])):
        return None
    rest = line.text[match.end() :].strip("*_ ")
    accounting.reads(line, rest)
    return Line(line.number, rest, fixed=True)


def without_marks(lines: list[Line], sequence: Sequence, accounting: LineAccounting) -> list[Line]:
    """The lines without numbering, bullets, signature rules and marks such as “/s/”."""
    marks = [sequence.accept(line.text) if line.text and not line.marker else None for line in lines]
    filled = sum(bool(line.text) for line in lines)
    numbered = sum(mark is not None for mark in marks) > 0.5 * filled
    rest = []
    for line, mark in zip(lines, marks, strict=True):
        text = line.text[mark.length :] if mark and (numbered or mark.ordinal is None) else line.text
        text = (
            _SIGNED_MARK.sub("", text.strip("*_ "), count=1)
            if _SIGNED_MARK.match(text.strip("*_ "))
            else text.strip("*_ ")
        )
        if not any(character.isalnum() for character in text):
            text = ""
        if text != line.text and line.text:
            accounting.reads(line, text)
        cells = line.cells if not (mark and numbered) else ()
        rest.append(
            Line(
                line.number,
                text,
                line.indent,
                fixed=line.fixed or bool(line.marker),
                cells=cells if text else (),
            )
        )
    return rest
