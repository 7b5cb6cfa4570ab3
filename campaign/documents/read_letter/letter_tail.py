"""The end of a letter from the blocks that have its roles: who signed, who receives a copy, a date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from campaign.documents.read_letter.affiliations import is_role
from campaign.documents.read_letter.anchors import copies_begin, heads_inline_list, is_signatory_heading
from campaign.documents.read_letter.copied import read_copied
from campaign.documents.read_letter.dates import find_date
from campaign.documents.read_letter.letter_head import Part
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.roles import LetterRole
from campaign.documents.read_letter.shapes import reads_as_name
from campaign.documents.read_letter.signatories import SignatoryGroup, read_signatories
from campaign.documents.read_letter.words.signatures import INDIVIDUALS, ORGANIZATIONS, SIGNATORY_HEAD_OTHER
from campaign.domain.letter import Addressee, Copied, Signatory

_SIGNED_MARK = re.compile(r"/s/\s*|\(signed\)\s*|\(s\)\s*|signed\s*:\s*", re.IGNORECASE)
_DATE_MARK = re.compile(r"[,，(（|–—-]\s*$")


@dataclass
class Tail:
    """What the end of a letter gives to the record; `date_above_names` says where its date stands."""

    signatories: list[Signatory] = field(default_factory=list)
    copied: list[Copied] = field(default_factory=list)
    addressees: list[Addressee] = field(default_factory=list)
    dated_on: date | None = None
    date_above_names: bool = False


def read_tail(parts: Sequence[Part], accounting: LineAccounting, *, language: str | None) -> Tail:
    """Read signatories, copies and a date from the blocks below the text, each with its role."""
    tail = Tail()
    groups = [SignatoryGroup(None)]
    for role, block in parts:
        if role is LetterRole.LIST_HEADING:
            groups.append(_group(block, groups[-1], accounting))
        elif role is LetterRole.SIGNATORY:
            line = _line(block, accounting)
            if block.spaced and groups[-1].lines:
                groups[-1].lines.append(Line(line.number, ""))
            groups[-1].lines.append(_without_date(line, tail, language, accounting))
        elif role is LetterRole.DATE:
            found = find_date(block.text, language)
            accounting.reads_block(block)
            if found and tail.dated_on is None:
                tail.dated_on = found.day
                tail.date_above_names = not any(group.lines for group in groups)
        elif role is LetterRole.ADDRESSEE:
            tail.addressees.append(Addressee(block.whole))
    tail.signatories = read_signatories(groups, accounting)
    return tail


def read_copies(parts: Sequence[Part], accounting: LineAccounting) -> list[Copied]:
    """Everyone in the lists of copies, each of which has a label of its own, above or below the text."""
    lists: list[list[Line]] = []
    before: LetterRole | None = None
    for role, block in parts:
        if role is LetterRole.COPIED_HEADING or (
            role is LetterRole.COPIED
            and (
                before not in (LetterRole.COPIED, LetterRole.COPIED_HEADING)
                or (before is LetterRole.COPIED and copies_begin(block.lines[0]))
            )
        ):
            lists.append([])
        if role in (LetterRole.COPIED, LetterRole.COPIED_HEADING):
            if block.spaced and lists[-1]:
                lists[-1].append(Line(block.lines[0].number, ""))
            lists[-1] += block.lines
        before = role
    return [found for rows in lists for found in read_copied(rows, accounting)]


def _group(block: Paragraph, before: SignatoryGroup, accounting: LineAccounting) -> SignatoryGroup:
    """The group that a heading opens; the heading may say that people or organizations follow."""
    line, text = block.lines[0], block.whole.strip("*_ ")
    if heads_inline_list(replace(line, text=block.whole)):
        label = re.match(r"[^:：]{3,60}[:：]\s*", block.whole)
        rest = block.whole[label.end() :].strip("*_ ") if label else block.whole
        accounting.reads_block(block, rest)
        return SignatoryGroup(None, [replace(line, text=rest, fixed=True)])
    people = bool(INDIVIDUALS.match(text)) and not ORGANIZATIONS.match(text)
    known = people or ORGANIZATIONS.match(text) is not None
    if SIGNATORY_HEAD_OTHER.fullmatch(text) or (len(text) < 40 and is_signatory_heading(line)):
        accounting.reads_block(block)
    else:
        accounting.leave_out(block.lines, "The heading of a list of signatories was left out: “%(text)s”.")
    if not known and not before.lines and before.people is not None and len(text) < 30:
        return SignatoryGroup(before.people)
    return SignatoryGroup(people if known else None)


def _line(block: Paragraph, accounting: LineAccounting) -> Line:
    """A block of the list as one line, without the marks of a list and of signing."""
    first = block.lines[0]
    initial = block.marker is not None and block.marker.family[-2:-1] in ("A", "I", "a", "i")
    text = block.whole if initial and not first.marker else block.text
    bare = text.strip("*_ ")
    bare = _SIGNED_MARK.sub("", bare, count=1)
    bare = bare if any(character.isalnum() for character in bare) else ""
    accounting.reads_block(block, bare)
    cells = first.cells if not (block.marker and not first.marker) else ()
    if cells and len(block.lines) > 1:
        cells = (*cells[:-1], " ".join([cells[-1], *(line.text for line in block.lines[1:])]))
    marker = "•" if block.marker else None
    return Line(
        first.number, bare, first.indent, marker=marker, fixed=first.fixed or bool(marker), cells=cells
    )


def _without_date(line: Line, tail: Tail, language: str | None, accounting: LineAccounting) -> Line:
    """A signature without the date that ends its line, as in “Friends of the River, 24 May 2022”."""
    found = (
        find_date(line.text, language)
        if len(line.text) < 110 and any(c.isdigit() for c in line.text)
        else None
    )
    if found is None or found.day is None or found.end < len(line.text.rstrip(" .)）")) or found.start < 4:
        return line
    rest = _DATE_MARK.sub("", line.text[: found.start].rstrip()).strip()
    if not reads_as_name(rest) or is_role(rest):
        return line
    tail.dated_on = tail.dated_on or found.day
    accounting.reads(line, rest)
    return replace(line, text=rest)
