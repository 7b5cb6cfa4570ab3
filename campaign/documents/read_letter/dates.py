"""Dates as letters write them, in many languages; never a guess between day and month."""

import re
from dataclasses import dataclass
from datetime import date

from campaign.documents.read_letter.words.months import MONTHS

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹༠༡༢༣༤༥༦༧༨༩０１２３４５６７８９", "0123456789" * 4)
_WORD = r"[^\W\d_]{2,12}"
_ORD = r"(?:st|nd|rd|th|er|º|ª|°|\.)?"
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s*{_ORD}\s*[-\s]?\s*(?:de\s+|of\s+|d['’])?({_WORD})\.?,?\s*[-\s]?\s*(?:de\s+|del\s+)?((?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(rf"({_WORD})\.?\s+(\d{{1,2}})\s*{_ORD}\s*,?\s+((?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_HAN = re.compile(
    r"((?:19|20)\d\d|[〇○零一二三四五六七八九]{4})\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*月\s*(\d{1,2}|"
    r"[一二三四五六七八九十]{1,3})\s*[日号號]"
)
# Years of the Republic count from 1912.
_REPUBLIC = re.compile(
    r"(?:中華)?民國\s*(\d{1,3}|[〇○零一二三四五六七八九十]{1,4})\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*月\s*"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日號]"
)
_KOREAN = re.compile(r"((?:19|20)\d\d)년\s*(\d{1,2})월\s*(\d{1,2})일")
_UYGHUR = re.compile(
    r"((?:19|"
    r"20)\d\d)\s*-?\s*يىل(?:ى)?\s*،?\s*(\d{1,2})\s*-?\s*ئاي(?:نىڭ)?\s*،?\s*(\d{1,2})\s*-?\s*كۈنى?(?:نىڭ)?"
)
_UYGHUR_MONTH = re.compile(rf"((?:19|20)\d\d)\s*-?\s*يىل(?:ى)?\s*،?\s*(\d{{1,2}})\s*-?\s*({_WORD})")
_UYGHUR_DAY_LAST = re.compile(
    rf"((?:19|20)\d\d)\s*-?\s*يىل(?:ى)?\s*،?\s*({_WORD}?)(?:نىڭ)?\s+(\d{{1,2}})\s*-?\s*كۈنى?"
)
_TIBETAN = re.compile(r"((?:19|20)\d\d)\D{0,16}ཟླ་?(?:བ་)?\s*(\d{1,2})\D{0,24}?(\d{1,2})")
_HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}


@dataclass(frozen=True)
class FoundDate:
    """A date inside a line: where it stands, and the day, or the two days it may mean."""

    start: int
    end: int
    day: date | None
    readings: tuple[date, ...] = ()


def find_date(text: str, language: str | None = None) -> FoundDate | None:
    """The first date in a line; where day and month could be swapped, `day` is None and both are `readings`.

    French, Spanish, German and the like always write the day first, so `language` may settle the order.
    """
    plain = text.translate(_DIGITS)
    candidates = [found for find in _FINDERS if (found := find(plain))]
    numeric = _numeric(plain, language)
    if numeric:
        candidates.append(numeric)
    return min(candidates, key=lambda found: (found.start, -found.end), default=None)


def _day_first(text: str) -> FoundDate | None:
    for match in _DAY_FIRST.finditer(text):
        month = MONTHS.get(match[2].lower())
        if month:
            return _found(match, int(match[3]), month, int(match[1]))
    return None


def _month_first(text: str) -> FoundDate | None:
    for match in _MONTH_FIRST.finditer(text):
        month = MONTHS.get(match[1].lower())
        if month:
            return _found(match, int(match[3]), month, int(match[2]))
    return None


def _year_first(text: str) -> FoundDate | None:
    for pattern in (_ISO, _HAN, _KOREAN, _UYGHUR, _TIBETAN):
        match = pattern.search(text)
        if match:
            return _found(match, _number(match[1]), _number(match[2]), _number(match[3]))
    match = _REPUBLIC.search(text)
    if match:
        return _found(match, 1911 + _number(match[1]), _number(match[2]), _number(match[3]))
    match = _UYGHUR_DAY_LAST.search(text)
    if match and match[2] in MONTHS:
        return _found(match, int(match[1]), MONTHS[match[2]], int(match[3]))
    match = _UYGHUR_MONTH.search(text)
    if match and match[3].lower() in MONTHS:
        return _found(match, int(match[1]), MONTHS[match[3].lower()], int(match[2]))
    return None


_FINDERS = (_day_first, _month_first, _year_first)


def _numeric(text: str, language: str | None) -> FoundDate | None:
    match = _NUMERIC.search(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    day_first, month_first = _date(year, second, first), _date(year, first, second)
    if match[2] == "." or (language and language.split("-")[0] not in ("en", "und")):
        month_first = month_first if day_first is None else None
    days = tuple({day for day in (day_first, month_first) if day})
    if not days:
        return None
    if len(days) == 1:
        return FoundDate(match.start(), match.end(), days[0])
    return FoundDate(match.start(), match.end(), None, tuple(sorted(days)))


def _found(match: re.Match[str], year: int, month: int, day: int) -> FoundDate | None:
    known = _date(year, month, day)
    return FoundDate(match.start(), match.end(), known) if known else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(digits: str) -> int:
    """An Arabic or Chinese number up to 9999; 二〇二一 is read digit by digit, 二十一 by its tens."""
    if digits.isdecimal():
        return int(digits)
    if "十" in digits:
        tens, _, ones = digits.partition("十")
        return 10 * _HAN_DIGITS.get(tens, 1) + (_HAN_DIGITS.get(ones, 0) if ones else 0)
    return int("".join(str(_HAN_DIGITS.get(character, 0)) for character in digits))
