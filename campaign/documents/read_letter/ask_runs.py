"""Runs of blocks that may be the asks of a letter: lists, headings, bold openings, ordinals, commands."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from campaign.documents.read_letter.demanding import INFINITIVE, is_command, leads
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.shapes import reads_as_name
from campaign.documents.read_letter.words.demands import (
    ASK_HEADING,
    ASK_WORDS,
    COMMANDS_FOLLOW,
    CONCLUSION,
    CONCLUSION_HEADING,
    REASONS_FOLLOW,
    STEPS,
)
from campaign.documents.read_letter.words.ordinals import LAST_ORDINAL, ORDINALS

_LONGEST_TITLE = 200
_COLONS = (":", "：")


@dataclass(frozen=True)
class AskRun:
    """Blocks that open one item each, and where the last item ends; `led` is how much a lead asks for them.

    `reasons` says that the lead promises reasons or facts, `announced` that it does not tell what follows.
    """

    heads: tuple[int, ...]
    end: int
    led: float = 0.0
    reasons: float = 0.0
    announced: float = 0.0
    titled: bool = False


def ask_runs(blocks: list[Paragraph], begin: int, end: int) -> list[AskRun]:
    """All lists, and, where no list is led to as asks are, the first other form that is there."""
    runs = _going_on(blocks, [_measured(blocks, heads) for heads in _lists(blocks)])
    if any(run.led > 0.5 and not run.reasons and _share_of_names(blocks, run) < 0.6 for run in runs):
        return runs
    for find in (_headed, _strong, _ordinal, _after_colon):
        found = find(blocks, begin, end)
        if found and not {at for run in runs for at in run.heads if run.led} & set(found.heads):
            taken = set(range(found.heads[0], found.end))
            return [run for run in runs if not taken & set(run.heads)] + [found]
    return runs


def _share_of_names(blocks: list[Paragraph], run: AskRun) -> float:
    return sum(reads_as_name(blocks[at].text) for at in run.heads) / len(run.heads)


def _measured(blocks: list[Paragraph], heads: list[int]) -> AskRun:
    first = heads[0]
    led = reasons = announced = 0.0
    for distance, before in enumerate(reversed(blocks[max(0, first - 2) : first])):
        text = before.text
        if before.level and ASK_HEADING.match(text):
            led = 1.0
        elif distance == 0 or text.endswith((*_COLONS, "—", "…", "...")):
            tail = text[-400:]
            sentence = re.split(r"[.!?。！？]\s*", tail.rstrip(".!?。！？ "))[-1]
            if REASONS_FOLLOW.search(sentence[-80:]) and not ASK_WORDS.search(sentence):
                reasons = 1.0
            elif distance == 0 and text.endswith(_COLONS) and STEPS.search(sentence):
                led = 1.0
            elif ASK_WORDS.search(sentence) or ASK_HEADING.match(text):
                led = max(led, 1.0)
            elif ASK_WORDS.search(tail):
                led = max(led, 0.6 if distance == 0 else 0.3)
            elif distance == 0 and text.endswith(_COLONS):
                announced = 1.0
        if led >= 1 or reasons >= 1:
            break
    if led >= 1:
        reasons = 0.0
    if led or reasons:
        announced = 0.0
    marker = blocks[first].marker
    if marker is not None and marker.family == "label":
        led = 1.0
    return AskRun(tuple(heads), end_of_list(blocks, heads), led, reasons, announced)


def _going_on(blocks: list[Paragraph], runs: list[AskRun]) -> list[AskRun]:
    """Runs with those led to that follow another by no more than a line such as "The makers to:"."""
    found: list[AskRun] = []
    for run in runs:
        near = bool(found) and found[-1].led > 0.5 and 0 <= run.heads[0] - found[-1].end <= 1
        if near and run.led < 0.8 and blocks[run.heads[0] - 1].text.endswith(_COLONS):
            found.append(replace(run, led=0.8, reasons=0.0))
        else:
            found.append(run)
    return found


def _lists(blocks: list[Paragraph]) -> list[list[int]]:
    """Items of the outermost level, grouped into lists; what is nested stays within its item."""
    runs: list[list[int]] = []
    current: list[int] = []
    for index, block in enumerate(blocks):
        if block.marker is None:
            if current and not _inside(blocks, index, current):
                runs.append(current)
                current = []
            continue
        if current:
            head = blocks[current[0]]
            if is_nested(block, head):
                continue
            same = block.marker.family == _family(head)
            if (same and block.marker.ordinal != 1) or (
                not same and block.marker.ordinal is not None and block.marker.ordinal != 1
            ):
                current.append(index)
                continue
            runs.append(current)
        current = [index]
    if current:
        runs.append(current)
    return runs


def _family(block: Paragraph) -> str:
    return block.marker.family if block.marker else ""


def _inside(blocks: list[Paragraph], index: int, current: list[int]) -> bool:
    """Whether an unmarked block between items belongs to the item before it."""
    block, head = blocks[index], blocks[current[0]]
    if block.level and not head.level:
        return False
    if block.depth and head.depth:
        return True
    following = next(
        (
            at
            for at in range(index + 1, min(index + 12, len(blocks)))
            if blocks[at].marker or blocks[at].level
        ),
        None,
    )
    if following is None:
        return False
    mark, last = blocks[following].marker, blocks[current[-1]].marker
    if mark is None or last is None:
        return False
    if mark.ordinal is not None and last.ordinal is not None:
        return mark.ordinal == last.ordinal + 1
    if block.text.endswith(_COLONS) and ASK_WORDS.search(block.text):
        return False
    return is_nested(blocks[following], head) or (mark.family == last.family and block.indent > head.indent)


def is_nested(block: Paragraph, head: Paragraph) -> bool:
    """Whether a block stands in a list inside the item that `head` opens."""
    if block.depth or head.depth:
        return block.depth > head.depth
    if block.marker and head.marker and block.marker.family != head.marker.family:
        bullet, number = block.marker.ordinal is None, head.marker.ordinal is not None
        letter = block.marker.family[-2:-1] in ("a", "A", "i", "I")
        return block.indent >= head.indent + 1 or (number and (bullet or block.marker.ordinal == 1 or letter))
    return block.indent >= head.indent + 2


def end_of_list(blocks: list[Paragraph], heads: list[int]) -> int:
    """Where the last item ends: it holds no more blocks of its own than the others do."""
    last, first = heads[-1], blocks[heads[0]]
    head = blocks[last]
    sizes = [following - at for at, following in pairwise(heads)]
    usual = max(sizes, default=1)
    opening = frozenset(heads)
    further = [blocks[at] for at in range(heads[0], last) if at not in opening]
    set_in = bool(further) and all(block.depth > 0 or block.indent >= first.indent + 2 for block in further)
    margin = max(first.indent, blocks[heads[0] - 1].indent if heads[0] else 0)
    end = last + 1
    while end < len(blocks):
        block = blocks[end]
        nested = (block.depth > 0 and head.depth > 0 and _goes_below(block, head)) or (
            block.marker is not None and is_nested(block, head)
        )
        if nested or (block.indent >= head.indent + 2 and block.indent > margin and not block.depth):
            end += 1
            continue
        untitled = end == last + 1 and not ends_sentence(head.text)
        within = end - last < usual and not set_in
        heading = block.level or CONCLUSION_HEADING.fullmatch(block.text)
        if heading or block.marker or not (within or (untitled and usual > 1 and not set_in)):
            break
        if CONCLUSION.match(block.text) and end > last + min(sizes, default=1) - 1:
            break
        end += 1
    return end


def _goes_below(block: Paragraph, head: Paragraph) -> bool:
    """Whether a block of a marked list can stand inside an item: text, or bullets under numbers."""
    if block.marker is None or head.marker is None:
        return True
    return block.marker.ordinal is None and head.marker.ordinal is not None


def _headed(blocks: list[Paragraph], begin: int, stop: int) -> AskRun | None:
    """Asks under headings of their own, after a lead or a heading such as "Recommendations"."""
    span = range(begin, stop)
    heads = [at for at in span if blocks[at].level or _is_bold_line(blocks[at])]
    heads = heads or [
        at
        for at in span
        if at + 1 < stop and (_is_plain_heading(blocks, at) or _names_the_asks(blocks[at].text))
    ]
    start = next((at for at in heads if ASK_HEADING.match(blocks[at].text)), None)
    if start is not None:
        inner = [at for at in heads if at > start and _deeper(blocks[at], blocks[start])]
        inner = inner or [at for at in heads if at > start and blocks[at].level == blocks[start].level]
    else:
        led = [at for at in heads if any(leads(blocks[before].text) for before in range(max(0, at - 2), at))]
        inner = [at for at in heads if led and at >= led[0] and blocks[at].level == blocks[led[0]].level]
    among = frozenset(heads)
    inner = [at for at in inner if at + 1 < stop and at + 1 not in among]
    closing = next((at for at in inner if CONCLUSION_HEADING.match(blocks[at].text)), stop)
    inner = [at for at in inner if at < closing]
    if len(inner) < 2:
        return None
    return AskRun(tuple(inner), min(closing, end_of_list(blocks, inner)), 1.0, titled=True)


def _names_the_asks(text: str) -> bool:
    return len(text) < 60 and ASK_HEADING.match(text) is not None and not ends_sentence(text.rstrip(":："))


def _is_bold_line(block: Paragraph) -> bool:
    return len(block.text) <= 160 and block.strong >= len(block.text) > 0 and block.marker is None


def _is_plain_heading(blocks: list[Paragraph], at: int) -> bool:
    """A short line between blank lines, without a stop, above running text."""
    block, following = blocks[at], blocks[at + 1]
    text = block.text
    alone = block.spaced and following.spaced and len(block.lines) == 1 and not block.marker
    short = len(text) <= 100 and not ends_sentence(text) and not text[:1].islower() and not text.endswith(",")
    return alone and short and len(following.text) > len(text) and ends_sentence(following.text)


def _deeper(block: Paragraph, head: Paragraph) -> bool:
    return (block.level or 9) > (head.level or 9) or (head.level > 0 and not block.level)


def _strong(blocks: list[Paragraph], begin: int, stop: int) -> AskRun | None:
    """Asks as paragraphs that open with a few words in bold."""
    heads = [
        at
        for at in range(begin, stop)
        if 2 < blocks[at].strong < min(len(blocks[at].text), _LONGEST_TITLE)
        and not blocks[at].marker
        and len(blocks[at].text) >= blocks[at].strong + 20
    ]
    if len(heads) < 2:
        return None
    return AskRun(tuple(heads), end_of_list(blocks, heads), 1.0, titled=True)


def _ordinal(blocks: list[Paragraph], begin: int, stop: int) -> AskRun | None:
    """Asks numbered in words: "First, … Second, … Finally, …"."""
    for start in range(begin, stop):
        if not ORDINALS[0].match(blocks[start].text):
            continue
        heads, position = [start], 1
        for at in range(start + 1, stop):
            text = blocks[at].text
            if position < len(ORDINALS) and ORDINALS[position].match(text):
                heads.append(at)
                position += 1
            elif position >= 2 and LAST_ORDINAL.match(text) and at - heads[-1] <= 2:
                heads.append(at)
                break
        if len(heads) >= 2:
            return AskRun(tuple(heads), end_of_list(blocks, heads), 1.0)
    return None


def _after_colon(blocks: list[Paragraph], begin: int, stop: int) -> AskRun | None:
    """Bare blocks after the first lead that ends with a colon, known by how they begin or end."""
    for at in range(begin, stop - 1):
        text = blocks[at].text
        if not text.endswith(_COLONS) or not ASK_WORDS.search(text[-400:]):
            continue
        for test in (_ends_open, _begins_small, _follows_closely):
            end = at + 1
            while end < stop and test(blocks, end):
                end += 1
            if test is _ends_open and at + 1 < end < stop:
                end += 1  # the last of a series ends with a full stop
            if end - at > 2:
                return AskRun(tuple(range(at + 1, end)), end, 1.0)
        heads = _commands(blocks, at, stop)
        if len(heads) > 1:
            return AskRun(tuple(heads), end_of_list(blocks, heads), 1.0)
    return None


def _ends_open(blocks: list[Paragraph], at: int) -> bool:
    return bool(re.search(r"(?:[;；،,]|[;,]\s*(?:and|or|et|y|und))$", blocks[at].text))


def _begins_small(blocks: list[Paragraph], at: int) -> bool:
    text = blocks[at].text
    return text[:1].islower() or bool(INFINITIVE.match(text))


def _follows_closely(blocks: list[Paragraph], at: int) -> bool:
    """Lines without blanks between them, in a text that otherwise sets paragraphs apart."""
    block = blocks[at]
    if sum(other.spaced for other in blocks[:at]) < 2 or CONCLUSION.match(block.text):
        return False
    if not ends_sentence(block.text) and reads_as_name(block.text):
        return False
    if blocks[at - 1].text.endswith(_COLONS):
        return at + 1 < len(blocks) and not blocks[at + 1].spaced
    return not block.spaced


def _commands(blocks: list[Paragraph], lead: int, stop: int) -> list[int]:
    """The blocks after an English lead that open with a verb; one without may stand between two."""
    if not COMMANDS_FOLLOW.search(blocks[lead].text) or not is_command(blocks[lead + 1].text):
        return []
    heads: list[int] = []
    for at in range(lead + 1, stop):
        block = blocks[at]
        if block.level or block.marker or CONCLUSION.match(block.text):
            break
        if is_command(block.text):
            heads.append(at)
        elif at - heads[-1] > 1:
            break
    return heads
