"""Lines that belong to the web page or printed sheet around a letter."""

import re
from itertools import pairwise

from campaign.documents.read_letter.anchors import copies_begin, is_prose, is_signatory_heading
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.words.closings import CLOSING_ALONE
from campaign.documents.read_letter.words.web_pages import BOILERPLATE, PAGE_END, PRESS_MARK

_LONGEST = 140
_LEAST_LINES_OF_A_PAGE = 15
_NUMBER_ALONE = re.compile(r"\[?\^?(\d{1,3})\]?$")
_NOTE_START = re.compile(r"(?:\[\^?(\d{1,3})\]:?|([¹²³⁴-⁹]{1,2}))\s*(?=\S)")
_REFERENCE = re.compile(
    r"[^\W\d_][.,;:’”»\"')\]]{0,3}(\d{1,2})(?=[\s.,;:)]|$)|\S\s?\[\^?(\d{1,2})\]|\S([¹²³⁴-⁹]{1,2})"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_WORDS_ALONE = re.compile(r"(?:[^\W\d]| ){1,12}$")
_PAGE_NUMBER = re.compile(r"(?:page\s+)?\[?\^?\d{1,3}\]?(?:\s*(?:of|/)\s*\d{1,3})?$", re.IGNORECASE)


def without_boilerplate(lines: tuple[Line, ...], accounting: LineAccounting) -> list[Line]:
    """The lines with footnotes, page numbers, running heads and a page's own words blanked, each named."""
    kept = list(lines)
    _blank_foot(kept, accounting)
    _blank_notes(kept, accounting)
    _blank_running_heads(kept, accounting)
    _blank_page_numbers(kept, accounting)
    _blank_page_words(kept, accounting)
    return kept


def _blanked(lines: list[Line], indexes: list[int]) -> list[Line]:
    """Blank the lines at the indexes, and give them as they were."""
    before = [lines[index] for index in indexes]
    for index in indexes:
        lines[index] = Line(lines[index].number, "")
    return before


def _blank_notes(lines: list[Line], accounting: LineAccounting) -> None:
    """Footnotes are known by a number that the text before them refers to."""
    referred: set[str] = set()
    index = 0
    while index < len(lines):
        text = lines[index].text
        start = _note_start(lines, index, referred) if text else None
        if start is None:
            for groups in _REFERENCE.findall(text):
                referred.add(next(group for group in groups if group).translate(_SUPERSCRIPTS))
            index += 1
            continue
        end = _note_end(lines, start)
        number = _NUMBER_ALONE.match(text)
        if number:
            referred.discard(number[1])
        taken = [position for position in range(index, end) if lines[position].text]
        accounting.leave_out(_blanked(lines, taken), "A footnote was left out of the text: “%(text)s”.")
        index = end


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
        number = (opened[1] or opened[2]).translate(_SUPERSCRIPTS)
        return index if number in referred else None
    return None


def _note_end(lines: list[Line], start: int) -> int:
    end = start + 1
    while end < len(lines) and lines[end].text and not lines[end].fixed:
        if _NUMBER_ALONE.match(lines[end].text) or _NOTE_START.match(lines[end].text):
            break
        end += 1
    return end


def _blank_page_numbers(lines: list[Line], accounting: LineAccounting) -> None:
    numbers = [
        index
        for index, line in enumerate(lines)
        if line.text.isdecimal()
        and len(line.text) <= 3
        and (index == 0 or lines[index - 1].blank or index + 1 == len(lines) or lines[index + 1].blank)
    ]
    if numbers:
        accounting.leave_out(_blanked(lines, numbers), "A page number was left out: “%(text)s”.")


def _blank_running_heads(lines: list[Line], accounting: LineAccounting) -> None:
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
    if repeated:
        accounting.leave_out(
            _blanked(lines, sorted(repeated)),
            "A head or foot repeated on each page was left out: “%(text)s”.",
        )


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


def _blank_page_words(lines: list[Line], accounting: LineAccounting) -> None:
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
    if marks:
        accounting.leave_out(_blanked(lines, marks), "The mark of a press release was left out: “%(text)s”.")
    taken = sorted(strong - set(marks))
    if taken:
        accounting.leave_out(
            _blanked(lines, taken), "Words of the page around the letter were left out: “%(text)s”."
        )


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


def _blank_foot(lines: list[Line], accounting: LineAccounting) -> None:
    """All lines from one that opens a page's own foot, where no list of the letter comes after it."""
    with_text = [index for index, line in enumerate(lines) if line.text]
    for place in range(len(with_text) // 2, len(with_text)):
        if PAGE_END.match(lines[with_text[place]].text):
            rest = with_text[place:]
            lists = any(is_signatory_heading(lines[index]) or copies_begin(lines[index]) for index in rest)
            closes = any(CLOSING_ALONE.fullmatch(lines[index].text.rstrip(" ,.:!，。")) for index in rest)
            if not lists and not closes:
                accounting.leave_out(_blanked(lines, rest), "The foot of the page was left out: “%(text)s”.")
            return


def _is_page_word(text: str) -> bool:
    return len(text) <= _LONGEST and BOILERPLATE.match(text) is not None and _whole(text)


def _whole(text: str) -> bool:
    """Prose that merely begins like a page's words is not taken for them."""
    return BOILERPLATE.fullmatch(text) is not None and not (len(text) > 80 and text.endswith("."))
