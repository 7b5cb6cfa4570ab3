"""What small raised signs stand for: a note, a power, or letters that belong to the word."""

import re

_SUPERSCRIPTS = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_POWER = re.compile(r"[-−+]?[0-9]{1,2}")
# A unit of length, alone or after a number or a slash; a power of ten after a sign of multiplication; a
# variable.
_UNIT = re.compile(r"(?:(?:^|[\s\d/(])(?:[kcdmhµn]?m|[xyz])|\d\s?(?:ft|in|yd|mi)|/s|[×x·*]\s?10)$")
_NOTE = re.compile(
    r"[\[(]?(?:[0-9]{1,4}|[a-z]{1,2}|[ivx]{1,5}|[†‡§¶#])[\])]?(?:\s*[,;–-]\s*[\[(]?[0-9]{1,4}[\])]?)*"
)
_ENDING = re.compile(r"(?:st|nd|rd|th|e|er|re|ère|ème|os?|as?|me|mes|lle|gr|tm|sm)", re.IGNORECASE)


def raised_text(before: str, text: str, *, leads_to_note: bool = False) -> str | None:
    """What stands for a raised text after another; None where it is the mark of a note, which is no text.

    A year with a note stays a year, and square kilometres stay square: no figure is ever put behind another.
    """
    shown = text.strip()
    if not shown:
        return text
    if not leads_to_note:
        if _POWER.fullmatch(shown) and _UNIT.search(before):
            return shown.translate(_SUPERSCRIPTS)
        if _ENDING.fullmatch(shown) and before[-1:].isalnum():
            return text
    if _NOTE.fullmatch(shown) and (leads_to_note or not shown.isalpha()):
        return None
    return text
