"""Signatures in several lines each, and signatures in the columns of a table."""

import re
from dataclasses import replace

from campaign.documents.read_letter.affiliations import (
    Affiliation,
    affiliation,
    is_office,
    is_organization,
    is_person,
    is_role,
    title_and_office,
)
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.signatory_kinds import is_list_of_people, names_a_group
from campaign.documents.read_letter.words.given_names import GIVEN_NAMES
from campaign.documents.read_letter.words.people import HONORIFIC

_HEADERS = (
    (
        "name",
        re.compile(
            r"(?:full )?names?|nom(?: et prénom)?|nombres?|姓名|名字|signatory|signataires?|"
            r"représentant\W?e?s?|representatives?|ئىسمى|الاسم",
            re.IGNORECASE,
        ),
    ),
    (
        "title",
        re.compile(
            r"(?:job )?titles?|role|position|fonction|qualité|cargo|职务|職務|职称|職稱|"
            r"funktion|ۋەزىپىسى|المنصب",
            re.IGNORECASE,
        ),
    ),
    (
        "office",
        re.compile(
            r"organi[sz]ations?|affiliations?|institutions?|organisme|organizaci[óo]n|机构|機構|组织|組織|单位|單位|"
            r"تەشكىلات|المنظمة",
            re.IGNORECASE,
        ),
    ),
    (
        "other",
        re.compile(
            r"country|city|town|place|location|e-?mail|pays|país|ville|ciudad|land|ort|stadt|国家|國家|地区|地區|date|"
            r"datum|fecha|#|no\.?|nr\.?|n°|序号|signature|statu[ts]|kind(?: of .*)?|type(?: .*)?|"
            r".* type|lien.*|links?.*|"
            r"website|web|url|site.*|enlace|网址|網址|备注|備註|notes?",
            re.IGNORECASE,
        ),
    ),
)
_MOST_LINES = 5


def read_blocks(lines: list[Line], *, of_groups: bool = False) -> list[Affiliation] | None:
    """Signatures of two to five lines each, or None for a plain list of one line each."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.text:
            blocks[-1].append(line.text)
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    if any("|" in text for block in blocks for text in block):
        return None
    if _are_stacked(blocks):
        return [found for block in blocks for found in _stacked(block)]
    flat = [text for block in blocks for text in block]
    if not of_groups and len(blocks) == 1 and len(flat) == 2 and _is_name_over_group(*flat):
        return [Affiliation(flat[0], None, flat[1])]
    cycles = _cycles(flat) or _pairs(flat)
    return [_one(cycle) for cycle in cycles] if cycles else None


def with_cells(lines: list[Line]) -> list[Line]:
    """The lines with columns for what stands between bars, where the first of them heads such columns."""
    first = [part.strip() for part in lines[0].text.split("|")]
    if lines[0].cells or len(first) < 2 or _header(tuple(first)) is None:
        return lines
    return [replace(line, cells=tuple(part.strip() for part in line.text.split("|"))) for line in lines]


def read_rows(lines: list[Line], accounting: LineAccounting) -> list[Affiliation] | None:
    """Signatures in columns of names, titles and organizations; None where every column holds signatories."""
    rows = [line.cells or (line.text,) for line in lines]
    header = _header(rows[0])
    if header:
        accounting.reads(lines[0])
        names = [
            row[header.index("name")] for row in rows[1:] if "name" in header and len(row) == len(header)
        ]
        of_people = is_list_of_people(names)
        return [_by_header(row, header, of_people=of_people) for row in rows[1:]]
    wide = [row for row in rows if len(row) > 1]
    first_people = sum(is_person(row[0]) for row in wide)
    rest_people = sum(is_person(row[1]) for row in wide)
    rest_bodies = sum(is_organization(row[1]) or is_role(row[1]) or is_office(row[1]) for row in wide)
    if first_people >= 0.6 * len(wide) and (rest_people < 0.6 * len(wide) or rest_bodies > 0.3 * len(wide)):
        return [_from_cells(row) for row in rows]
    if rest_people >= 0.6 * len(wide) and first_people < 0.3 * len(wide):
        return [_from_cells((row[1], row[0], *row[2:]) if len(row) > 1 else row) for row in rows]
    return None


def stacked_apart(lines: list[Line]) -> list[list[Line]]:
    """Lines cut so that a person's signature in several lines stands apart from plain lists beside it."""
    paragraphs: list[list[Line]] = [[]]
    for line in lines:
        if line.text:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    runs: list[tuple[bool, list[Line]]] = []
    for paragraph in filter(None, paragraphs):
        texts = [line.text for line in paragraph]
        stacked = 2 <= len(texts) <= _MOST_LINES and _is_rank_alone(texts[1])
        stacked = stacked and _reads_as_signature(texts, alone=True)
        gap = Line(paragraph[0].number, "")
        if runs and runs[-1][0] == stacked:
            runs[-1][1].extend([gap, *paragraph])
        else:
            runs.append((stacked, paragraph))
    return [run for _, run in runs]


def _is_name_over_group(name: str, group: str) -> bool:
    """Whether the only signature is a person's name above that of the organization."""
    if (
        not _is_person_led(name)
        or "," in name
        or is_organization(name)
        or names_a_group(name)
        or is_role(group)
    ):
        return False
    known = name.split()[0].lower() in GIVEN_NAMES
    return is_organization(group) or names_a_group(group) or (known and not is_person(group))


def _are_stacked(blocks: list[list[str]]) -> bool:
    several = [block for block in blocks if 2 <= len(block) <= _MOST_LINES]
    if not several or len(several) < 0.6 * len(blocks) or any(len(block) > _MOST_LINES for block in blocks):
        return False
    telling = sum(_reads_as_signature(block, alone=len(blocks) == 1) for block in several)
    return telling >= 0.6 * len(several)


def _reads_as_signature(block: list[str], *, alone: bool) -> bool:
    """Whether the lines are one person's, and not one signatory each."""
    people = [_is_person_led(text) for text in block]
    if alone and (len(block) > 4 or not _is_rank_alone(block[1]) or is_organization(block[0])):
        return False
    if people[0] and not any(people[1:]):
        return any(_is_rank_alone(text) for text in block[1:]) or (
            not alone and any(is_organization(text) for text in block[1:])
        )
    return not alone and is_organization(block[0]) and sum(people) == 1


def _is_person_led(text: str) -> bool:
    head = re.split(r"[,(（]", text)[0].strip()
    bare = HONORIFIC.sub("", head, count=1).strip()
    return is_person(head) and not is_role(bare) and not is_office(bare)


def _stacked(block: list[str]) -> list[Affiliation]:
    """One signature, or several that follow each other without a blank line."""
    cycles = _cycles(block) if len(block) >= 4 else None
    return [_one(cycle) for cycle in cycles or [block]]


def _cycles(texts: list[str]) -> list[list[str]] | None:
    """Lines grouped from name to name, where ranks on lines of their own show such groups."""
    ranks = {index for index, text in enumerate(texts) if _is_rank_alone(text)}
    if len(ranks) < 0.2 * len(texts) or not texts or len(texts) < 2:
        return None
    groups: list[list[str]] = []
    for index, text in enumerate(texts):
        rank_follows = index + 1 in ranks
        starts = _is_person_led(text) and (rank_follows or not ranks)
        if starts or not groups or len(groups[-1]) >= _MOST_LINES:
            groups.append([])
        groups[-1].append(text)
    return groups if all(_is_person_led(group[0]) for group in groups) else None


def _pairs(texts: list[str]) -> list[list[str]] | None:
    """Names and organizations on alternate lines."""
    if len(texts) < 4 or len(texts) % 2:
        return None
    pairs = [[name, other] for name, other in zip(texts[0::2], texts[1::2], strict=True)]
    told = all(is_person(name) and not is_person(other) for name, other in pairs)
    return pairs if told and all(is_office(other) or is_organization(other) for _, other in pairs) else None


def _is_rank_alone(text: str) -> bool:
    return is_role(text) and not _is_person_led(text)


def _one(block: list[str]) -> Affiliation:
    """A signature from its lines: the name, then ranks, then where they are held, in whatever order."""
    if len(block) == 1:
        return affiliation(block[0]) if _is_person_led(block[0]) else Affiliation("", None, block[0])
    at = next((index for index, text in enumerate(block) if _is_person_led(text)), 0)
    head = affiliation(block[at])
    titles = [head.title] if head.title else []
    offices = [head.office] if head.office else []
    others = [*block[:at], *block[at + 1 :]]
    for index, text in enumerate(others):
        title, office = title_and_office(text)
        if title and office and not is_organization(office) and any(map(_is_body, others[index + 1 :])):
            title, office = text, None
        if title and not office and not is_role(text):
            title, office = None, text
        if title and offices and not is_role(title):
            title, office = None, text  # an address below the organization stays beside it
        titles += [title] if title else []
        offices += [office] if office else []
    return Affiliation(head.name, ", ".join(titles) or None, ", ".join(offices) or None)


def _is_body(text: str) -> bool:
    return not is_role(text) and (is_organization(text) or is_office(text))


def _header(row: tuple[str, ...]) -> list[str] | None:
    """What each column of a table holds, if its first row says so in one language or in several."""
    kinds = [
        next(
            (
                kind
                for part in re.split(r"\s*[/|·(（]\s*", cell.strip(" :：*)）"))
                for kind, form in _HEADERS
                if form.fullmatch(part)
            ),
            None,
        )
        for cell in row
    ]
    return [kind or "other" for kind in kinds] if sum(kind is not None for kind in kinds) >= 2 else None


def _by_header(row: tuple[str, ...], header: list[str], *, of_people: bool) -> Affiliation:
    if len(row) != len(header):
        if "name" not in header or header.index("name") >= len(row):
            return _from_cells(row)
        row = (*row, *[""] * len(header))[: len(header)]
    values: dict[str, str] = {}
    for kind, cell in zip(header, row, strict=True):
        if kind != "other":
            values.setdefault(kind, cell)
    name = affiliation(values.get("name", ""))
    if "office" not in header and "title" not in header and not of_people:
        return Affiliation("", None, values.get("name"))
    return Affiliation(name.name, values.get("title") or name.title, values.get("office") or name.office)


def _from_cells(row: tuple[str, ...]) -> Affiliation:
    if len(row) == 1:
        return affiliation(row[0]) if is_person(row[0].split(",")[0]) else Affiliation("", None, row[0])
    if len(row) == 2:
        title, office = title_and_office(row[1])
        return Affiliation(row[0], title, office)
    return Affiliation(row[0], row[1], ", ".join(row[2:]))
