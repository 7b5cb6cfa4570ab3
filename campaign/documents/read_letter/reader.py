"""Turns lines of any kind of file into a letter: blocks, their roles on the best path, their record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import attrgetter, itemgetter

from campaign.documents.read_letter.addressees import addressee_of_salutation
from campaign.documents.read_letter.anchors import split_formulas
from campaign.documents.read_letter.dates import find_date
from campaign.documents.read_letter.division import Placed, divide
from campaign.documents.read_letter.division_warnings import warn_of_close_calls
from campaign.documents.read_letter.languages import language_of
from campaign.documents.read_letter.letter_body import Body, read_body
from campaign.documents.read_letter.letter_head import Head, Part, read_head
from campaign.documents.read_letter.letter_tail import Tail, read_copies, read_tail
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line, Source, display_width
from campaign.documents.read_letter.looks import looks_of
from campaign.documents.read_letter.missing_parts import warn_of_missing_parts
from campaign.documents.read_letter.named_twice import warn_of_named_twice
from campaign.documents.read_letter.page_marks import page_marks
from campaign.documents.read_letter.paragraphs import Paragraph, blocks_as_given, paragraphs_of
from campaign.documents.read_letter.roles import LetterRole, LineRole
from campaign.documents.read_letter.sentences import vocabulary
from campaign.documents.read_letter.unquoting import unquoted
from campaign.domain.letter import Letter
from campaign.errors import RefusedError


@dataclass(frozen=True)
class ReadLetter:
    """A letter with the role of each of its lines, on which it stands."""

    letter: Letter
    roles: tuple[LineRole, ...]


def read_lines(source: Source, roles: Sequence[LineRole] | None = None) -> ReadLetter:
    """The letter in the lines of a file, as `roles` divide it or else as its best division does.

    Raises RefusedError where nothing shows that the lines are a letter.
    """
    lines = lines_of_letter(source)
    language = language_of("\n".join(line.text for line in lines))
    accounting = LineAccounting()
    if roles is None:
        marks = page_marks(lines)
        kept = [line for index, line in enumerate(lines) if index not in marks]
        blocks = paragraphs_of(kept, known=vocabulary([line.text for line in kept]))
        looks = looks_of(blocks, language)
        placed = divide(looks, [block.spaced for block in blocks])
        warn_of_close_calls(blocks, placed, accounting)
        parts = _in_order(lines, marks, blocks, placed)
    else:
        parts = list(blocks_as_given(lines, roles, vocabulary([line.text for line in lines])))
    letter = _letter(parts, language, accounting)
    _check_that_it_is_a_letter(letter)
    copies = [line for role, block in parts if role in _OF_COPIES for line in block.lines]
    warn_of_named_twice(letter, accounting, copies)
    begin = next((block.lines[0].number for role, block in parts if role in _OF_TEXT), 1)
    warn_of_missing_parts(letter, accounting, begin=begin, end=lines[-1].number)
    warnings = (*source.warnings, *accounting.close(letter, tuple(lines)))
    letter = replace(letter, warnings=tuple(sorted(warnings, key=attrgetter("line"))))
    return ReadLetter(letter, _line_roles(lines, parts))


def lines_of_letter(source: Source) -> list[Line]:
    """The lines that have roles: those of the file without marks of quoting, formulas set apart."""
    return split_formulas(unquoted(source.lines))


# Fewer columns of text say nothing that anyone could sign.
_LEAST_TEXT = 12
_OF_TEXT = frozenset(
    (LetterRole.TEXT, LetterRole.LEAD, LetterRole.ASK, LetterRole.ASK_TEXT, LetterRole.CONCLUSION)
)
_OF_COPIES = frozenset((LetterRole.COPIED, LetterRole.COPIED_HEADING))
_OF_TAIL = frozenset((LetterRole.LIST_HEADING, LetterRole.SIGNATORY))


def _in_order(
    lines: Sequence[Line], marks: dict[int, LetterRole], blocks: Sequence[Paragraph], placed: Sequence[Placed]
) -> list[Part]:
    """All blocks in the order of the file, those that were marked beforehand among them."""
    place = {id(line): index for index, line in enumerate(lines)}
    parts = [
        (place[id(block.lines[0])], (put.role, block)) for block, put in zip(blocks, placed, strict=True)
    ]
    parts += [(index, (role, Paragraph([lines[index]], lines[index].text))) for index, role in marks.items()]
    return [part for _, part in sorted(parts, key=lambda found: found[0])]


def _line_roles(lines: Sequence[Line], parts: Sequence[Part]) -> tuple[LineRole, ...]:
    given = {id(line): (role, at > 0) for role, block in parts for at, line in enumerate(block.lines)}
    rows = []
    for line in lines:
        role, goes_on = given.get(id(line), (None, False))
        rows.append(LineRole(line.number, role, line.text, goes_on))
    return tuple(rows)


def _letter(parts: Sequence[Part], language: str | None, accounting: LineAccounting) -> Letter:
    of_text = [at for at, (role, _) in enumerate(parts) if role in (*_OF_TEXT, LetterRole.SALUTATION)]
    begin, end = (of_text[0], of_text[-1] + 1) if of_text else (0, 0)
    # A subject may stand below the salutation.
    above = [part for at, part in enumerate(parts) if at < begin or part[0] is LetterRole.SUBJECT]
    head = read_head(above, accounting, language=language)
    body = read_body([part for part in parts if part[0] in _OF_TEXT], accounting)
    tail = read_tail(
        [part for at, part in enumerate(parts) if at >= end or part[0] in _OF_TAIL],
        accounting,
        language=language,
    )
    closing = _closing(parts, accounting)
    salutation = _joined(parts, LetterRole.SALUTATION)
    _leave_out(parts, accounting)
    page_on, dated_on = _dates(head, tail, body, language, accounting)
    addressees = head.addressees or tail.addressees
    if not addressees and salutation:
        named = addressee_of_salutation(salutation)
        addressees = [named] if named else []
    return Letter(
        title=head.title,
        page_on=page_on,
        dated_on=dated_on,
        language=language,
        addressees=tuple(addressees),
        subject=head.subject,
        salutation=salutation,
        introduction=_texts(body.introduction),
        asks=tuple(body.asks),
        conclusion=_texts(body.conclusion),
        closing=closing,
        signatories=tuple(tail.signatories),
        copied=tuple(read_copies(parts, accounting)),
    )


def _joined(parts: Sequence[Part], wanted: LetterRole) -> str | None:
    return " ".join(block.whole.strip("*_ ") for role, block in parts if role is wanted) or None


def _closing(parts: Sequence[Part], accounting: LineAccounting) -> str | None:
    """The first closing; another word of the kind, as it stands above single signatures, is left out."""
    runs = [list(run) for role, run in groupby(parts, key=itemgetter(0)) if role is LetterRole.CLOSING]
    for run in runs[1:]:
        lines = [line for _, block in run for line in block.lines]
        accounting.leave_out(lines, "A closing word among the signatories was left out: “%(text)s”.")
    return _joined(runs[0], LetterRole.CLOSING) if runs else None


def _leave_out(parts: Sequence[Part], accounting: LineAccounting) -> None:
    """One warning for each stretch of blocks that stay out of the record; blind copies are never quoted."""
    for role, stretch in groupby(parts, key=itemgetter(0)):
        lines = [line for _, block in stretch for line in block.lines]
        match role:
            case LetterRole.FURNITURE:
                accounting.leave_out(lines, "Words of the page around the letter were left out: “%(text)s”.")
            case LetterRole.LEDE:
                accounting.leave_out(lines, "Text before the letter was left out: “%(text)s”.")
            case LetterRole.SENDER:
                accounting.leave_out(lines, "The sender's letterhead was left out: “%(text)s”.")
            case LetterRole.NOTE:
                accounting.leave_out(lines, "Text after the letter was left out: “%(text)s”.")
            case LetterRole.FOOTNOTE:
                accounting.leave_out(lines, "A footnote was left out of the text: “%(text)s”.")
            case LetterRole.ANSWER:
                accounting.leave_out(lines, "A letter below the letter was left out: “%(text)s”.")
            case LetterRole.BLIND_COPY:
                for line in lines:
                    accounting.reads(line)
                accounting.warn(lines[0].number, "A list of blind copies was left out.")


def _dates(
    head: Head, tail: Tail, body: Body, language: str | None, accounting: LineAccounting
) -> tuple[date | None, date | None]:
    """When the page was published and when the letter was written."""
    page_on, dated_on = head.page_on, head.dated_on
    if dated_on is None:
        dated_on = tail.dated_on
    elif tail.dated_on and tail.dated_on != dated_on and tail.date_above_names and page_on is None:
        page_on, dated_on = dated_on, tail.dated_on
    if dated_on is None and page_on is None and body.introduction:
        dated_on = _dateline(body.introduction[0], language, accounting)
    return page_on, dated_on


def _dateline(paragraph: Paragraph, language: str | None, accounting: LineAccounting) -> date | None:
    """The date of a text that opens with place and date as news do; it stays in the text."""
    match = re.match(r"[^.!?]{0,70}?\s[–—-]{1,2}\s|\([^()]{6,70}\)", paragraph.text)
    found = find_date(match[0], language) if match else None
    if found is None or found.day is None:
        return None
    accounting.warn(
        paragraph.lines[0].number,
        "The date %(day)s comes from the dateline of the text; check it.",
        day=found.day.isoformat(),
    )
    return found.day


def _texts(paragraphs: list[Paragraph]) -> tuple[str, ...]:
    return tuple(paragraph.whole for paragraph in paragraphs)


def _check_that_it_is_a_letter(letter: Letter) -> None:
    running = sum(display_width(text) for text in (*letter.introduction, *letter.conclusion))
    if running < _LEAST_TEXT and not letter.asks:
        raise RefusedError("This does not read as a letter: no running text was found in it.")
    signs = (
        letter.salutation,
        letter.closing,
        letter.asks,
        letter.signatories,
        letter.copied,
        letter.subject,
        letter.dated_on,
        letter.addressees,
    )
    if not any(signs):
        raise RefusedError(
            "This does not read as a letter: it has no salutation, date, subject, asks, closing or "
            "signatories."
        )
