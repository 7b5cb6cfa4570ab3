"""The head of a letter from the blocks that have its roles: title, dates, addressees, subject."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from campaign.documents.read_letter.addressees import addressees_of, holds_no_name
from campaign.documents.read_letter.dates import find_date
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.roles import LetterRole
from campaign.documents.read_letter.words.labels import SUBJECT_LABEL, TO_ALONE, TO_LABEL, TO_SOMEBODY
from campaign.documents.read_letter.words.titles import LETTER_NOUN, LETTER_WORDS
from campaign.domain.letter import Addressee

Part = tuple[LetterRole, Paragraph]


@dataclass
class Head:
    """What the head gives to the record."""

    title: str | None = None
    page_on: date | None = None
    dated_on: date | None = None
    addressees: list[Addressee] = field(default_factory=list)
    subject: str | None = None


def read_head(parts: Sequence[Part], accounting: LineAccounting, *, language: str | None) -> Head:
    """The record's head from the blocks above the text, each with its role."""
    head = Head(title=_title(parts, accounting), addressees=_addressees(parts, accounting))
    _read_dates(head, parts, accounting, language)
    for role, block in parts:
        if role is not LetterRole.SUBJECT:
            continue
        text = block.whole.strip("*_ ")
        subject = SUBJECT_LABEL.sub("", text, count=1).strip("*_ ")
        accounting.reads_block(block, subject)
        if head.subject is None:
            head.subject = subject or None
            if subject == text:
                accounting.warn(
                    block.lines[0].number, "“%(text)s” was taken for the subject; check it.", text=text
                )
        else:
            accounting.warn(block.lines[0].number, "A second subject was left out: “%(text)s”.", text=subject)
    return head


def _title(parts: Sequence[Part], accounting: LineAccounting) -> str | None:
    """The heading that says it is a letter, or else the first; lines of one title go together."""
    titles: list[list[Paragraph]] = []
    before: LetterRole | None = None
    for role, block in parts:
        if role is LetterRole.TITLE:
            if before is LetterRole.TITLE and not block.spaced and not block.level:
                titles[-1].append(block)
            else:
                titles.append([block])
        before = role
    if not titles:
        return None
    headings = [blocks for blocks in titles if blocks[0].level] or titles
    telling = [blocks for blocks in headings if LETTER_WORDS.search(blocks[0].text)]
    nouns = [blocks for blocks in headings if LETTER_NOUN.search(blocks[0].text)]
    title = (nouns or telling or headings)[0]
    for blocks in titles:
        if blocks is not title:
            accounting.leave_out(
                [line for block in blocks for line in block.lines],
                "A second heading above the letter was left out: “%(text)s”.",
            )
    text = " ".join(block.whole for block in title).strip("*_ ")
    if not title[0].level and not LETTER_WORDS.search(text) and len(text.split()) < 5:
        accounting.warn(title[0].lines[0].number, "“%(text)s” was taken for the title; check it.", text=text)
    return text


def _read_dates(head: Head, parts: Sequence[Part], accounting: LineAccounting, language: str | None) -> None:
    """The date nearest to the letter is its own; one above it, or one labelled so, is the page's."""
    own: list[date | None] = []
    for role, block in parts:
        if role not in (LetterRole.DATE, LetterRole.PAGE_DATE):
            continue
        found = find_date(block.text, language)
        accounting.reads_block(block)
        if found is None:
            continue
        if found.day is None:
            readings = " or ".join(day.isoformat() for day in found.readings)
            accounting.warn(
                block.lines[0].number,
                "The date “%(text)s” can mean %(readings)s; it was left open.",
                text=block.text,
                readings=readings,
            )
        if role is LetterRole.PAGE_DATE:
            head.page_on = head.page_on or found.day
        else:
            own.append(found.day)
            if len(own) > 2:
                accounting.leave_out(block.lines, "A further date was left out: “%(text)s”.")
    if own:
        head.dated_on = own[-1]
        if len(own) > 1 and head.page_on is None and own[0] != own[-1]:
            head.page_on = own[0]


def _addressees(parts: Sequence[Part], accounting: LineAccounting) -> list[Addressee]:
    """Everyone addressed; blank lines part addresses, save where each line is a paragraph of its own."""
    groups: list[list[str]] = []
    blocks = [block for role, block in parts if role is LetterRole.ADDRESSEE]
    apart = all(block.spaced for block in blocks)
    before: LetterRole | None = None
    for role, block in parts:
        if role is LetterRole.ADDRESSEE:
            text = _unlabelled(block, accounting)
            rows = [text] if text else []
            goes_on = before is LetterRole.ADDRESSEE and (
                not block.spaced or apart or (text and holds_no_name(text) and len(groups[-1]) < 3)
            )
            if goes_on and groups and not TO_LABEL.match(block.text):
                groups[-1] += rows
            else:
                groups.append(rows)
        before = role
    return [found for rows in groups if rows for found in addressees_of(rows)]


def _unlabelled(block: Paragraph, accounting: LineAccounting) -> str:
    text = block.whole.strip("*_ ")
    if TO_ALONE.fullmatch(text):
        accounting.reads_block(block)
        return ""
    bare = TO_LABEL.sub("", text, count=1)
    bare = TO_SOMEBODY.sub("", bare, count=1) if bare == text else bare
    if bare != text:
        accounting.reads_block(block, bare)
    return bare.strip("*_ ")
