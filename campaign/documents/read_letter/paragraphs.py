"""Lines of running text put together into paragraphs and list items."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from campaign.documents.read_letter.dates import find_date
from campaign.documents.read_letter.lines import Line, display_width
from campaign.documents.read_letter.markers import Marker, MarkerSequence, marker_of_hint
from campaign.documents.read_letter.roles import LineRole, Role
from campaign.documents.read_letter.sentences import ends_sentence, joined
from campaign.documents.read_letter.shapes import capitals_share, date_line, name_likeness, reads_as_name
from campaign.documents.read_letter.words.closings import CLOSING_ALONE
from campaign.documents.read_letter.words.greetings import SALUTATION
from campaign.documents.read_letter.words.labels import COPY_LABEL, SUBJECT_LABEL
from campaign.documents.read_letter.words.web_pages import SENT_BY
from campaign.domain.letter import LetterWarning

_WIDEST_WRAP = 140
_NARROWEST_WRAP = 36
_URL_FIRST = re.compile(r"https?://|www\.")
POSTAL_FIRST = re.compile(r"\d{1,5}\w?,? [^\W\d_]")
_LONE_BULLET = re.compile(r"[•●▪▫◦‣⁃∙·○■□◆◇►▶➢➤✓✔❖\uf0b7\uf0a7]|[(]?(?:\d{1,3}|[a-z])[.)]")
_OPEN_BRACKET = re.compile(r"[(（][^()（）]*$")
_CLOSES_BRACKET = re.compile(r"[^()（）]*[)）]")
_CONNECTS = re.compile(
    r"(?:\b(?:and|of|for|the|to|in|de|la|du|des|et|y|del|für|und|von)|[,&–—-])$", re.IGNORECASE
)


@dataclass
class Paragraph:
    """One paragraph; `text` is without the mark of an item, `strong` counts its leading bold characters."""

    lines: list[Line]
    text: str = ""
    marker: Marker | None = None
    mark: str = ""
    level: int = 0
    depth: int = 0
    indent: int = 0
    strong: int = 0
    spaced: bool = False
    warnings: list[LetterWarning] = field(default_factory=list)

    @property
    def whole(self) -> str:
        """The text with its mark, as the source has it."""
        return f"{self.mark} {self.text}".strip()


def wrap_width(lines: Sequence[Line]) -> int | None:
    """The columns at which the author's program broke lines of text; None where a line is a paragraph."""
    widths = []
    for line, following in pairwise(lines):
        if line.blank or following.blank or following.fixed or line.cells:
            continue
        width = display_width(line.text) + line.indent
        if width > _WIDEST_WRAP:
            return None
        if not _looks_like_names(line.text):
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


def paragraphs_of(lines: Sequence[Line], *, known: Collection[str]) -> list[Paragraph]:
    """Blocks in order, with blank lines, indentation, list marks and line lengths as evidence."""
    width = wrap_width(lines)
    sequence = MarkerSequence()
    found: list[Paragraph] = []
    previous: Line | None = None
    after_blank = True
    for index, line in enumerate(lines):
        if line.blank:
            after_blank = True
            continue
        current = found[-1] if found else None
        following = lines[index + 1] if index + 1 < len(lines) else None
        marker, text = _mark(line, previous, current, sequence, after_blank=after_blank, following=following)
        opens = current is None or previous is None or marker is not None or line.level > 0
        if not opens and current is not None and previous is not None:
            if not current.text and not current.lines[0].level:
                opens = False
            elif after_blank or line.fixed:
                opens = not _goes_on_across_a_break(previous, line, width, current)
            else:
                opens = _breaks_here(previous, line, width, current)
        if opens or current is None:
            found.append(_opened(line, marker, text, spaced=after_blank))
        else:
            _extend(current, line)
        previous, after_blank = line, False
    return [_finished(paragraph, known) for paragraph in found]


def blocks_as_given(
    lines: Sequence[Line], roles: Sequence[LineRole], known: Collection[str]
) -> Iterator[tuple[Role, Paragraph]]:
    """Blocks as a person drew them: one begins at every line with a role that does not go on."""
    sequence = MarkerSequence()
    current: tuple[Role, Paragraph] | None = None
    spaced = True
    for line, given in zip(lines, roles, strict=True):
        if given.role is None:
            spaced = True
            continue
        if given.goes_on and current is not None and current[0] is given.role:
            _extend(current[1], line)
        else:
            if current is not None:
                yield current[0], _finished(current[1], known)
            marker, text = _mark(line, None, None, sequence, after_blank=spaced, following=None)
            current = given.role, _opened(line, marker, text, spaced=spaced)
        spaced = False
    if current is not None:
        yield current[0], _finished(current[1], known)


def _looks_like_names(text: str) -> bool:
    share = capitals_share(text)
    if share is None:
        return display_width(text) < (24 if text[0] >= "\u2e80" else 50)
    return share >= 0.6 and not ends_sentence(text)


def _mark(
    line: Line,
    previous: Line | None,
    current: Paragraph | None,
    sequence: MarkerSequence,
    *,
    after_blank: bool,
    following: Line | None,
) -> tuple[Marker | None, str]:
    if line.marker:
        return marker_of_hint(line.marker), line.text
    if _LONE_BULLET.fullmatch(line.text):
        return marker_of_hint(line.text), ""
    if line.text[0].isdigit() and (day := find_date(line.text)) and day.start == 0:
        return None, line.text
    if line.level or line.depth:
        # A heading may carry its number; the text of an item marked by the format carries none of its own.
        marker = sequence.accept(line.text) if line.level else None
    else:
        marker = sequence.accept(line.text)
    if marker and marker.dash and not after_blank and previous and current and not line.fixed:
        in_list = current.marker is not None and current.marker.family == marker.family
        # One dash may be a dash in a broken sentence; two lines in a row that begin with it are a list.
        in_list = in_list or (following is not None and following.text[:2] == line.text[:2])
        if not (in_list or ends_sentence(previous.text)):
            return None, line.text
    if marker is None:
        return None, line.text
    return marker, line.text[marker.length :].strip()


def _opened(line: Line, marker: Marker | None, text: str, *, spaced: bool) -> Paragraph:
    mark = line.marker or line.text[: len(line.text) - len(text)].strip() if marker else ""
    strong = max(0, line.strong - (len(line.text) - len(text)))
    return Paragraph(
        [line],
        text,
        marker,
        mark,
        level=line.level,
        depth=line.depth,
        indent=line.indent,
        strong=strong,
        spaced=spaced,
    )


def _extend(paragraph: Paragraph, line: Line) -> None:
    if not paragraph.text:
        paragraph.text = line.text
        paragraph.strong = line.strong
    paragraph.lines.append(line)


def _finished(paragraph: Paragraph, known: Collection[str]) -> Paragraph:
    first = paragraph.lines[0].text
    texts = [line.text for line in paragraph.lines]
    if paragraph.marker and not paragraph.lines[0].marker:
        texts[0] = first[len(paragraph.mark) :].strip()
    texts = [text for text in texts if text]
    if texts:
        paragraph.text, unsure = joined(texts, known)
        paragraph.warnings = [
            LetterWarning(
                paragraph.lines[0].number,
                "A line ends in the middle of “%(text)s”; the hyphen was kept.",
                {"text": word},
            )
            for word in unsure
        ]
    # Bold that goes on over the line end was counted for the first line only.
    if len(texts) > 1 and paragraph.strong >= len(texts[0]) and paragraph.lines[1].strong:
        paragraph.strong = len(texts[0]) + 1 + paragraph.lines[1].strong
    return paragraph


def _goes_on_across_a_break(previous: Line, line: Line, width: int | None, current: Paragraph) -> bool:
    """A sentence cut by the end of a page goes on in small letters, after a line that was full."""
    if line.fixed and not line.marker and line.number != previous.number + 2:
        # A page may break a long name of a list where its printed line ended.
        name = reads_as_name(previous.text) and not previous.level and not previous.cells
        return name and len(previous.text) >= 50 and line.text[0].islower() and not line.level
    if width is None or current.level or line.fixed or line.depth != previous.depth:
        return False
    full = display_width(previous.text) >= 0.6 * width
    if COPY_LABEL.match(line.text) or SUBJECT_LABEL.match(line.text):
        return False
    if previous.text.endswith(",") and SALUTATION.match(current.lines[0].text):
        return False
    return full and not ends_sentence(previous.text) and line.text[0].islower()


def _is_date(text: str) -> bool:
    found = date_line(text, None)
    return (
        found is not None
        and len(text) - (found.end - found.start) <= 24
        and text[found.end : found.end + 1] != "."
    )


def _breaks_here(previous: Line, line: Line, width: int | None, current: Paragraph) -> bool:
    """Whether a new paragraph begins although no blank line says so."""
    before = display_width(previous.text)
    if previous.cells and not line.cells and line.indent >= previous.indent + 8:
        return False  # the rest of a cell
    if previous.level or "|" in previous.text or "|" in line.text:
        return True
    cells = previous.cells and not (current.marker and previous is current.lines[0])
    if (cells or line.cells) and name_likeness((previous if previous.cells else line).text) >= 0.5:
        return True
    if line.text.startswith("(") and len(current.lines) > 1 and line.text.endswith(")"):
        return False
    if _URL_FIRST.match(line.text) and (previous.text.endswith(")") or reads_as_name(previous.text)):
        return True
    if line.text[0].isdigit() and POSTAL_FIRST.match(line.text) and name_likeness(previous.text) >= 0.5:
        return True
    ended = ends_sentence(previous.text)
    if (
        len(current.lines) <= 2
        and previous.text.endswith((",", ":", "!"))
        and SALUTATION.match(current.lines[0].text)
    ):
        return True
    if current.marker and not ended and line.text[0].islower() and before >= 24:
        return False
    bare = line.text.strip("*_ ").rstrip(" ,.!，。！:：،;།")
    closes = len(bare) < 50 and CLOSING_ALONE.fullmatch(bare) is not None
    labelled = SENT_BY.match(line.text) or COPY_LABEL.match(line.text) or SUBJECT_LABEL.match(line.text)
    if closes or labelled or (before < 60 and _is_date(previous.text)):
        return True
    if min(name_likeness(previous.text), name_likeness(line.text)) >= 0.75 and (
        ended or before < 0.75 * (width or 0)
    ):
        return True
    open_bracket = _OPEN_BRACKET.search(previous.text)
    if open_bracket and not line.fixed and _CLOSES_BRACKET.match(line.text) and before >= 40:
        return False
    broken = previous.text[-1] in "-‐" or name_likeness(previous.text) < 0.5
    if (
        not ended
        and line.text[0].islower()
        and before >= (40 if broken else 60)
        and not previous.text.endswith((",", ";", ":"))
    ):
        return False
    if ended and line.indent >= previous.indent + 2:
        return True
    if width is None:
        return True
    first_word = line.text.split(None, 1)[0]
    room = width - previous.indent - before
    fits = room > display_width(first_word if len(first_word) < 30 else first_word[:2])
    if line.text[0].islower():
        return before < 0.5 * width and not _CONNECTS.search(previous.text)
    if ended:
        return fits
    if (
        _looks_like_names(previous.text)
        and reads_as_name(previous.text)
        and not _CONNECTS.search(previous.text)
    ):
        return True
    if before < 0.75 * width and name_likeness(previous.text) >= 0.5 and reads_as_name(line.text):
        return True
    return fits and before < 0.6 * width
