"""What a text looks like, whatever its words: running text, a name, a date on its own."""

import re
from functools import lru_cache

from campaign.documents.read_letter.dates import FoundDate, find_date
from campaign.documents.read_letter.lines import display_width
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.words.labels import DATE_LABEL, PAGE_DATE_LABEL

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_SENTENCE_INSIDE = re.compile(r"[^\W_A-Z]{5,}[.!?]\s+[A-ZÀ-Ý]|[。！？]\S")
_HAN_STOP = re.compile("[，。！？]")
_HAN = re.compile("[\u4e00-\u9fff\u3040-\u30ff]")
# Words that a sentence has and a name has not.
_VERBS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|we|our|you|your|they|their|it|this|that|these|nous|vous|est|sont|notre|"
    r"votre|ont|nosotros|nuestr[oa]s?|está|están|somos|ist|sind|wir|sie|wird|werden|haben|não|são|nós|è|sono)\b",
    re.IGNORECASE,
)


def is_prose(text: str) -> bool:
    """Whether a line reads as running text rather than as a name, a heading or a part of an address."""
    width = display_width(text)
    if width >= 150:
        return True
    if width < 60 or not ends_sentence(text) or text.endswith((":", "：")):
        return False
    return len(text.split()) != 1 or _HAN_STOP.search(text) is not None


def capitals_share(text: str) -> float | None:
    """The share of longer words that begin with a capital; None for a script that has no capitals."""
    words = [word for word in _WORD.findall(text[:400]) if len(word) >= 4]
    cased = [word for word in words if word[0].lower() != word[0].upper()]
    if not cased or len(cased) < 0.5 * len(words):
        return None
    return float(sum(word[0].isupper() for word in cased) / len(cased))


def reads_as_name(text: str) -> bool:
    """Whether a text has the shape of a name, of a person or an organization, with what stands beside it."""
    return name_likeness(text) >= 0.75


@lru_cache(64)
def name_likeness(text: str) -> float:
    """How much a text has the shape of a name: 1 for one, 0.5 for a few words that could be one."""
    bare = text.strip("*_ ")
    if bare.endswith((";", "；")) and (capitals_share(bare) or 0.0) >= 0.6:
        bare = bare[:-1].rstrip()
    width = display_width(bare)
    if not bare or width > 220 or bare.endswith((":", "：", ";", "；", "?", "？", "。")):
        return 0.0
    if width > 60 and _SENTENCE_INSIDE.search(bare):
        return 0.0
    verbs = len(_VERBS.findall(bare))
    if verbs >= 3 or (verbs and bare[0].islower()):
        return 0.0
    share = capitals_share(bare)
    ended = ends_sentence(bare)
    if share is None:
        comma = "，" in bare and not _HAN.search(bare.split("，")[0])
        if ended and bare.endswith("།") and width <= 50 and "།" not in bare[:-1]:
            return 0.8
        return 0.0 if comma or ended or width > 80 else 1.0
    if ended and (verbs or share < 0.7 or len(bare.split()) > 12):
        return 0.0
    if width > 120 and share < 0.5:
        return 0.0
    name = re.split(r"[,|(/–—]|\s-\s", bare)[0]
    head, rest = capitals_share(name), capitals_share(bare.split(None, 1)[-1]) if " " in bare else 1.0
    if (share >= 0.5 and (rest is None or rest >= 0.4)) or (head is not None and head >= 0.75 and not verbs):
        return 1.0 if name != bare or rest is None or rest >= 0.4 else 0.5
    return 0.5 if width < 60 and not ended and not verbs and len(bare.split()) <= 8 else 0.0


@lru_cache(64)
def date_line(text: str, language: str | None) -> FoundDate | None:
    """The date of a line that holds little else: a place, a weekday, a label."""
    if len(text) > 110 or not any(character.isdigit() or _HAN.match(character) for character in text):
        return None
    found = find_date(text, language)
    if found is None:
        return None
    rest = text[: found.start] + " " + text[found.end :]
    for label in (DATE_LABEL, PAGE_DATE_LABEL):
        rest = label.sub("", rest.strip(), count=1)
    left = _WORD.findall(rest)
    wide = len(left) > 7 or display_width("".join(left)) > 45
    return None if wide or (ends_sentence(rest.strip() + " ") and len(left) > 3) else found
