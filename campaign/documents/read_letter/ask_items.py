"""One ask as its paragraphs, and where the last of them ends."""

from dataclasses import dataclass
from itertools import pairwise

from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.words.demands import CONCLUSION, CONCLUSION_HEADING


@dataclass
class AskItem:
    """One ask as paragraphs, the first of which opens it; a lead-in of its own group may come before."""

    paragraphs: list[Paragraph]
    before: list[Paragraph]


def items_of(paragraphs: list[Paragraph], heads: list[int]) -> list[AskItem]:
    """Items from their heads; a lead-in between two lists goes before the item it leads to."""
    last = end_of_list(paragraphs, heads)
    opening = frozenset(heads)
    items: list[AskItem] = []
    before: list[Paragraph] = []
    for index in range(heads[0], last):
        paragraph = paragraphs[index]
        if index in opening:
            items.append(AskItem([paragraph], before))
            before = []
        elif before or (items and _is_lead_between(paragraphs, index, heads[0], opening)):
            before.append(paragraph)
        else:
            items[-1].paragraphs.append(paragraph)
    return items


def _is_lead_between(paragraphs: list[Paragraph], index: int, first: int, opening: frozenset[int]) -> bool:
    paragraph, head = paragraphs[index], paragraphs[first]
    if paragraph.marker or (paragraph.depth and head.depth) or index + 1 not in opening:
        return False
    if paragraph.level and not head.level:
        return True
    return paragraph.text.endswith((":", "：")) and not head.level and paragraph.indent <= head.indent


def end_of_list(paragraphs: list[Paragraph], heads: list[int]) -> int:
    """Where the last item ends: it holds no more paragraphs of its own than the others do."""
    last = heads[-1]
    head = paragraphs[last]
    sizes = [following - at for at, following in pairwise(heads)]
    usual = max(sizes, default=1)
    set_in = _goes_on_set_in(paragraphs, heads)
    end = last + 1
    while end < len(paragraphs):
        paragraph = paragraphs[end]
        nested = (paragraph.depth > 0 and head.depth > 0) or (
            paragraph.marker is not None and is_nested(paragraph, head)
        )
        indented = paragraph.indent >= head.indent + 2 and not paragraph.depth and not head.depth
        if nested or (indented and paragraph.indent > paragraphs[heads[0]].indent and _indents(paragraphs)):
            end += 1
            continue
        untitled = end == last + 1 and not ends_sentence(head.text)
        within = end - last < usual and not set_in
        heading = paragraph.level or CONCLUSION_HEADING.fullmatch(paragraph.text)
        if heading or paragraph.marker or not (within or (untitled and usual > 1 and not set_in)):
            break
        if CONCLUSION.match(paragraph.text) and end > last + min(sizes, default=1) - 1 and end > last:
            break
        end += 1
    return end


def _goes_on_set_in(paragraphs: list[Paragraph], heads: list[int]) -> bool:
    """Whether every further paragraph of the earlier items stands deeper than its head."""
    opening = frozenset(heads)
    further = [paragraphs[at] for at in range(heads[0], heads[-1]) if at not in opening]
    least = paragraphs[heads[0]].indent + 2
    return bool(further) and all(paragraph.depth > 0 or paragraph.indent >= least for paragraph in further)


def _indents(paragraphs: list[Paragraph]) -> bool:
    """Whether the text sets its running paragraphs at the margin, so that an indent means something."""
    return any(paragraph.indent == 0 and paragraph.marker is None for paragraph in paragraphs)


def is_nested(paragraph: Paragraph, head: Paragraph) -> bool:
    if paragraph.depth or head.depth:
        return paragraph.depth > head.depth
    if paragraph.marker and head.marker and paragraph.marker.family != head.marker.family:
        bullet, number = paragraph.marker.ordinal is None, head.marker.ordinal is not None
        return paragraph.indent >= head.indent + 1 or (
            number and (bullet or paragraph.marker.ordinal == 1 or _is_letter(paragraph))
        )
    return paragraph.indent >= head.indent + 2


def _is_letter(paragraph: Paragraph) -> bool:
    return paragraph.marker is not None and paragraph.marker.family[-2:-1] in ("a", "A", "i", "I")
