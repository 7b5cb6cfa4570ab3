"""Whether signatories are people or organizations, by a line and by the list it stands in."""

import re

from campaign.documents.read_letter.affiliations import (
    LEGAL_FORM,
    is_occupation,
    is_office,
    is_organization,
    is_person,
    is_role,
    separated,
)
from campaign.documents.read_letter.words.given_names import GIVEN_NAMES
from campaign.documents.read_letter.words.people import HONORIFIC
from campaign.documents.read_letter.words.places import PLACES

_PLURAL = re.compile(r"[a-zà-ÿ]{3,}(?<![suiae'’])s$|['’]s?$")
_FAMILY_NAMES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林罗羅高郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭田董袁潘蒋蔣蔡余杜叶葉"
    "程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方邹鄒孟熊秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬"
    "钱錢严嚴覃武戴莫孔汤湯温溫康施牛樊葛邢齐齊易乔喬伍庞龐颜顏倪庄莊聂聶章鲁魯岳翟殷詹欧歐耿兰蘭焦俞柳甘祝包宁寧符舒阮柯纪紀"
)
_SMALL_WORDS = frozenset(
    (
        "without",
        "for",
        "of",
        "against",
        "and",
        "the",
        "in",
        "on",
        "to",
        "with",
        "&",
        "pour",
        "sans",
        "contre",
        "et",
        "para",
        "sin",
        "y",
        "für",
        "gegen",
        "ohne",
        "und",
        "fürs",
        "per",
        "no",
        "des",
        "der",
        "du",
        "del",
        "della",
        "dello",
        "do",
        "dos",
        "van",
    )
)


def is_list_of_people(texts: list[str]) -> bool:
    """Whether a list is one of people; judged as a whole, since a line such as "Bolo Bhi" could be either."""
    if not texts:
        return False
    cuts = [separated(text) for text in texts]
    led = sum(
        cut is not None
        and is_person(cut[1][0])
        and (cut[0] != "(" or not _is_abbreviation(cut[1]))
        and cut[1][1].lower() not in PLACES
        for cut in cuts
    )
    if led >= 0.5 * len(texts):
        return True
    bare = [text for cut, text in zip(cuts, texts, strict=True) if cut is None and is_person(text)]
    # "Lake Keepers" has the shape of a name, and so has "Ada Rivers": a whole list tells which they are.
    if len(bare) == len(texts) and sum(map(names_a_group, texts)) >= 0.6 * len(texts):
        return False
    persons = len(bare)
    bodies = sum(is_organization(text) for text in texts)
    if bodies == 0:
        return persons + led >= 0.75 * len(texts)
    return (persons + led) >= 0.8 * len(texts) and bodies <= 0.15 * len(texts)


def names_a_group(text: str) -> bool:
    """Whether a text in the shape of a name holds a plural or a small word, and no known given name."""
    words = text.split()
    if not words or HONORIFIC.match(text) or words[0].strip(".").lower() in GIVEN_NAMES:
        return False
    joined = any(
        word.lower() in _SMALL_WORDS and words[at].lower() not in ("van", "von")
        for at, word in enumerate(words[1:])
    )
    return joined or any(_PLURAL.search(word) is not None for word in words[1:])


def names_a_han_person(text: str) -> bool:
    """Whether two or three characters begin with one of the common family names."""
    return 2 <= len(text) <= 3 and text[0] in _FAMILY_NAMES and not is_organization(text)


def names_a_person(cut: tuple[str, list[str]], *, of_people: bool) -> bool:
    mark, parts = cut
    if mark == "|":
        return True
    if mark == "/":
        return is_person(parts[0])
    if (mark == "(" and _is_abbreviation(parts)) or LEGAL_FORM.fullmatch(parts[-1]):
        return False
    person = is_person(parts[0])
    if of_people:
        return person or (
            mark != "(" and not is_organization(parts[0]) and any(is_role(part) for part in parts[1:])
        )
    work = mark in ",(" and len(parts) == 2 and parts[1][0].islower() and not is_organization(parts[1])
    if mark == "(":
        return person and work and not names_a_group(parts[0])
    work = work or any(is_occupation(part) for part in parts[1:])
    return person and (work or any(is_role(part) or is_office(part) for part in parts[1:]))


def may_be_person(cut: tuple[str, list[str]] | None) -> bool:
    """Whether a line among organizations reads like a name with a word about it."""
    if cut is None or cut[0] != "," or len(cut[1]) != 2:
        return False
    name, other = cut[1]
    return is_person(name) and other.lower() not in PLACES and not LEGAL_FORM.fullmatch(other)


def place_of_names(texts: list[str]) -> int | None:
    """On which side of a bar or dash the names of people stand; None in any other list."""
    pairs = [cut[1] for text in texts if (cut := separated(text)) and cut[0] in "|-" and len(cut[1]) == 2]
    bodies = [sum(is_organization(pair[side]) for pair in pairs) for side in (0, 1)]
    if len(pairs) < 2 or len(pairs) < 0.6 * len(texts):
        return None
    first = sum(is_person(pair[0]) for pair in pairs) / len(pairs)
    second = sum(is_person(pair[1]) for pair in pairs) / len(pairs)
    bars = sum("|" in text for text in texts) > 0.5 * len(texts)
    if second >= 0.8 and second > first and bodies[1] <= bodies[0]:
        return 1
    return 0 if first >= 0.8 or (bars and first >= 0.4) else None


def _is_abbreviation(parts: list[str]) -> bool:
    """Whether the parenthesis holds the initials of what stands before it."""
    initials = "".join(word[0] for word in parts[0].split() if word[0].isupper())
    inner = re.sub(r"[^A-Za-zÀ-ÿ]", "", parts[1])
    return bool(initials) and inner.isupper() and inner[0] == initials[0] and len(inner) <= len(initials) + 2
