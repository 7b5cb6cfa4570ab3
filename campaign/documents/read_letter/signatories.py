"""Those who signed: one a line, in blocks, in columns, or in one sentence; people, organizations or both."""

import re
from dataclasses import dataclass, field, replace

from campaign.documents.read_letter.affiliations import (
    Affiliation,
    affiliation,
    is_office,
    is_organization,
    is_person,
    is_role,
    separated,
    title_and_office,
)
from campaign.documents.read_letter.blocks import read_blocks, read_rows, stacked_apart, with_cells
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.signatory_kinds import (
    is_list_of_people,
    may_be_person,
    names_a_group,
    names_a_han_person,
    names_a_person,
    place_of_names,
)
from campaign.documents.read_letter.words.given_names import GIVEN_NAMES
from campaign.documents.read_letter.words.people import HONORIFIC, ROLE
from campaign.documents.read_letter.words.signatures import (
    OTHERS_COUNTED,
)
from campaign.domain.letter import Signatory, SignatoryKind

_CONNECTS = re.compile(
    r"(?:\b(?:and|of|for|the|to|on|in|de|la|du|des|et|y|del|für|und|von|des|per)|[,&(/]|(?<=\s)[–—-])$",
    re.IGNORECASE,
)
# Who signs so signs for nobody else.
_CAPACITY = re.compile(
    r"(?<=[\s,(（])(?:in (?:an?|my|his|her|their) (?:individual|personal|private) capacity|"
    r"(?:individual|personal) capacity|à titre (?:personnel|individuel|privé)|a título (?:personal|"
    r"individual)|"
    r"a titolo personale|(?:in eigenem namen|als privatperson)|em nome (?:pessoal|próprio)|"
    r"以个人(?:身份|名义)|以個人(?:身份|名義))"
    r"\b.*|(?<=\S)[，,]?\s*以[个個]人(?:身份|名[义義]).*",
    re.IGNORECASE,
)
_ORDER_NOTE = re.compile(
    r"\s*[（(][^（）()]{0,60}(?:序|排|筆畫|笔画|alphab|in order|order of|ordre|orden|"
    r"reihenfolge)[^（）()]{0,40}[）)]\s*$",
    re.IGNORECASE,
)
_HAN_NAMES = re.compile(r"(?:[\u4e00-\u9fff·]{2,5}[\s\u3000]+)+[\u4e00-\u9fff·]{2,5}")
_CONTINUES = re.compile(r"(?:and|of|for|in|et|y|und)\s", re.IGNORECASE)
_LONGEST_COUNT = 120
_INLINE = re.compile(r"\s*[;；]\s*")


@dataclass
class SignatoryGroup:
    """Lines under one heading; `people` is what the heading says of them, None if nothing."""

    people: bool | None
    lines: list[Line] = field(default_factory=list)


def read_signatories(groups: list[SignatoryGroup], accounting: LineAccounting) -> list[Signatory]:
    """All signatories in their order, one list under each heading."""
    return [
        found
        for group in groups
        if any(line.text for line in group.lines)
        for found in _read_group(group.lines, group.people, accounting)
    ]


def _read_group(lines: list[Line], people: bool | None, accounting: LineAccounting) -> list[Signatory]:
    filled = with_cells([line for line in lines if line.text])
    if sum(bool(line.cells) for line in filled) >= 0.5 * len(filled):
        rows = read_rows(filled, accounting)
        if rows is not None:
            return [signatory(row, people=people) for row in rows]
        filled = [
            Line(line.number, cell, fixed=True) for line in filled for cell in line.cells or (line.text,)
        ]
        lines = filled
    listed = sum(bool(line.marker) for line in filled) > 0.6 * len(filled)
    blocks = None if listed else read_blocks(lines, of_groups=people is False)
    if blocks is not None:
        return [signatory(block, people=people) for block in blocks]
    runs = [] if listed else stacked_apart(lines)
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
        match = OTHERS_COUNTED.search(line.text, max(0, len(line.text) - _LONGEST_COUNT))
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
    barred = _widest_with_a_bar(lines)
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
                # Where a bar parts names from what stands beside them, a line without one goes on.
                or ("|" not in line.text and "|" in before.text and len(before.text) >= 0.75 * barred)
            )
        )
        if goes_on:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]} {line.text}")
        else:
            entries.append((line, line.text))
        before = line
    return entries


def _widest_with_a_bar(lines: list[Line]) -> int:
    """Where rows of a name, a bar and an affiliation are broken; beyond any line where none is."""
    widths = [len(line.text) for line in lines if line.text.count("|") == 1]
    enough = len(widths) >= max(5, 0.4 * sum(bool(line.text) for line in lines))
    return max(widths) if enough and max(widths) >= 58 else 1_000_000


def _inline_parts(line: Line, text: str, entries: int, accounting: LineAccounting) -> list[str]:
    """Several names on one line, between semicolons, ideographic commas, or in a lone line of commas."""
    if note := _ORDER_NOTE.search(text):
        accounting.reads(line, text[: note.start()])
        accounting.warn(line.number, "A note among the names was left out: “%(text)s”.", text=note[0].strip())
        text = text[: note.start()].strip()
    text = re.sub(r"\s*[/|–—-]$", "", text)
    if _INLINE.search(text):
        parts = _INLINE.split(text)
    elif _HAN_NAMES.fullmatch(text) and (
        len(text.split()) > 2 or all(len(part) <= 3 for part in text.split())
    ):
        parts = text.split()
        accounting.warn(
            line.number,
            "The names on one line were taken for %(count)s people; check them.",
            count=len(parts),
        )
    elif "、" in text:
        parts = re.split(r"\s*、\s*", text)
    elif entries == 1 and text.count(",") >= 2 and not ROLE.search(text):
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


@dataclass(frozen=True)
class _List:
    """What a list shows as a whole: whether it is of people, on which side names stand, whether ranks follow.

    Among organizations "Independent Advocate" is one; among ranks it is a rank.
    """

    headed: bool | None
    of_people: bool
    name_at: int | None
    ranks: bool


def _read_entries(
    entries: list[tuple[Line, str]], people: bool | None, accounting: LineAccounting
) -> list[Signatory]:
    texts = [text for _, text in entries]
    cuts = [separated(text) for text in texts]
    # Under a heading of organizations names count only where each has a word beside it.
    beside = people is None or all("(" in text or "（" in text for text in texts[-3:])
    whole = _List(
        people,
        people is True or (beside and is_list_of_people(texts)),
        place_of_names(texts),
        sum(bool(cut) and is_role(cut[1][-1]) for cut in cuts if cut) > 0.5 * len(entries),
    )
    found = [_entry(text, cut, whole) for text, cut in zip(texts, cuts, strict=True)]
    if people is None:
        _warn_of_unclear_kinds(entries, cuts, found, whole, accounting)
    return found


def _entry(text: str, cut: tuple[str, list[str]] | None, whole: _List) -> Signatory:
    if capacity := _CAPACITY.search(text):
        name = text[: capacity.start()].rstrip(" ,(（")
        return Signatory(SignatoryKind.PERSON, name=name, organization=text[capacity.start() :])
    pair = cut is not None and cut[0] in "|-" and len(cut[1]) == 2
    if cut and pair and whole.name_at is not None and "," not in cut[1][whole.name_at]:
        return signatory(_beside(cut[1], whole.name_at, ranks=whole.ranks), people=whole.headed)
    if cut and names_a_person(cut, of_people=whole.of_people):
        return signatory(_with_rank(_oriented(text, cut), ranks=whole.ranks), people=whole.headed)
    person = (whole.headed is True and cut is None) or (
        is_person(text) and whole.of_people and not names_a_group(text)
    )
    if whole.headed is not False and not person:
        alone = whole.headed is None and not whole.of_people and cut is None and is_person(text)
        person = names_a_han_person(text) or (alone and HONORIFIC.match(text) is not None)
    if person:
        return Signatory(SignatoryKind.PERSON, name=text)
    return Signatory(SignatoryKind.ORGANIZATION, organization=text)


def _warn_of_unclear_kinds(
    entries: list[tuple[Line, str]],
    cuts: list[tuple[str, list[str]] | None],
    found: list[Signatory],
    whole: _List,
    accounting: LineAccounting,
) -> None:
    """Say where a name could as well be that of a person as that of an organization."""
    people: list[int] = []
    bodies: list[int] = []
    for (line, text), cut, read in zip(entries, cuts, found, strict=True):
        if read.kind is SignatoryKind.PERSON and cut is None:
            known = text.split()[0].lower() in GIVEN_NAMES or HONORIFIC.match(text)
            people += [] if known else [line.number]
        elif read.name is None and not is_organization(text):
            bodies += [line.number] if (cut is None if whole.of_people else may_be_person(cut)) else []
    if len(people) > 0.5 * len(entries):
        accounting.warn(
            people[0],
            "It is unclear whether %(count)s of the signatories are people or organizations; "
            "they were taken for people.",
            count=len(people),
        )
    if bodies:
        accounting.warn(
            bodies[0],
            "It is unclear whether %(count)s of the signatories are people or organizations; "
            "they were taken for organizations.",
            count=len(bodies),
        )


def _with_rank(found: Affiliation, *, ranks: bool) -> Affiliation:
    """Among ranks a single word that no organization would be is one too."""
    single = found.title is None and found.office is not None and len(found.office.split()) == 1
    if ranks and single and not is_organization(found.office or ""):
        return Affiliation(found.name, found.office, None)
    return found


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
