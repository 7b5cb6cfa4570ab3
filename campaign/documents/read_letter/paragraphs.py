"""Lines of running text put together into paragraphs and list items."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from campaign.documents.read_letter.dates import find_date
from campaign.documents.read_letter.line_joins import breaks_here, goes_on_across_a_break, wrap_width
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.markers import Marker, MarkerSequence, marker_of_hint
from campaign.documents.read_letter.roles import LetterRole, LineRole
from campaign.documents.read_letter.sentences import ends_sentence, joined
from campaign.domain.letter import LetterWarning

_LONE_BULLET = re.compile(r"[•●▪▫◦‣⁃∙·○■□◆◇►▶➢➤✓✔❖\uf0b7\uf0a7]|[(]?(?:\d{1,3}|[a-z])[.)]")


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
                opens = not goes_on_across_a_break(previous, line, width, current.lines[0])
            else:
                opens = breaks_here(previous, line, width, current.lines, item=current.marker is not None)
        if opens or current is None:
            found.append(_opened(line, marker, text, spaced=after_blank))
        else:
            _extend(current, line)
        previous, after_blank = line, False
    return [_finished(paragraph, known) for paragraph in found]


def blocks_as_given(
    lines: Sequence[Line], roles: Sequence[LineRole], known: Collection[str]
) -> Iterator[tuple[LetterRole, Paragraph]]:
    """Blocks as a person drew them: one begins at every line with a role that does not go on."""
    sequence = MarkerSequence()
    current: tuple[LetterRole, Paragraph] | None = None
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
