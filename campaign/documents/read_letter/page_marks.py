"""Footnotes, and lines of the web page or printed sheet around a letter: found before the rest."""

import re
from collections.abc import Sequence
from itertools import pairwise

from campaign.documents.read_letter.anchors import copies_begin, is_signatory_heading
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.roles import LetterRole
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.shapes import is_prose
from campaign.documents.read_letter.words.closings import CLOSING_ALONE
from campaign.documents.read_letter.words.web_pages import BOILERPLATE, PAGE_END, PRESS_MARK

_LONGEST = 140
_LEAST_LINES_OF_A_PAGE = 15
_NUMBER_ALONE = re.compile(r"\[?\^?(\d{1,3})\]?$")
_NOTE_START = re.compile(
    r"(?:\[\^?(\d{1,3})\]:?|([¹²³⁴-⁹]{1,2}))\s*(?=\S)"
    r"|(\d{1,2})\.?\s+(?=(?:https?://|www\.|see\b|ibid|id\.|supra|[“\"‘«]|.{0,80}https?://))",
    re.IGNORECASE,
)
_NEXT_NOTE = re.compile(r"(\d{1,2})\.?\s+(?=\S)")
_REFERENCE = re.compile(
    r"[^\W\d_][.,;:’”»\"')\]]{0,3}(\d{1,2})(?=[\s.,;:)]|$)|\S\s?\[\^?(\d{1,2})\]|\S([¹²³⁴-⁹]{1,2})"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_WORDS_ALONE = re.compile(r"(?:[^\W\d]| ){1,12}$")
_PAGE_NUMBER = re.compile(r"(?:page\s+)?\[?\^?\d{1,3}\]?(?:\s*(?:of|/)\s*\d{1,3})?$", re.IGNORECASE)


def page_marks(lines: Sequence[Line]) -> dict[int, LetterRole]:
    """The indexes of footnotes, page numbers, running heads and a page's own words, with their roles."""
    kept = list(lines)
    marks: dict[int, LetterRole] = {}
    for find, role in (
        (_foot, LetterRole.FURNITURE),
        (_notes, LetterRole.FOOTNOTE),
        (_running_heads, LetterRole.FURNITURE),
        (_page_numbers, LetterRole.FURNITURE),
        (_page_words, LetterRole.FURNITURE),
    ):
        for index in find(kept):
            marks[index] = role
            kept[index] = Line(kept[index].number, "")
    return marks


def _notes(lines: list[Line]) -> list[int]:
    """Footnotes are known by a number that the text before them refers to."""
    referred: set[str] = set()
    found: list[int] = []
    index, before = 0, 0
    while index < len(lines):
        text = lines[index].text
        start = _note_start(lines, index, referred) if text else None
        following = _NEXT_NOTE.match(text) if text and found and found[-1] == index - 1 else None
        if start is None and following and before + 1 == int(following[1]):
            start = index
        if start is None:
            for groups in _REFERENCE.findall(text):
                referred.add(next(group for group in groups if group).translate(_SUPERSCRIPTS))
            index += 1
            continue
        end = _note_end(lines, start)
        number = _NUMBER_ALONE.match(text)
        if number:
            referred.discard(number[1])
        opened = _NEXT_NOTE.match(text)
        before = int(opened[1]) if opened else 0
        found += [position for position in range(index, end) if lines[position].text]
        index = end
    return found


def _note_start(lines: list[Line], index: int, referred: set[str]) -> int | None:
    """The index at which the text of a footnote begins, if one begins here."""
    text = lines[index].text
    alone = _NUMBER_ALONE.match(text)
    if alone and alone[1] in referred:
        following = index + 1
        while following < len(lines) and following <= index + 2 and lines[following].blank:
            following += 1
        return following if following < len(lines) and len(lines[following].text) > 20 else None
    opened = _NOTE_START.match(text)
    if opened:
        number = (opened[1] or opened[2] or opened[3]).translate(_SUPERSCRIPTS)
        return index if number in referred else None
    return None


def _note_end(lines: list[Line], start: int) -> int:
    end = start + 1
    while end < len(lines) and lines[end].text and not lines[end].fixed:
        if any(form.match(lines[end].text) for form in (_NUMBER_ALONE, _NOTE_START, _NEXT_NOTE)):
            break
        end += 1
    return end


def _page_numbers(lines: list[Line]) -> list[int]:
    return [
        index
        for index, line in enumerate(lines)
        if line.text.isdecimal()
        and len(line.text) <= 3
        and (index == 0 or lines[index - 1].blank or index + 1 == len(lines) or lines[index + 1].blank)
    ]


def _running_heads(lines: list[Line]) -> list[int]:
    """A short line that stands alone at least three times, once a page, heads or foots the pages."""
    places: dict[str, list[int]] = {}
    with_text = [index for index, line in enumerate(lines) if line.text]
    for place, index in enumerate(with_text):
        line = lines[index]
        if (
            3 < len(line.text) <= 100
            and not line.marker
            and not ends_sentence(line.text)
            and _alone(lines, index)
        ):
            places.setdefault(re.sub(r"\d+", "#", line.text), []).append(place)
    repeated: list[int] = []
    for found in places.values():
        if len(found) == 2 and found[0] < 4 and _beside_page_numbers(lines, with_text, found):
            repeated.append(with_text[found[1]])
        elif len(found) >= 3 and (_a_page_apart(found) or _beside_page_numbers(lines, with_text, found)):
            repeated += [with_text[place] for place in found]
    return sorted(repeated)


def _alone(lines: list[Line], index: int) -> bool:
    before = index == 0 or lines[index - 1].blank
    return before and (index + 1 == len(lines) or lines[index + 1].blank)


def _a_page_apart(places: list[int]) -> bool:
    return all(following - place >= _LEAST_LINES_OF_A_PAGE for place, following in pairwise(places))


def _beside_page_numbers(lines: list[Line], with_text: list[int], places: list[int]) -> bool:
    """Whether a line alone with a number stands next to most of them."""
    numbered = 0
    for place in places:
        beside = [*with_text[max(0, place - 1) : place], *with_text[place + 1 : place + 2]]
        numbered += any(_PAGE_NUMBER.fullmatch(lines[index].text) is not None for index in beside)
    return numbered >= 2


def _page_words(lines: list[Line]) -> list[int]:
    with_text = [index for index, line in enumerate(lines) if line.text]
    marks = [
        index
        for index in with_text
        if len(lines[index].text) <= 40 and PRESS_MARK.fullmatch(lines[index].text)
    ]
    marks = [
        index
        for index in marks
        if any(character.isalnum() or character == "#" for character in lines[index].text)
    ]
    flagged = {index for index in with_text if _is_page_word(lines[index].text)}
    strong = {index for index in flagged if not _WORDS_ALONE.fullmatch(lines[index].text)}
    # One word such as "Signal" may be a name; beside other words of a page it is not.
    for place, index in enumerate(with_text):
        beside = set(with_text[max(0, place - 1) : place] + with_text[place + 1 : place + 2])
        if index in flagged and index not in strong and beside & flagged:
            strong.add(index)
    strong |= set(_after_the_share_words(lines, with_text, strong))
    return sorted(strong | set(marks))


def _after_the_share_words(lines: list[Line], with_text: list[int], strong: set[int]) -> list[int]:
    """A few lines that follow a row of share buttons at the end of a page belong to the page."""
    last = next(
        (
            place
            for place in range(len(with_text) - 1, 0, -1)
            if {with_text[place], with_text[place - 1]} <= strong
        ),
        None,
    )
    if last is None or not 0 < len(with_text) - 1 - last <= 12:
        return []
    rest = with_text[last + 1 :]
    lists = any(is_signatory_heading(lines[index]) or copies_begin(lines[index]) for index in rest)
    text = any(is_prose(lines[index].text) or ends_sentence(lines[index].text) for index in rest)
    head = 2 * last < len(with_text)
    return [] if lists or text or head else rest


def _foot(lines: list[Line]) -> list[int]:
    """All lines from one that opens a page's own foot, where no list of the letter comes after it."""
    with_text = [index for index, line in enumerate(lines) if line.text]
    for place in range(len(with_text) // 2, len(with_text)):
        if PAGE_END.match(lines[with_text[place]].text):
            rest = with_text[place:]
            lists = any(is_signatory_heading(lines[index]) or copies_begin(lines[index]) for index in rest)
            closes = any(CLOSING_ALONE.fullmatch(lines[index].text.rstrip(" ,.:!，。")) for index in rest)
            return [] if lists or closes else rest
    return []


def _is_page_word(text: str) -> bool:
    return len(text) <= _LONGEST and BOILERPLATE.match(text) is not None and _whole(text)


def _whole(text: str) -> bool:
    """Prose that merely begins like a page's words is not taken for them."""
    return BOILERPLATE.fullmatch(text) is not None and not (len(text) > 80 and text.endswith("."))
