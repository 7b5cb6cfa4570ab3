"""The marks that open an item of a list: bullets, numbers, letters, ideographic numbers."""

import re
from dataclasses import dataclass, field

from campaign.documents.read_letter.words.demands import ITEM_LABEL

_BULLET = re.compile(
    r"([•●▪▫◦‣⁃∙·○■□◆◇►▶➢➤✓✔✦★☐*+❖\uf0b7\uf0a7-])\s+(?=\S)|([•●▪◦‣■◆►➢❖])(?=\S)|([–—])\s+(?=\S)"
)
_DECIMAL = re.compile(
    r"([(（༼]?)([0-9٠-٩۰-۹༠-༩０-９]{1,4})(\s?[.)．）、°º༽]\)?|\s?[:：]|\s*[-–]\s+|།)\s*(?![0-9])"
)
_CIRCLED = re.compile(r"([①-⑳❶-❿➀-➉⓵-⓾])\s*")
_HAN = re.compile(r"([（(]?)([一二三四五六七八九十]{1,3})([）)]?[、，.．:：)）]|[）)])\s*")
_HAN_ORDINAL = re.compile(r"第([一二三四五六七八九十]{1,3})(?:条|條|项|項|点|點)?[、，,：: ]\s*")
_LETTER = re.compile(r"(\(?)([A-Za-z])([.)])\s+(?=\S)")
_ROMAN = re.compile(r"(\(?)([ivxIVX]{1,5})([.)])\s+(?=\S)")
_HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_ROMANS = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10,
    "xi": 11, "xii": 12, "xiii": 13, "xiv": 14, "xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19,
    "xx": 20,
}  # fmt: skip
_FULL_WIDTH = str.maketrans("（）．：", "().:")
_NAMES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip


@dataclass(frozen=True)
class Marker:
    """One mark: its family tells which marks belong to the same list; bullets have no ordinal."""

    family: str
    ordinal: int | None
    length: int

    @property
    def dash(self) -> bool:
        return self.family in ("•-", "•–", "•—")


def markers_of(text: str) -> list[Marker]:
    """Every way in which the start of a line can be read as the mark of an item; empty for plain text."""
    readings = [reading for read in (_label, _bullet, _decimal, _circled, _han) if (reading := read(text))]
    return readings + _lettered(text)


def marker_of_hint(hint: str) -> Marker:
    """The marker that the format itself gave to an item."""
    readings = markers_of(f"{hint} x")
    number = next((reading for reading in readings if reading.ordinal is not None), None)
    return Marker(f"={number.family}" if number else "=•", number.ordinal if number else None, 0)


@dataclass
class MarkerSequence:
    """Accepts a numbered mark only where it begins a list or goes on from the last one of its family."""

    last: dict[str, int] = field(default_factory=dict)
    recent: int = -1

    def accept(self, text: str) -> Marker | None:
        """The mark at the start of a line if it is one at this place, else None."""
        for reading in sorted(markers_of(text), key=self._jump):
            if reading.ordinal is None or self._jump(reading) == 0:
                if reading.ordinal is not None:
                    self.last[reading.family] = self.recent = reading.ordinal
                return reading
        return None

    def _jump(self, reading: Marker) -> int:
        """0 where the number follows on; 1 is always a beginning, less fitting than going on."""
        if reading.ordinal is None:
            return 0
        if reading.ordinal == self.last.get(reading.family, -1) + 1:
            return 0
        # An author may change the form of the numbers within a list.
        changed = reading.family[-2:-1] == "1" and reading.ordinal == self.recent + 1 > 2
        return 0 if reading.ordinal == 1 or changed else 2


def _label(text: str) -> Marker | None:
    match = ITEM_LABEL.match(text)
    if not match:
        return None
    number = match[1].lower()
    ordinal = int(number) if number.isdigit() else _ROMANS.get(number) or _NAMES.get(number)
    return Marker("label", ordinal, match.end())


def _bullet(text: str) -> Marker | None:
    match = _BULLET.match(text)
    return Marker("•" + match[0].strip(), None, match.end()) if match else None


def _decimal(text: str) -> Marker | None:
    match = _DECIMAL.match(text)
    if not match or not 1 <= int(match[2]) <= 9999:
        return None
    if match.end() == match.end(3) and match[3].strip() in (".", ")") and match.end() < len(text):
        after = text[match.end()]
        if after.isascii() and after.islower():  # "3.org", "7)b"
            return None
    family = f"{match[1]}1{match[3].strip()[:1]}".translate(_FULL_WIDTH)
    return Marker(family, int(match[2]), match.end())


def _circled(text: str) -> Marker | None:
    match = _CIRCLED.match(text)
    if not match:
        return None
    for first, base in (("①", "①"), ("❶", "❶"), ("➀", "➀"), ("⓵", "⓵")):
        if 0 <= ord(match[1]) - ord(base) < 20:
            return Marker(first, ord(match[1]) - ord(base) + 1, match.end())
    return None


def _han(text: str) -> Marker | None:
    match = _HAN.match(text)
    if match:
        return Marker(f"{match[1]}一{match[3][:1]}", _han_number(match[2]), match.end())
    match = _HAN_ORDINAL.match(text)
    return Marker("第一", _han_number(match[1]), match.end()) if match else None


def _lettered(text: str) -> list[Marker]:
    readings = []
    match = _ROMAN.match(text)
    if match and match[2].lower() in _ROMANS:
        case = "I" if match[2].isupper() else "i"
        readings.append(Marker(f"{match[1]}{case}{match[3]}", _ROMANS[match[2].lower()], match.end()))
    match = _LETTER.match(text)
    if match:
        case = "A" if match[2].isupper() else "a"
        readings.append(Marker(f"{match[1]}{case}{match[3]}", ord(match[2].lower()) - 96, match.end()))
    return readings


def _han_number(digits: str) -> int:
    if "十" in digits:
        tens, _, ones = digits.partition("十")
        return 10 * _HAN_DIGITS.get(tens, 1) + _HAN_DIGITS.get(ones, 0)
    return _HAN_DIGITS.get(digits, 0)
