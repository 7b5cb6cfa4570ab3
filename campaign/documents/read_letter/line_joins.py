"""Whether a line goes on from the line above it, by blanks, marks, shapes and widths."""

import re
from collections.abc import Sequence
from itertools import pairwise

from campaign.documents.read_letter.lines import Line, display_width
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.shapes import capitals_share, date_line, name_likeness, reads_as_name
from campaign.documents.read_letter.words.closings import CLOSING_ALONE
from campaign.documents.read_letter.words.greetings import SALUTATION
from campaign.documents.read_letter.words.labels import COPY_LABEL, SUBJECT_LABEL
from campaign.documents.read_letter.words.web_pages import SENT_BY

_WIDEST_WRAP = 140
_NARROWEST_WRAP = 36
_OPEN_BRACKET = re.compile(r"[(（][^()（）]*$")
_CLOSES_BRACKET = re.compile(r"[^()（）]*[)）]")
_CONNECTS = re.compile(
    r"(?:\b(?:and|of|for|the|to|in|de|la|du|des|et|y|del|für|und|von)|[,&–—-])$", re.IGNORECASE
)
_URL_FIRST = re.compile(r"https?://|www\.")
_STREET_FIRST = re.compile(r"\d{1,5}\w?,? [^\W\d_]")


def wrap_width(lines: Sequence[Line]) -> int | None:
    """The columns at which the author's program broke lines of text; None where a line is a paragraph."""
    widths = []
    for line, following in pairwise(lines):
        if line.blank or following.blank or following.fixed or line.cells:
            continue
        width = display_width(line.text) + line.indent
        if width > _WIDEST_WRAP:
            return None
        if not looks_like_names(line.text):
            widths.append(width)
    if not widths:
        return None
    widths.sort()
    widest = widths[int(len(widths) * 0.85)]
    # A single broken line shows a width only if it is as long as a line usually is.
    if widest < (_NARROWEST_WRAP if len(widths) >= 3 else 60):
        return None
    # Lines broken by a program crowd near the widest; verses and lists do not.
    full = sum(width >= 0.75 * widest for width in widths)
    return widest if full >= 0.4 * len(widths) else None


def goes_on_across_a_break(previous: Line, line: Line, width: int | None, opening: Line) -> bool:
    """A sentence cut by the end of a page goes on in small letters, after a line that was full."""
    if line.fixed and not line.marker and line.number != previous.number + 2:
        # A page may break a long name of a list where its printed line ended.
        name = reads_as_name(previous.text) and not previous.level and not previous.cells
        return name and len(previous.text) >= 50 and line.text[0].islower() and not line.level
    if width is None or opening.level or line.fixed or line.depth != previous.depth:
        return False
    full = display_width(previous.text) >= 0.6 * width
    if COPY_LABEL.match(line.text) or SUBJECT_LABEL.match(line.text):
        return False
    if previous.text.endswith(",") and SALUTATION.match(opening.text):
        return False
    return full and not ends_sentence(previous.text) and line.text[0].islower()


def breaks_here(previous: Line, line: Line, width: int | None, block: Sequence[Line], *, item: bool) -> bool:
    """Whether a new block begins although no blank line says so; `block` are the lines that it has so far.

    `item` says that the block is one of a list.
    """
    for told in (_by_cells(previous, line, block, item=item), _by_labels(previous, line, block)):
        if told is not None:
            return told
    told = _by_case(previous, line, width, item=item)
    if told is not None:
        return told
    return width is None or _by_width(previous, line, width)


def _by_cells(previous: Line, line: Line, block: Sequence[Line], *, item: bool) -> bool | None:
    """What tables, bars, brackets and streets say."""
    if previous.cells and not line.cells and line.indent >= previous.indent + 8:
        return False  # the rest of a cell
    if previous.level or "|" in previous.text or "|" in line.text:
        return True
    cells = previous.cells and not (item and previous is block[0])
    if (cells or line.cells) and name_likeness((previous if previous.cells else line).text) >= 0.5:
        return True
    if line.text.startswith("(") and len(block) > 1 and line.text.endswith(")"):
        return False
    if _URL_FIRST.match(line.text) and (previous.text.endswith(")") or reads_as_name(previous.text)):
        return True
    street = line.text[0].isdigit() and _STREET_FIRST.match(line.text)
    return True if street and name_likeness(previous.text) >= 0.5 else None


def _by_labels(previous: Line, line: Line, block: Sequence[Line]) -> bool | None:
    """What greetings, closings, dates and labels say."""
    greeted = previous.text.endswith((",", ":", "!")) and SALUTATION.match(block[0].text)
    bare = line.text.strip("*_ ").rstrip(" ,.!，。！:：،;།")
    closes = len(bare) < 50 and CLOSING_ALONE.fullmatch(bare) is not None
    labelled = SENT_BY.match(line.text) or COPY_LABEL.match(line.text) or SUBJECT_LABEL.match(line.text)
    dated = display_width(previous.text) < 60 and _is_date(previous.text)
    return True if (greeted and len(block) <= 2) or closes or labelled or dated else None


def _by_case(previous: Line, line: Line, width: int | None, *, item: bool) -> bool | None:
    """What two names, an open bracket, a small letter and an indent say."""
    before, ended = display_width(previous.text), ends_sentence(previous.text)
    small = not ended and line.text[0].islower()
    if small and item and before >= 24:
        return False
    names = min(name_likeness(previous.text), name_likeness(line.text)) >= 0.75
    if names and (ended or before < 0.75 * (width or 0)):
        return True
    if (
        before >= 40
        and not line.fixed
        and _OPEN_BRACKET.search(previous.text)
        and _CLOSES_BRACKET.match(line.text)
    ):
        return False
    broken = previous.text[-1] in "-‐" or name_likeness(previous.text) < 0.5
    least = 40 if broken else 60
    if previous.text.endswith(","):
        least = 66  # shorter lines that end so may be items of a list
    if small and before >= least and not previous.text.endswith((";", ":")):
        return False
    return True if ended and line.indent >= previous.indent + 2 else None


def _by_width(previous: Line, line: Line, width: int) -> bool:
    """Whether the first word of a line would have fitted on the line above."""
    before = display_width(previous.text)
    first_word = line.text.split(None, 1)[0]
    room = width - previous.indent - before
    fits = room > display_width(first_word if len(first_word) < 30 else first_word[:2])
    connects = _CONNECTS.search(previous.text) is not None
    if line.text[0].islower():
        return before < 0.5 * width and not connects
    if ends_sentence(previous.text):
        return fits
    if looks_like_names(previous.text) and reads_as_name(previous.text) and not connects:
        return True
    if before < 0.75 * width and name_likeness(previous.text) >= 0.5 and reads_as_name(line.text):
        return True
    return fits and before < 0.6 * width


def looks_like_names(text: str) -> bool:
    share = capitals_share(text)
    if share is None:
        return display_width(text) < (24 if text[0] >= "\u2e80" else 50)
    return share >= 0.6 and not ends_sentence(text)


def _is_date(text: str) -> bool:
    found = date_line(text, None)
    return (
        found is not None
        and len(text) - (found.end - found.start) <= 24
        and text[found.end : found.end + 1] != "."
    )
