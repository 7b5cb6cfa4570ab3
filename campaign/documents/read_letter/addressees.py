"""Whom a letter is written to, from address blocks or from the salutation."""

import re

from campaign.documents.read_letter.affiliations import is_office, is_person, is_role
from campaign.documents.read_letter.words.greetings import GREETING_WORDS, SALUTATION_HAN, TO_NOBODY
from campaign.documents.read_letter.words.labels import TO_ALONE
from campaign.documents.read_letter.words.people import HONORIFIC
from campaign.documents.read_letter.words.titles import LETTER_WORDS
from campaign.domain.letter import Addressee

POSTAL = re.compile(
    r"\d{1,5}[\w/-]* [A-ZÀ-Ý]\w+|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? "
    r"?\d[A-Z]{2}\b|\b\d{4,6} [A-ZÀ-Ý]\w+|"
    r"^[A-ZÀ-Ý][\w .-]{2,30} (?!19|20)\d{4,6}$|"
    r"\b(?:street|avenue|road|boulevard|rue|place|calle|plaza|straße|strasse|platz|square|building|"
    r"floor|suite|room|p\.?\s?o\.? box|"
    r"bp|cedex|n\.w|house|palace|palais|palacio)\b|^(?:via|by) e-?mail|[\w.+-]+@[\w.-]+\.\w+",
    re.IGNORECASE,
)
# A form of address on a line of its own belongs to the name below it.
_FORM_ALONE = re.compile(
    r"(?:doctora?|señora?|sra?\.?|dra?\.?|licenciad[oa]|lic\.?|ingenier[oa]|ing\.?|herrn?|frau|monsieur|madame|mr\.?|mrs\.?|"
    r"ms\.?|senhora?|signora?|excm[oa]\.?(?: sra?\.?)?|de heer|mevrouw|the hon(?:ou?rable)?\.?)",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"(.{2,80}?)\s*<([^<>@\s]{1,64}@[^<>@\s]{1,200})>")
_TRAILING = " ,:!，：！،;—–*_"
_MOST_LINES = 12


def reads_as_address(text: str) -> bool:
    """Whether a line could stand in the address of an official: an honorific, a rank, an office, a street."""
    if len(text) > 140 or LETTER_WORDS.match(text):
        return False
    if HONORIFIC.match(text) or (POSTAL.search(text) and len(text) < 90):
        return True
    return len(text.split()) <= 14 and not text.endswith(".") and (is_role(text) or is_office(text))


def addressees_of(texts: list[str]) -> list[Addressee]:
    """The addressees of one block: each begins with a line that names a person or an office."""
    blocks: list[list[str]] = []
    if len(texts) > 1 and TO_ALONE.fullmatch(texts[0]):
        texts = texts[1:]
    if len(texts) > 1 and _FORM_ALONE.fullmatch(texts[0].strip()):
        texts = [f"{texts[0].strip()} {texts[1]}", *texts[2:]]
    pieces = [(part, at) for text in texts for at, part in enumerate(re.split(r"\s*[;；]\s*", text)) if part]
    for text, at in pieces:
        if len(blocks) == 1 and len(blocks[0]) == 1 and _names_holder(blocks[0][0], text):
            blocks[0].insert(0, text)
            continue
        if not blocks or at or _opens(text) or len(blocks[-1]) >= _MOST_LINES:
            blocks.append([])
        blocks[-1].append(text.lstrip("•-–*· "))
    return [_addressee(block) for block in blocks]


def holds_no_name(text: str) -> bool:
    """Whether a line can only go on an address: a rank, an office or a street, and nobody's name."""
    if HONORIFIC.match(text) or is_person(text.split(",")[0]):
        return False
    return is_role(text) or is_office(text) or POSTAL.search(text) is not None


def _names_holder(office: str, text: str) -> bool:
    """Whether the first line is a rank alone and the next names who holds it."""
    if HONORIFIC.match(office) or not is_role(office) or "," in text:
        return False
    return HONORIFIC.match(text) is not None and is_person(text)


def _opens(text: str) -> bool:
    head, comma, tail = text.partition(",")
    if HONORIFIC.match(text):
        return not is_role(text) or is_person(head)
    return bool(comma) and is_person(head) and not is_role(head) and is_role(tail.split(",")[0].strip())


def addressee_of_salutation(salutation: str) -> Addressee | None:
    """The official a salutation greets by name or office; None where it greets nobody in particular."""
    if TO_NOBODY.match(salutation):
        return None
    name = GREETING_WORDS.sub("", salutation, count=1).strip(_TRAILING)
    name = re.sub(r"^(?:(?:Mr|Mrs|Ms|Dr)\.)(?=\S)", lambda found: f"{found[0]} ", name)
    head, comma, tail = name.partition(", ")
    if (
        comma
        and is_person(head)
        and re.match(r"(?:the|le|la|el|der|die) ", tail, re.IGNORECASE)
        and is_role(tail[4:])
    ):
        return Addressee(head, tail)
    return (
        Addressee(name)
        if (name and name != salutation.strip(_TRAILING))
        or SALUTATION_HAN.match(salutation)
        or (HONORIFIC.match(name) and name[:2].lower() in ("mr", "ms", "dr", "mx"))
        else None
    )


def _addressee(block: list[str]) -> Addressee:
    name, rest = block[0].rstrip(","), block[1:]
    title = None
    mailbox = _MAILBOX.fullmatch(name)
    if mailbox:
        name, rest = mailbox[1].strip(' "'), [mailbox[2], *rest]
    head, comma, tail = name.partition(",")
    if comma and is_role(tail.strip()) and not is_role(head):
        name, title = head, tail.strip()
    elif comma and is_office(tail.strip()) and not is_office(head):
        name, rest = head, [tail.strip(), *rest]
    elif (rest and is_role(rest[0]) and not is_role(name.split(",")[0])) or (
        rest and is_role(rest[0]) and HONORIFIC.match(name) and is_person(name)
    ):
        title, rest = rest[0].rstrip(","), rest[1:]
    return Addressee(name, title, tuple(rest))
