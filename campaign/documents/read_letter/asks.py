"""Finds the asks in the body of a letter, however they are set apart."""

import re
from dataclasses import dataclass

from campaign.documents.read_letter.ask_items import AskItem, end_of_list, is_nested, items_of
from campaign.documents.read_letter.ask_titles import asks_of
from campaign.documents.read_letter.bare_asks import after_colon
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.sentences import ends_sentence, first_sentence
from campaign.documents.read_letter.words.demands import (
    ASK_HEADING,
    ASK_WORDS,
    CONCLUSION_HEADING,
    LIST_FOLLOWS,
)
from campaign.documents.read_letter.words.ordinals import LAST_ORDINAL, ORDINALS
from campaign.domain.letter import LetterAsk

_LONGEST_TITLE = 160


@dataclass
class Body:
    """The text between salutation and closing, cut in three."""

    introduction: list[Paragraph]
    asks: list[LetterAsk]
    conclusion: list[Paragraph]


def read_body(paragraphs: list[Paragraph], accounting: LineAccounting) -> Body:
    """The introduction with its lead-in, the asks, and what comes after them; asks are never made up."""
    for find in (_listed, _headed, _strong, _ordinal, after_colon, _in_a_sentence):
        found = find(paragraphs)
        if found is None:
            continue
        start, items, end = found
        asks = asks_of(items, accounting)
        if find in (after_colon, _in_a_sentence):
            number = items[0].paragraphs[0].lines[0].number
            accounting.warn(number, "The asks are not marked as a list; check where each begins and ends.")
        if find is _in_a_sentence:
            for line in items[0].paragraphs[0].lines:
                accounting.reads(line)
        return Body(paragraphs[:start], asks, paragraphs[end:])
    return Body(paragraphs, [], [])


Found = tuple[int, list[AskItem], int] | None


def _listed(paragraphs: list[Paragraph]) -> Found:
    """Asks as the items of a list, or of several lists that follow one lead-in."""
    runs = _runs(paragraphs)
    runs = [run for run in runs if len(run) >= 2 or _leads(paragraphs, run[0])]
    if not runs:
        return None
    asking = [run for run in runs if _leads(paragraphs, run[0])]
    first = asking[0] if asking else None
    if first is None:
        # Without a lead-in the longest list counts, if it is no mere enumeration of things.
        sentences = [
            run for run in runs if sum(ends_sentence(paragraphs[at].text) for at in run) >= 0.5 * len(run)
        ]
        if not sentences:
            return None
        first = max(sentences, key=len)
        asking = [first]
    last = _last_of_group(paragraphs, runs, asking[-1] if asking[-1][0] >= first[0] else first)
    starts = frozenset(run[0] for run in asking)
    between = [
        run
        for run in runs
        if first[0] <= run[0] <= last[0] and (run[0] in starts or _same_kind(paragraphs, run, first))
    ]
    heads = [at for run in between for at in run]
    return first[0], items_of(paragraphs, heads), end_of_list(paragraphs, heads)


def _last_of_group(paragraphs: list[Paragraph], runs: list[list[int]], last: list[int]) -> list[int]:
    """Further lists of the same kind are asks where a line such as "The makers to:" leads to each."""
    for run in runs:
        near = 1 <= run[0] - last[-1] - 1 <= 2 or run[0] == last[-1] + 1
        led = paragraphs[run[0] - 1].text.endswith((":", "："))
        if run[0] > last[-1] and near and led and _same_kind(paragraphs, run, last):
            last = run
    return last


def _runs(paragraphs: list[Paragraph]) -> list[list[int]]:
    """Items of the outermost level, grouped into lists; what is nested stays within its item."""
    runs: list[list[int]] = []
    current: list[int] = []
    for index, paragraph in enumerate(paragraphs):
        if paragraph.marker is None:
            if current and not _inside(paragraph, paragraphs[current[0]], paragraphs, index, current):
                runs.append(current)
                current = []
            continue
        if current:
            head = paragraphs[current[0]]
            if is_nested(paragraph, head):
                continue
            if paragraph.marker.family == _family(head) and (
                paragraph.marker.ordinal != 1 or paragraph.marker.ordinal is None
            ):
                current.append(index)
                continue
            if (
                paragraph.marker.ordinal is not None
                and paragraph.marker.ordinal != 1
                and _family(head) != paragraph.marker.family
            ):
                # The outer list goes on after an inner one that was met first.
                current.append(index)
                continue
            runs.append(current)
        current = [index]
    if current:
        runs.append(current)
    return runs


def _family(paragraph: Paragraph) -> str:
    return paragraph.marker.family if paragraph.marker else ""


def _inside(
    paragraph: Paragraph, head: Paragraph, paragraphs: list[Paragraph], index: int, current: list[int]
) -> bool:
    """Whether an unmarked paragraph between items belongs to the item before it."""
    if paragraph.level and not head.level:
        return False
    if paragraph.depth and head.depth:
        return True
    following = next(
        (at for at in range(index + 1, len(paragraphs)) if paragraphs[at].marker or paragraphs[at].level),
        None,
    )
    if following is None or paragraphs[following].marker is None:
        return False
    mark, last = paragraphs[following].marker, paragraphs[current[-1]].marker
    if mark is None or last is None:
        return False
    if mark.family == last.family and mark.ordinal is not None and last.ordinal is not None:
        return mark.ordinal == last.ordinal + 1
    if ASK_WORDS.search(paragraph.text) and paragraph.text.endswith((":", "：")):
        return False
    return is_nested(paragraphs[following], head) or (
        mark.family == last.family and paragraph.indent > head.indent
    )


def _same_kind(paragraphs: list[Paragraph], run: list[int], first: list[int]) -> bool:
    return _family(paragraphs[run[0]]) == _family(paragraphs[first[0]])


def _leads(paragraphs: list[Paragraph], at: int) -> bool:
    """Whether what stands before a list asks for what is in it."""
    for paragraph in reversed(paragraphs[max(0, at - 2) : at]):
        if paragraph.level and ASK_HEADING.match(paragraph.text):
            return True
        if paragraph.text.endswith((":", "：", "—", "…", "...", "؛")) or paragraph is paragraphs[at - 1]:
            tail = paragraph.text[-400:]
            if ASK_WORDS.search(tail) or ASK_HEADING.match(paragraph.text):
                return True
    head = paragraphs[at]
    return head.marker is not None and head.marker.family == "label"


def _headed(paragraphs: list[Paragraph]) -> Found:
    """Asks under headings of their own, after a lead-in or a heading such as "Recommendations"."""
    heads = [
        index for index, paragraph in enumerate(paragraphs) if paragraph.level or _is_bold_line(paragraph)
    ]
    heads = heads or [index for index in range(len(paragraphs) - 1) if _is_plain_heading(paragraphs, index)]
    start = next((index for index in heads if ASK_HEADING.match(paragraphs[index].text)), None)
    if start is not None:
        inner = [at for at in heads if at > start and _deeper(paragraphs[at], paragraphs[start])]
        inner = inner or [
            at for at in heads if at > start and paragraphs[at].level == paragraphs[start].level
        ]
    else:
        inner = [
            at for at in heads if any(_asks_for(paragraphs[before]) for before in range(max(0, at - 2), at))
        ]
        inner = [
            at
            for at in heads
            if inner and at >= inner[0] and paragraphs[at].level == paragraphs[inner[0]].level
        ]
    among = frozenset(heads)
    inner = [at for at in inner if at + 1 < len(paragraphs) and at + 1 not in among]
    closing = [at for at in inner if CONCLUSION_HEADING.match(paragraphs[at].text)]
    inner = [at for at in inner if not closing or at < closing[0]]
    if len(inner) < 2:
        return None
    end = closing[0] if closing else end_of_list(paragraphs, inner)
    return inner[0], items_of(paragraphs[:end], inner), end


def _is_bold_line(paragraph: Paragraph) -> bool:
    whole = len(paragraph.text) <= _LONGEST_TITLE and paragraph.strong >= len(paragraph.text) > 0
    return whole and paragraph.marker is None


def _is_plain_heading(paragraphs: list[Paragraph], at: int) -> bool:
    """A short line between blank lines, without a stop, above running text."""
    text, following = paragraphs[at].text, paragraphs[at + 1]
    alone = (
        paragraphs[at].spaced
        and following.spaced
        and len(paragraphs[at].lines) == 1
        and not paragraphs[at].marker
    )
    short = len(text) <= 100 and not ends_sentence(text) and not text[0].islower() and not text.endswith(",")
    return alone and short and len(following.text) > len(text) and ends_sentence(following.text)


def _deeper(paragraph: Paragraph, head: Paragraph) -> bool:
    return (paragraph.level or 9) > (head.level or 9) or (head.level > 0 and not paragraph.level)


def _asks_for(paragraph: Paragraph) -> bool:
    """Whether a paragraph asks and says that what it asks for comes next."""
    tail = paragraph.text[-400:]
    promises = tail.endswith((":", "：")) or LIST_FOLLOWS.search(tail) is not None
    return promises and ASK_WORDS.search(tail) is not None


def _strong(paragraphs: list[Paragraph]) -> Found:
    """Asks as paragraphs that open with a few words in bold."""
    heads = [
        index
        for index, paragraph in enumerate(paragraphs)
        if 2 < paragraph.strong < min(len(paragraph.text), _LONGEST_TITLE + 40) and not paragraph.marker
    ]
    if len(heads) < 2:
        return None
    return heads[0], items_of(paragraphs, heads), end_of_list(paragraphs, heads)


def _ordinal(paragraphs: list[Paragraph]) -> Found:
    """Asks numbered in words: "First, … Second, … Finally, …"."""
    for start, paragraph in enumerate(paragraphs):
        if not ORDINALS[0].match(paragraph.text):
            continue
        heads, position = [start], 1
        for index in range(start + 1, len(paragraphs)):
            text = paragraphs[index].text
            if position < len(ORDINALS) and ORDINALS[position].match(text):
                heads.append(index)
                position += 1
            elif position >= 2 and LAST_ORDINAL.match(text) and index - heads[-1] <= 2:
                heads.append(index)
                break
        if len(heads) >= 2:
            return start, items_of(paragraphs, heads), end_of_list(paragraphs, heads)
    return None


_WITHIN = re.compile(r"(?:(?<=\s)|(?<=[:：，,;；]))(?:[(（]([1-9])[)）]|([1-9])[)）])\s*(?=\S)")


def _in_a_sentence(paragraphs: list[Paragraph]) -> Found:
    """Asks numbered inside one sentence: "we ask you (1) to …, and (2) to …"."""
    for index, paragraph in enumerate(paragraphs):
        marks = list(_WITHIN.finditer(paragraph.text[:4000]))
        if len(marks) < 2 or [int(mark[1] or mark[2]) for mark in marks] != list(range(1, len(marks) + 1)):
            continue
        lead = paragraph.text[: marks[0].start()]
        if not ASK_WORDS.search(lead):
            continue
        ends = [mark.start() for mark in marks[1:]] + [len(paragraph.text)]
        texts = [paragraph.text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
        last = first_sentence(texts[-1])
        rest = texts[-1][len(last) :].strip()
        items = [AskItem([Paragraph(paragraph.lines, text)], []) for text in [*texts[:-1], last]]
        paragraphs[index : index + 1] = [Paragraph(paragraph.lines, lead.strip())]
        if rest:
            paragraphs.insert(index + 1, Paragraph(paragraph.lines, rest))
        return index + 1, items, index + 1
    return None
