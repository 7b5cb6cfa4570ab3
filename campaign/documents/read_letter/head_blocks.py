"""The head of a letter in blocks, and what each block is."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from campaign.documents.read_letter.addressees import reads_as_address
from campaign.documents.read_letter.anchors import copies_begin, is_prose
from campaign.documents.read_letter.dates import FoundDate, find_date
from campaign.documents.read_letter.lines import Line, display_width
from campaign.documents.read_letter.paragraphs import wrap_width
from campaign.documents.read_letter.sentences import ends_sentence, joined
from campaign.documents.read_letter.words.labels import (
    BLIND_COPY_LABEL,
    BYLINE,
    DATE_LABEL,
    FROM_LABEL,
    PAGE_DATE_LABEL,
    SUBJECT_LABEL,
    TO_LABEL,
)


class BlockKind(Enum):
    """What a block of the head is, judged without the blocks around it."""

    DATE = auto()
    PAGE_DATE = auto()
    SUBJECT = auto()
    COPIES = auto()
    BLIND = auto()
    TO = auto()
    FROM = auto()
    HEADING = auto()
    PROSE = auto()
    SHORT = auto()


@dataclass
class Block:
    """Lines of the head that belong together; `found` is the date of a date block."""

    kind: BlockKind
    lines: list[Line]
    found: FoundDate | None = None

    @property
    def text(self) -> str:
        return joined([line.text for line in self.lines if line.text], ())[0]


def blocks_of(lines: list[Line], language: str | None) -> list[Block]:
    """The head in blocks: between blank lines, with dates and labelled lines for themselves."""
    blocks: list[Block] = []
    open_block: Block | None = None
    for line in lines:
        if not line.text:
            if open_block is None or open_block.kind is not BlockKind.COPIES or len(open_block.lines) > 1:
                open_block = None
            continue
        kind, found = _kind_of(line, language)
        joins = open_block is not None and _joins(open_block, line, kind)
        if joins and open_block is not None:
            open_block.lines.append(line)
            if open_block.kind is BlockKind.SHORT and kind is BlockKind.PROSE:
                open_block.kind = BlockKind.PROSE
        else:
            open_block = Block(kind, [line], found)
            blocks.append(open_block)
            if kind in (BlockKind.DATE, BlockKind.PAGE_DATE):
                open_block = None
    return [_judged(block) for block in blocks]


def _kind_of(line: Line, language: str | None) -> tuple[BlockKind, FoundDate | None]:
    text = line.text.strip("*_ ")
    if PAGE_DATE_LABEL.match(text) and (found := date_line(text, language)):
        return BlockKind.PAGE_DATE, found
    byline = BYLINE.match(text) and len(text) <= 110 and not is_prose(text)
    if byline and (found := find_date(text, language)):
        return BlockKind.PAGE_DATE, found
    if found := date_line(text, language):
        return BlockKind.DATE, found
    for kind, label in (
        (BlockKind.SUBJECT, SUBJECT_LABEL),
        (BlockKind.BLIND, BLIND_COPY_LABEL),
        (BlockKind.TO, TO_LABEL),
        (BlockKind.FROM, FROM_LABEL),
    ):
        if label.match(text):
            return kind, None
    if copies_begin(line):
        return BlockKind.COPIES, None
    if line.level:
        return BlockKind.HEADING, None
    return (BlockKind.PROSE if is_prose(text) and not reads_as_address(text) else BlockKind.SHORT), None


def date_line(text: str, language: str | None) -> FoundDate | None:
    """The date of a line that holds little else: a place, a weekday, a label."""
    if len(text) > 110:
        return None
    found = find_date(text, language)
    if found is None:
        return None
    rest = text[: found.start] + " " + text[found.end :]
    for label in (DATE_LABEL, PAGE_DATE_LABEL):
        rest = label.sub("", rest.strip(), count=1)
    left = re.findall(r"[^\W\d_]+", rest)
    if (
        len(left) > 7
        or display_width("".join(left)) > 45
        or (ends_sentence(rest.strip() + " ") and len(left) > 3)
    ):
        return None
    return found


def _joins(block: Block, line: Line, kind: BlockKind) -> bool:
    if (
        line.fixed
        and block.lines[-1].number == line.number
        and kind not in (BlockKind.SHORT, BlockKind.PROSE)
    ):
        return False
    if kind not in (BlockKind.SHORT, BlockKind.PROSE):
        return False
    if block.kind in (BlockKind.SHORT, BlockKind.PROSE, BlockKind.TO, BlockKind.COPIES):
        return True
    if block.kind is BlockKind.SUBJECT:
        before = block.lines[-1].text
        return (
            not line.fixed
            and not ends_sentence(before)
            and not reads_as_address(line.text)
            and len(block.text) < 400
        )
    return False


def _judged(block: Block) -> Block:
    """The block, as prose when it is running text broken into short lines."""
    if block.kind is BlockKind.SHORT and len(block.lines) >= 2:
        text = block.text
        sentences = text.count(". ") + text.count("。")
        ended = ends_sentence(text) and not text.endswith((":", "："))
        broken = (wrap_width(block.lines) or 0) >= 60 and display_width(text) > 200
        if (ended and display_width(text) > 150 and sentences) or (len(block.lines) >= 3 and broken):
            block.kind = BlockKind.PROSE
    return block
