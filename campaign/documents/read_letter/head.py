"""What stands before the salutation: title, dates, addressees, subject, copies."""

import re
from dataclasses import dataclass, field
from datetime import date

from campaign.documents.read_letter.addressees import POSTAL, addressees_of, reads_as_address
from campaign.documents.read_letter.head_blocks import Block, BlockKind, blocks_of
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line, display_width
from campaign.documents.read_letter.sentences import joined
from campaign.documents.read_letter.words.labels import (
    BYLINE,
    SUBJECT_LABEL,
    TO_ALONE,
    TO_LABEL,
    TO_SOMEBODY,
)
from campaign.documents.read_letter.words.titles import LETTER_NOUN, LETTER_WORDS
from campaign.domain.letter import Addressee

_LONGEST_TITLE = 320
_SENDER = re.compile(
    r"[\w.+-]+@[\w.-]+|www\.|https?://|\b(?:tel|fax|phone|p\.?\s?o\.? box)\b|\+\d[\d\s().-]{6,}",
    re.IGNORECASE,
)


@dataclass
class Head:
    """What the head gives to the record; `copies` are the lines of its list of copies."""

    title: str | None = None
    page_on: date | None = None
    dated_on: date | None = None
    addressees: list[Addressee] = field(default_factory=list)
    subject: str | None = None
    copies: list[Line] = field(default_factory=list)


def read_head(lines: list[Line], accounting: LineAccounting, *, language: str | None) -> Head:
    """The record's head from the lines before the salutation or, without one, before the text begins."""
    blocks = blocks_of(lines, language)
    head = Head()
    _read_dates(head, blocks, accounting)
    _read_labels(head, blocks, accounting)
    _read_titles_and_addresses(head, blocks, accounting)
    return head


def text_begins(lines: list[Line], language: str | None) -> int:
    """The index of the first line of running text in a letter without salutation."""
    blocks = blocks_of(lines, language)
    dates = [index for index, block in enumerate(blocks) if block.kind is BlockKind.DATE]
    after = 0
    if len(dates) > 1 and dates[1] < 14:
        after = dates[1]
    for index, block in enumerate(blocks):
        if block.kind is BlockKind.PROSE and index >= after:
            # A dated heading further down may belong to the text; only what is near the top is a head.
            return lines.index(block.lines[0])
    # Without any plain running text the text begins at the first block that is no heading, label or date.
    rest = [block for block in blocks[after:] if block.kind is BlockKind.SHORT][1:]
    longer = [block for block in rest if display_width(block.text) >= 60]
    return lines.index((longer or rest)[0].lines[0]) if rest else len(lines)


def _read_dates(head: Head, blocks: list[Block], accounting: LineAccounting) -> None:
    """The date nearest to the letter is its own; one above it, or one labelled so, is the page's."""
    for block in blocks:
        if block.kind in (BlockKind.DATE, BlockKind.PAGE_DATE) and block.found:
            accounting.reads(block.lines[0])
            if block.found.day is None:
                readings = " or ".join(day.isoformat() for day in block.found.readings)
                accounting.warn(
                    block.lines[0].number,
                    "The date “%(text)s” can mean %(readings)s; it was left open.",
                    text=block.lines[0].text,
                    readings=readings,
                )
    labelled = [block.found.day for block in blocks if block.kind is BlockKind.PAGE_DATE and block.found]
    plain = [block for block in blocks if block.kind is BlockKind.DATE and block.found]
    head.page_on = labelled[0] if labelled else None
    if not plain:
        return
    own = plain[-1]
    head.dated_on = own.found.day if own.found else None
    others = [block for block in plain[:-1] if block.found]
    if others and head.page_on is None and others[0].found:
        head.page_on = others[0].found.day
        others = others[1:]
    if others:
        accounting.leave_out([block.lines[0] for block in others], "A further date was left out: “%(text)s”.")


def _read_labels(head: Head, blocks: list[Block], accounting: LineAccounting) -> None:
    for block in blocks:
        first = block.lines[0]
        if block.kind is BlockKind.SUBJECT:
            subject = _unlabelled(block, SUBJECT_LABEL, accounting)
            if head.subject is None:
                head.subject = subject or None
            else:
                accounting.warn(first.number, "A second subject was left out: “%(text)s”.", text=subject)
        elif block.kind is BlockKind.COPIES:
            head.copies += [*block.lines, Line(first.number, "")]
        elif block.kind is BlockKind.BLIND:
            for line in block.lines:
                accounting.reads(line)
            accounting.warn(first.number, "A list of blind copies was left out.")
        elif block.kind is BlockKind.FROM:
            accounting.leave_out(block.lines, "The sender's line was left out: “%(text)s”.")


def _unlabelled(block: Block, label: re.Pattern[str], accounting: LineAccounting) -> str:
    first = block.lines[0]
    text = first.text.strip("*_ ")
    rest = label.sub("", text, count=1).strip("*_ ")
    accounting.reads(first, rest)
    return (
        joined([part for part in (rest, *(line.text for line in block.lines[1:])) if part], ())[0]
        if rest or block.lines[1:]
        else ""
    )


def _read_titles_and_addresses(head: Head, blocks: list[Block], accounting: LineAccounting) -> None:
    dates = [index for index, block in enumerate(blocks) if block.kind is BlockKind.DATE]
    address_after_date = any(
        block.kind in (BlockKind.SHORT, BlockKind.TO) and (block.kind is BlockKind.TO or _is_address(block))
        for block in blocks[dates[-1] + 1 if dates else len(blocks) :]
    )
    title = _title_block(blocks)
    for index, block in enumerate(blocks):
        before_date = bool(dates) and index < dates[-1]
        if block is title:
            _take_title(head, block, accounting)
        elif (
            title is not None
            and index < blocks.index(title)
            and block.kind is BlockKind.SHORT
            and len(block.lines) == 1
        ):
            accounting.leave_out(block.lines, "This text above the title was left out: “%(text)s”.")
        elif block.kind is BlockKind.SHORT and BYLINE.match(block.text):
            accounting.leave_out(block.lines, "The line naming the author was left out: “%(text)s”.")
        elif block.kind is BlockKind.TO:
            rest = _unlabelled(block, TO_LABEL, accounting)
            first = TO_LABEL.sub("", block.lines[0].text.strip("*_ "), count=1).strip()
            texts = ([first] if first else []) + [line.text for line in block.lines[1:]]
            head.addressees += addressees_of(texts) if rest else []
        elif block.kind is BlockKind.HEADING:
            _take_title(head, block, accounting)
        elif block.kind is BlockKind.SHORT:
            _read_short(head, block, accounting, letterhead=before_date and address_after_date)
        elif block.kind is BlockKind.PROSE:
            accounting.leave_out(block.lines, "Text before the letter was left out: “%(text)s”.")


def _title_block(blocks: list[Block]) -> Block | None:
    """The block that says it is a letter, a heading before all; None where nothing stands out."""
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    telling = [block for block in headings if LETTER_WORDS.search(block.text)]
    if telling or headings:
        return (telling or headings)[0]
    for block in blocks:
        if _is_letterhead(block):
            continue
        short = block.kind is BlockKind.SHORT and len(block.text) <= _LONGEST_TITLE and len(block.lines) <= 4
        telling_words = LETTER_WORDS.search(block.text) and not TO_SOMEBODY.match(block.text)
        if short and telling_words and display_width(block.text) > 6:
            return block
    return None


def _read_short(head: Head, block: Block, accounting: LineAccounting, *, letterhead: bool) -> None:
    text = block.text
    single = len(block.lines) == 1
    telling = _stands_out(block)
    address = _is_address(block)
    if not single and TO_ALONE.fullmatch(block.lines[0].text.strip("*_ ")):
        accounting.reads(block.lines[0], "")
    if TO_SOMEBODY.match(text) and not telling:
        first = TO_SOMEBODY.sub("", block.lines[0].text.strip("*_ "), count=1)
        accounting.reads(block.lines[0], first)
        head.addressees += addressees_of([first, *(line.text for line in block.lines[1:])])
    elif letterhead and (_SENDER.search(text) or (address and not telling) or _is_letterhead(block)):
        accounting.leave_out(block.lines, "The sender's letterhead was left out: “%(text)s”.")
    elif (
        head.title is None
        and not head.addressees
        and len(text) <= _LONGEST_TITLE
        and (telling or not address)
        and (single or len(block.lines) <= 4)
    ):
        _take_title(head, block, accounting)
        if not telling and len(text.split()) < 5:
            accounting.warn(block.lines[0].number, "“%(text)s” was taken for the title; check it.", text=text)
    elif single and head.title and LETTER_NOUN.search(text):
        accounting.leave_out(block.lines, "A second heading above the letter was left out: “%(text)s”.")
    elif address or (not telling and len(block.lines) > 1):
        head.addressees += addressees_of([line.text for line in block.lines])
    elif (
        single
        and not telling
        and ":" not in text
        and len(text) <= 100
        and not head.addressees
        and not letterhead
        and head.dated_on
    ):
        head.addressees += addressees_of([text])
        accounting.warn(block.lines[0].number, "“%(text)s” was taken for an addressee; check it.", text=text)
    else:
        accounting.leave_out(block.lines, "This text above the letter was left out: “%(text)s”.")


def _stands_out(block: Block) -> bool:
    """Whether a block reads like a title by its words, its bold or its capitals."""
    strong = block.lines[0].strong >= len(block.lines[0].text)
    capitals = block.text.isupper() and len(block.text.split()) > 3
    return LETTER_WORDS.search(block.text) is not None or strong or capitals


def _take_title(head: Head, block: Block, accounting: LineAccounting) -> None:
    if head.title is None:
        head.title = block.text
    else:
        accounting.leave_out(block.lines, "A second heading above the letter was left out: “%(text)s”.")


def _is_letterhead(block: Block) -> bool:
    """Whether a block is a name above a street: no title, even with a word such as "Open" in it."""
    below = block.lines[1:]
    postal = any(POSTAL.search(line.text) and any(c.isdigit() for c in line.text) for line in below)
    return postal and not LETTER_NOUN.search(block.text)


def _is_address(block: Block) -> bool:
    return any(reads_as_address(line.text) for line in block.lines[:6])
