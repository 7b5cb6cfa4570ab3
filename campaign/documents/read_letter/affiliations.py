"""Names, titles and offices as letters put them on one line, told apart by commas and by kinds of words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from campaign.documents.read_letter.words.organizations import ORGANIZATION
from campaign.documents.read_letter.words.patterns import words_in
from campaign.documents.read_letter.words.people import HONORIFIC, OFFICE, ROLE
from campaign.documents.read_letter.words.places import PLACES

_CREDENTIAL = re.compile(
    r"(?:ph\.?\s?d|m\.?d|j\.?d|ll\.?m|ll\.?b|esq|jr|sr|m\.?p|mep|mpp|msp|obe|cbe|mbe|kc|qc|sc|rn|"
    r"msw|mph|m\.?a|m\.?sc|ed\.?d|d\.?phil|"
    r"ii|iii|iv|osb|sj|op|frs|s\.j)\.?",
    re.IGNORECASE,
)
# What follows the comma in "Rivers, Inc." belongs to the name.
LEGAL_FORM = re.compile(
    r"(?:inc|ltd|llc|llp|g?gmbh|a\.?c|s\.?a|s\.?l|s\.?c|z\.?\s?s|e\.?\s?v|asbl|vzw|a\.?s\.?b\.?l|ry|"
    r"o\.?p\.?s|n\.?v|b\.?v|plc|pty)\.?",
    re.IGNORECASE,
)
_PARTICLES = words_in(
    "de da do dos das di del della der den la le van von zu bin bint ibn al el ten ter af av du des"
)
_JOINERS = ("and ", "or ", "& ", "et ", "y ", "e ", "und ", "ou ")
_SPACED_DASH = re.compile(r"\s+[–—−-]{1,2}\s+|\s*——\s*")
_PARENTHESIS = re.compile(r"(.{2,80}?)\s*[(（]([^()（）]{2,160})[)）]\s*$")
# A line is asked about several times while it and its neighbours are read, and never again.
_NEIGHBOURS = 64
# Longer than any name or title; longer text is never searched for the words of either.
_LONGEST = 400
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}[·・•．][\u4e00-\u9fff·・]{1,12}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# One word that ends so is somebody's work.
_OCCUPATION = re.compile(
    r"^[^\W\d_]{2,}(?:rer|ner|ler|der|ter|cher|ger|ker|erin|istin|ist|orin|loge|login|frau|man|woman|eur|euse|trice|iste|ista|omin|omist|"
    r"ière|ier|ero|era|ora|or|ologist|ician|arian)$"
)
_AT = re.compile(r"\s+(?:at|@|chez|bei der|bei)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Affiliation:
    """A name with what stands beside it."""

    name: str
    title: str | None = None
    office: str | None = None


def separated(text: str) -> tuple[str, list[str]] | None:
    """A line cut at its strongest separator: which one it is, and the parts; None for a line without any."""
    for mark, parts in (
        ("|", [part.strip() for part in re.split(r"\s*[|｜]\s*", text)]),
        ("/", re.split(r"\s+/\s+", text)),
        ("-", _SPACED_DASH.split(text)),
        (",", [piece for piece, _ in _pieces(text)]),
    ):
        filled = [part for part in parts if part]
        if len(filled) > 1:
            return mark, filled
    match = _PARENTHESIS.fullmatch(text)
    if match:
        return "(", [match[1], match[2]]
    return None


def affiliation(text: str, *, official: bool = False) -> Affiliation:
    """A person's name, title and office from one line in any of the usual forms.

    What no word tells to be either is the title of an `official`, and the organization of anyone else.
    """
    found = _affiliation(text)
    if (
        official
        and found.title is None
        and found.office
        and not is_office(found.office)
        and not is_organization(found.office)
    ):
        return Affiliation(found.name, found.office, None)
    return found


def _affiliation(text: str) -> Affiliation:
    cut = separated(text)
    if cut is None:
        return Affiliation(text)
    mark, parts = cut
    if mark == ",":
        return _from_commas(text)
    if mark == "(":
        title, office = title_and_office(parts[1])
        return Affiliation(parts[0], title, office)
    name, rest = parts[0], parts[1:]
    if mark == "/":
        rest = [piece for part in rest for piece in _SPACED_DASH.split(part)]
    within = _from_commas(name) if "," in name or "，" in name else Affiliation(name)
    if within.title or within.office:
        return Affiliation(
            within.name, ", ".join(filter(None, (within.title, within.office))), ", ".join(rest)
        )
    if len(rest) == 1:
        title, office = title_and_office(rest[0])
        return Affiliation(within.name, title, office)
    return Affiliation(within.name, rest[0], ", ".join(rest[1:]))


def title_and_office(text: str) -> tuple[str | None, str | None]:
    """A title and the office or organization it belongs to, as in “Chair, Office of Q”."""
    pieces = _pieces(text)
    if len(pieces) == 1:
        return _single(text)
    if _is_body(pieces[0][0]) and not pieces[0][0][0].islower():
        return None, text
    bound = _bound_by_series([piece for piece, _ in pieces])
    for test in (is_office, _is_body, _is_plain):
        for index in range(1, len(pieces)):
            if index in bound or not test(pieces[index][0]):
                continue
            # What follows a place name such as "Director, Canada" need not be an office.
            at = pieces[index][1]
            return _trim(text[:at]), text[at:].strip()
    if is_office(pieces[0][0]):
        return None, text
    return text, None


@lru_cache(_NEIGHBOURS)
def is_office(text: str) -> bool:
    """Whether a part names a public office or body rather than a rank in it."""
    if len(text) > _LONGEST:
        return False
    office = OFFICE.search(text)
    role = ROLE.search(text)
    if office is None:
        return False
    if office.start() == 0 or role is None:
        return True
    return not _ends_with_role(text) and office.start() < role.start()


@lru_cache(_NEIGHBOURS)
def is_role(text: str) -> bool:
    """Whether a line or part names somebody's rank or work."""
    role = ROLE.search(text) if len(text) <= _LONGEST else None
    if role is None or "@" in text:
        return False
    if _ends_with_role(text) or role.start() == 0:
        return not text.lower().startswith(("office of", "bureau of", "department of"))
    return not is_office(text) and len(text.split()) <= 14


@lru_cache(_NEIGHBOURS)
def is_organization(text: str) -> bool:
    """Whether a text holds a word by which organizations call themselves."""
    return len(text) <= _LONGEST and ORGANIZATION.search(text) is not None


def is_occupation(text: str) -> bool:
    """Whether a text is one word that ends as names of occupations do."""
    return " " not in text and _OCCUPATION.search(text) is not None and not is_organization(text)


@lru_cache(_NEIGHBOURS)
def is_person(text: str) -> bool:
    """Whether a text has the shape of a personal name in its script, and no organization's word."""
    bare = HONORIFIC.sub("", text, count=1).strip() if HONORIFIC.match(text) else text
    if not 2 <= len(bare) <= 60 or any(character.isdigit() for character in bare):
        return False
    if _HAN.search(bare):
        compact = bare.replace(" ", "").replace("\u3000", "")
        return _HAN_NAME.fullmatch(compact) is not None and not ORGANIZATION.search(bare)
    if ORGANIZATION.search(bare) or re.search(r"[&/:;!?@#“”\"\[\],|]", bare):
        return False
    if bare.lower() in PLACES:
        return False
    tokens = bare.split()
    if "\u0f00" <= bare[0] <= "\u0fff":
        return bare.count("་") <= 6
    if not 2 <= len(tokens) <= 6:
        return False
    if not bare[0].isascii() and bare[0].isalpha() and bare[0].lower() == bare[0].upper():
        return len(tokens) <= 4
    return _capitalized(tokens)


def _capitalized(tokens: list[str]) -> bool:
    capitals = all(token.isupper() for token in tokens)
    for token in tokens:
        letters = token.strip(".,'’()-")
        if not letters:
            return False
        if token.lower() in _PARTICLES or letters.startswith(("al-", "el-", "d'", "d’")):
            continue
        if not letters[0].isupper():
            return False
        # A run of capitals inside is an acronym, unless the whole name is set so or it is a surname.
        if (
            len(letters) >= 4
            and letters.isupper()
            and not capitals
            and token is not tokens[-1]
            and token is not tokens[0]
        ):
            return False
    return any(len(token.strip(".")) > 1 for token in tokens)


def _from_commas(text: str) -> Affiliation:
    pieces = _pieces(text)
    end = 1
    while end < len(pieces) and _CREDENTIAL.fullmatch(pieces[end][0]):
        end += 1
    if end == len(pieces):
        return Affiliation(text)
    at = pieces[end][1]
    title, office = title_and_office(text[at:])
    return Affiliation(_trim(text[:at]), title, office)


def _pieces(text: str) -> list[tuple[str, int]]:
    """The parts between commas outside parentheses, each with its place in the text."""
    pieces, start, depth = [], 0, 0
    for index, character in enumerate(text):
        if character in "(（[":
            depth += 1
        elif character in ")）]":
            depth = max(0, depth - 1)
        elif character in ",，،" and not depth and not text[index + 1 : index + 2].isdigit():
            pieces.append((text[start:index], start))
            start = index + 1
    pieces.append((text[start:], start))
    return [(piece.strip(), at + len(piece) - len(piece.lstrip())) for piece, at in pieces if piece.strip()]


def _bound_by_series(parts: list[str]) -> set[int]:
    """Places inside a series "a, b, and c": its last two members cannot begin anything of their own."""
    bound: set[int] = set()
    for index, part in enumerate(parts):
        if index and LEGAL_FORM.fullmatch(part):
            bound.add(index)
        if index and part.lower().startswith(_JOINERS):
            bound |= {index, index - 1} if index >= 2 else {index}
    return bound


def _single(text: str) -> tuple[str | None, str | None]:
    role = ROLE.search(text)
    if is_office(text) and not (role and role.start() == 0):
        return None, text
    if role:
        cut = _AT.search(text)
        if cut and not ROLE.search(text[cut.end() :]):
            return text[: cut.start()], text[cut.end() :]
        if not is_role(text) and is_organization(text):
            return None, text
        return text, None
    if _HAN.search(text) and not is_organization(text):
        return text, None
    if is_occupation(text):
        return text, None
    # "Jeanne Corbier, institutrice": what is not written like a name is what somebody does.
    return (text, None) if text[0].islower() and not is_organization(text) else (None, text)


def _is_body(text: str) -> bool:
    return is_organization(text) and not is_role(text)


def _is_plain(text: str) -> bool:
    """What is neither a rank nor a place is taken for an organization without a telling word."""
    return not is_role(text) and text.lower() not in PLACES and not text.lower().startswith(_JOINERS)


def _ends_with_role(text: str) -> bool:
    end = len(text.rstrip(" ."))
    return any(role.end() == end for role in ROLE.finditer(text))


def _trim(text: str) -> str:
    return text.strip().rstrip(",，،").strip()
