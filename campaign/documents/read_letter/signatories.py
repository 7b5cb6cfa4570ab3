"""Those who signed: one a line, in blocks, in columns, or in one sentence; people, organizations or both."""

import re
from dataclasses import dataclass, field, replace

from campaign.documents.read_letter import words
from campaign.documents.read_letter.affiliations import (
    LEGAL_FORM,
    Affiliation,
    affiliation,
    is_office,
    is_organization,
    is_person,
    is_role,
    separated,
    title_and_office,
)
from campaign.documents.read_letter.anchors import is_signatory_heading
from campaign.documents.read_letter.blocks import read_blocks, read_rows, stacked_apart
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.markers import Sequence
from campaign.domain.letter import Signatory, SignatoryKind

_CONNECTS = re.compile(
    r"(?:\b(?:and|of|for|the|to|on|in|de|la|du|des|et|y|del|für|und|von|des|per)|[,&(/]|(?<=\s)[–—-])$",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"(?:and|of|for|in|et|y|und)\s", re.IGNORECASE)
_SIGNED_MARK = re.compile(r"/s/\s*|\(signed\)\s*|\(s\)\s*|signed\s*:\s*", re.IGNORECASE)
_LONGEST_COUNT = 120
_INLINE = re.compile(r"\s*[;；]\s*")


@dataclass
class Group:
    """Lines under one heading; `people` is what the heading says of them, None if nothing."""

    people: bool | None
    lines: list[Line] = field(default_factory=list)


def read_signatories(lines: list[Line], accounting: LineAccounting) -> list[Signatory]:
    """All signatories of the lines after the closing, in their order; headings among them only group."""
    found: list[Signatory] = []
    sequence = Sequence()
    for group in _groups(lines, accounting):
        members = _without_marks(group.lines, sequence, accounting)
        if any(line.text for line in members):
            found += _read_group(members, group.people, accounting)
    return found


def _groups(lines: list[Line], accounting: LineAccounting) -> list[Group]:
    groups = [Group(None)]
    for index, line in enumerate(lines):
        text = line.text.strip("*_ ")
        if text and words.CLOSING_ALONE.fullmatch(text.rstrip("，。,.! ")) and len(text) < 12:
            accounting.leave_out([line], "A closing word among the signatories was left out: “%(text)s”.")
        elif text and _is_region(lines, index):
            groups.append(Group(groups[-1].people))
            accounting.leave_out([line], "A heading among the signatories was left out: “%(text)s”.")
        elif text and is_signatory_heading(line):
            people = bool(words.INDIVIDUALS.match(text)) and not words.ORGANIZATIONS.match(text)
            known = people or words.ORGANIZATIONS.match(text) is not None
            groups.append(Group(people if known else None))
            accounting.reads(line)
            if not (words.SIGNATORY_HEAD_OTHER.fullmatch(text) or len(text) < 40):
                accounting.leave_out([line], "The heading of a list of signatories was left out: “%(text)s”.")
        elif text and _is_subheading(line, groups[-1]):
            groups.append(Group(groups[-1].people))
            accounting.leave_out([line], "A heading among the signatories was left out: “%(text)s”.")
        elif text and (inline := _heading_with_names(line, accounting)):
            groups.append(Group(None, [inline]))
        else:
            groups[-1].lines.append(line)
    return groups


def _is_region(lines: list[Line], index: int) -> bool:
    """A part of the world alone on the first line of a block heads the names below it."""
    if lines[index].text.strip("*_: ").lower() not in words.REGIONS:
        return False
    first = index == 0 or lines[index - 1].blank
    return first and index + 1 < len(lines) and not lines[index + 1].blank


def _is_subheading(line: Line, group: Group) -> bool:
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


def _without_marks(lines: list[Line], sequence: Sequence, accounting: LineAccounting) -> list[Line]:
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


def _read_group(lines: list[Line], people: bool | None, accounting: LineAccounting) -> list[Signatory]:
    filled = [line for line in lines if line.text]
    if sum(bool(line.cells) for line in filled) >= 0.5 * len(filled):
        rows = read_rows(filled, accounting)
        if rows is not None:
            return [signatory(row, people=people) for row in rows]
        filled = [
            Line(line.number, cell, fixed=True) for line in filled for cell in line.cells or (line.text,)
        ]
        lines = filled
    blocks = read_blocks(lines)
    if blocks is not None:
        return [signatory(block, people=people) for block in blocks]
    runs = stacked_apart(lines)
    if len(runs) > 1:
        return [found for run in runs for found in _read_group(run, people, accounting)]
    entries = _whole_entries(_without_counts(lines, accounting))
    entries = [
        (line, part) for line, text in entries for part in _inline_parts(line, text, len(entries), accounting)
    ]
    return _read_entries(entries, people, accounting)


def _without_counts(lines: list[Line], accounting: LineAccounting) -> list[Line]:
    """The lines without "and 300 others", which names nobody and is said in a warning."""
    rest = []
    for line in lines:
        match = words.OTHERS_COUNTED.search(line.text, max(0, len(line.text) - _LONGEST_COUNT))
        if match:
            accounting.reads(line, line.text[: match.start()])
            accounting.warn(
                line.number,
                "Those counted but not named were left out: “%(text)s”.",
                text=match[0].strip(" ,"),
            )
            line = replace(line, text=line.text[: match.start()].strip())
        rest.append(line)
    return rest


def _whole_entries(lines: list[Line]) -> list[tuple[Line, str]]:
    """One entry for each line; a name too long for its line goes on in the next."""
    entries: list[tuple[Line, str]] = []
    least = min((line.indent for line in lines if line.text), default=0)
    before: Line | None = None
    for line in lines:
        if not line.text:
            before = None
            continue
        goes_on = (
            before is not None
            and not line.fixed
            and (
                _CONNECTS.search(before.text) is not None
                or (_CONTINUES.match(line.text) is not None and line.text[0].islower())
                or (line.indent >= least + 3 and before.indent == least)
            )
        )
        if goes_on:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]} {line.text}")
        else:
            entries.append((line, line.text))
        before = line
    return entries


def _inline_parts(line: Line, text: str, entries: int, accounting: LineAccounting) -> list[str]:
    """Several names on one line, between semicolons, ideographic commas, or in a lone line of commas."""
    if _INLINE.search(text):
        parts = _INLINE.split(text)
    elif "、" in text:
        parts = re.split(r"\s*、\s*", text)
    elif entries == 1 and text.count(",") >= 2 and not words.ROLE.search(text):
        parts = re.split(r"\s*,\s*(?:and\s+|et\s+|y\s+|und\s+)?", text)
        accounting.warn(
            line.number,
            "The names on one line were taken for %(count)s signatories; check them.",
            count=len(parts),
        )
    elif len(people := re.split(r"\s*,\s*(?:and\s+)?", text)) > 2 and all(map(_is_name_only, people)):
        parts = people
        accounting.warn(
            line.number,
            "The names on one line were taken for %(count)s people; check them.",
            count=len(parts),
        )
    else:
        spaced = re.split(r"\s{2,}|\u3000+", text)
        many = len(spaced) > 1 and all(is_person(part) for part in spaced)
        parts = spaced if many else [text]
    return [part.rstrip(" .") if len(parts) > 1 else part for part in parts if part.strip()]


def _is_name_only(text: str) -> bool:
    return is_person(text) and not (is_role(text) or is_office(text) or is_organization(text))


def _read_entries(
    entries: list[tuple[Line, str]], people: bool | None, accounting: LineAccounting
) -> list[Signatory]:
    of_people = _is_list_of_people([text for _, text in entries]) if people is None else people
    name_at = _place_of_names([text for _, text in entries])
    # Among organizations "Independent Advocate" is one; among ranks it is a rank.
    ranks = sum(
        bool(cut) and is_role(cut[1][-1]) for _, text in entries if (cut := separated(text))
    ) > 0.5 * len(entries)
    found, unsure = [], []
    for line, text in entries:
        cut = separated(text)
        if people and cut is None:
            found.append(Signatory(SignatoryKind.PERSON, name=text))
        elif (
            cut and name_at is not None and cut[0] in "|-" and len(cut[1]) == 2 and "," not in cut[1][name_at]
        ):
            found.append(signatory(_beside(cut[1], name_at, ranks=ranks), people=people))
        elif cut and _names_a_person(cut, of_people=of_people):
            found.append(signatory(_oriented(text, cut), people=people))
        elif is_person(text) and of_people:
            found.append(Signatory(SignatoryKind.PERSON, name=text))
        else:
            found.append(Signatory(SignatoryKind.ORGANIZATION, organization=text))
            alike = cut is None if of_people else _may_be_person(cut)
            if people is None and alike and not is_organization(text):
                unsure.append(line)
            elif (
                people is None
                and not of_people
                and cut is None
                and is_person(text)
                and words.HONORIFIC.match(text)
            ):
                found[-1] = Signatory(SignatoryKind.PERSON, name=text)
    if unsure:
        accounting.warn(
            unsure[0].number,
            "It is unclear whether %(count)s of the signatories are people or organizations; "
            "they were taken for organizations.",
            count=len(unsure),
        )
    return found


def _may_be_person(cut: tuple[str, list[str]] | None) -> bool:
    """Whether a line among organizations reads like a name with a word about it."""
    if cut is None or cut[0] != "," or len(cut[1]) != 2:
        return False
    name, other = cut[1]
    return is_person(name) and other.lower() not in words.PLACES and not LEGAL_FORM.fullmatch(other)


def _is_list_of_people(texts: list[str]) -> bool:
    """Judges a list as a whole: alone, a line such as "Bolo Bhi" could be either."""
    if not texts:
        return False
    cuts = [separated(text) for text in texts]
    led = sum(
        cut is not None
        and is_person(cut[1][0])
        and (cut[0] != "(" or not _is_abbreviation(cut[1]))
        and cut[1][1].lower() not in words.PLACES
        for cut in cuts
    )
    if led >= 0.5 * len(texts):
        return True
    persons = sum(cut is None and is_person(text) for cut, text in zip(cuts, texts, strict=True))
    bodies = sum(is_organization(text) for text in texts)
    if bodies == 0:
        return persons + led >= 0.75 * len(texts)
    return (persons + led) >= 0.8 * len(texts) and bodies <= 0.15 * len(texts)


def _names_a_person(cut: tuple[str, list[str]], *, of_people: bool) -> bool:
    mark, parts = cut
    if mark == "|":
        return True
    if (mark == "(" and _is_abbreviation(parts)) or LEGAL_FORM.fullmatch(parts[-1]):
        return False
    person = is_person(parts[0])
    if of_people:
        return person or (
            mark != "(" and not is_organization(parts[0]) and any(is_role(part) for part in parts[1:])
        )
    return person and any(is_role(part) or is_office(part) for part in parts[1:]) and mark != "("


def _is_abbreviation(parts: list[str]) -> bool:
    """Whether the parenthesis holds the initials of what stands before it."""
    initials = "".join(word[0] for word in parts[0].split() if word[0].isupper())
    inner = re.sub(r"[^A-Za-zÀ-ÿ]", "", parts[1])
    return bool(initials) and inner.isupper() and inner[0] == initials[0] and len(inner) <= len(initials) + 2


def _place_of_names(texts: list[str]) -> int | None:
    """On which side of a bar or dash the names of people stand; None in any other list."""
    pairs = [cut[1] for text in texts if (cut := separated(text)) and cut[0] in "|-" and len(cut[1]) == 2]
    if len(pairs) < 2 or len(pairs) < 0.6 * len(texts):
        return None
    first = sum(is_person(pair[0]) for pair in pairs) / len(pairs)
    second = sum(is_person(pair[1]) for pair in pairs) / len(pairs)
    bars = sum("|" in text for text in texts) > 0.5 * len(texts)
    if second >= 0.8 and second > first:
        return 1
    return 0 if first >= 0.8 or (bars and first >= 0.4) else None


def _beside(pair: list[str], name_at: int, *, ranks: bool) -> Affiliation:
    name, other = pair[name_at], pair[1 - name_at]
    title, office = title_and_office(other) if is_role(other) and ("," in other or ranks) else (None, other)
    return Affiliation(name, title, office)


def _oriented(text: str, cut: tuple[str, list[str]]) -> Affiliation:
    """The affiliation of a line that may name the organization first."""
    mark, parts = cut
    if mark in "|-" and len(parts) == 2 and is_organization(parts[0]) and is_person(parts[1]):
        return Affiliation(parts[1], None, parts[0])
    return affiliation(text)


def signatory(found: Affiliation, *, people: bool | None) -> Signatory:
    """A signatory from a name with its affiliation; under a heading of individuals it is a person."""
    if not found.name:
        return Signatory(SignatoryKind.ORGANIZATION, None, found.title, found.office)
    represents = found.office is not None and people is not True
    kind = SignatoryKind.ORGANIZATION if represents else SignatoryKind.PERSON
    return Signatory(kind, found.name, found.title, found.office)
