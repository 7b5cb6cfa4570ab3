"""Turns lines of any kind of file into a letter."""

import re
from dataclasses import replace
from datetime import date
from operator import attrgetter

from campaign.documents.read_letter.addressees import addressee_of_salutation
from campaign.documents.read_letter.affiliations import is_role
from campaign.documents.read_letter.anchors import (
    copies_begin,
    find_closing,
    find_salutation,
    is_prose,
    is_signatory_heading,
    next_text,
    split_inline_salutation,
    trailing_list_start,
)
from campaign.documents.read_letter.asks import Body, read_body
from campaign.documents.read_letter.boilerplate import without_boilerplate
from campaign.documents.read_letter.dates import find_date
from campaign.documents.read_letter.head import Head, read_head, text_begins
from campaign.documents.read_letter.head_blocks import date_line
from campaign.documents.read_letter.languages import language_of
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line, Source
from campaign.documents.read_letter.missing_parts import warn_of_missing_parts
from campaign.documents.read_letter.paragraphs import Paragraph, paragraphs_of, wrap_width
from campaign.documents.read_letter.sentences import ends_sentence, vocabulary
from campaign.documents.read_letter.tail import Tail, copied_of, read_tail
from campaign.documents.read_letter.words.labels import BLIND_COPY_LABEL, SUBJECT_LABEL
from campaign.documents.read_letter.words.signatures import SIGNATORY_HEAD_OTHER, SIGNATORY_SURE
from campaign.domain.letter import Addressee, Letter
from campaign.errors import RefusedError

_FRENCH_FORMULA = re.compile(
    r"(?<=[.!?])\s+(?=(?:Veuillez (?:agréer|recevoir|croire)|Nous vous prions (?:d['’]agréer|de "
    r"croire|de recevoir)|"
    r"Sin otro particular|Please accept)\b)"
)


def read_lines(source: Source) -> Letter:
    """The letter in the lines of a file; raises RefusedError where nothing shows that they are a letter."""
    accounting = LineAccounting()
    language = language_of("\n".join(line.text for line in source.lines))
    lines = without_boilerplate(source.lines, accounting)
    lines = _with_formulas_apart(split_inline_salutation(lines))
    greeting = find_salutation(lines)
    salutation = " ".join(line.text.strip("*_ ") for line in lines[slice(*greeting)]) if greeting else None
    begin = greeting[1] if greeting else text_begins(lines[: _head_limit(lines)], language)
    head = read_head(lines[: greeting[0] if greeting else begin], accounting, language=language)
    if greeting:
        begin = _subject_after_salutation(lines, begin, head, accounting)
    closing, end, rest = _end_of_text(lines, begin, accounting)
    if closing == "此致":
        rest = _addressee_after_closing(lines, rest, head)
    end, dated_on = _date_below_text(lines, begin, end, language, accounting)
    head.dated_on = head.dated_on or dated_on
    body = _body(lines, begin, end, accounting)
    tail = read_tail(lines[rest:], accounting, language=language)
    letter = _assembled(head, salutation, body, closing, tail, language, accounting)
    _check_that_it_is_a_letter(letter)
    warn_of_missing_parts(
        letter, accounting, begin=lines[min(begin, len(lines) - 1)].number, end=lines[-1].number
    )
    warnings = (*source.warnings, *accounting.close(letter, tuple(lines)))
    return replace(letter, warnings=tuple(sorted(warnings, key=attrgetter("line"))))


def _with_formulas_apart(lines: list[Line]) -> list[Line]:
    """Lines with a closing formula that shares a paragraph with the text set on a line of its own."""
    apart: list[Line] = []
    for line in lines:
        parts = _FRENCH_FORMULA.split(line.text, maxsplit=1) if len(line.text) < 4000 else [line.text]
        if len(parts) == 2:
            apart += [
                Line(line.number, parts[0], line.indent, fixed=line.fixed),
                Line(line.number, parts[1], line.indent, fixed=True),
            ]
        else:
            apart.append(line)
    return apart


def _head_limit(lines: list[Line]) -> int:
    """The end of where a head can be: the first list of signatories, at the latest."""
    for index, line in enumerate(lines):
        if line.text and is_signatory_heading(line) and index > 2:
            return index
    return len(lines)


def _subject_after_salutation(lines: list[Line], begin: int, head: Head, accounting: LineAccounting) -> int:
    """Where the text begins, after a subject line below the salutation, if there is one."""
    first = next_text(lines, begin)
    if first is None:
        return begin
    line = lines[first]
    text = line.text.strip("*_ ")
    label = SUBJECT_LABEL.match(text)
    alone = first + 1 >= len(lines) or lines[first + 1].blank or lines[first + 1].fixed
    strong = (
        line.level > 0 or line.strong >= len(line.text) or (text.isupper() and any(c.isalpha() for c in text))
    )
    stands_out = strong and alone and len(text) <= 220 and not line.marker and not ends_sentence(text)
    if head.subject is not None or not (label or stands_out or _is_plain_subject(lines, first)):
        return begin
    if not label and not stands_out:
        accounting.warn(line.number, "“%(text)s” was taken for the subject; check it.", text=text)
    subject = text[label.end() :] if label else text
    end = first + 1
    while (
        label
        and end < len(lines)
        and lines[end].text
        and not lines[end].fixed
        and not ends_sentence(lines[end - 1].text)
    ):
        subject = f"{subject} {lines[end].text}"
        end += 1
    head.subject = subject.strip("*_ ")
    accounting.reads(line, text[label.end() :] if label else text)
    return end


def _is_plain_subject(lines: list[Line], at: int) -> bool:
    """A line alone below the salutation, shorter than a sentence and without its stop, above running text."""
    text = lines[at].text
    following = next_text(lines, at + 1)
    alone = following is not None and following > at + 1 and is_prose(lines[following].text)
    plain = not lines[at].marker and len(text.split()) >= 3 and 12 <= len(text) <= 120
    return alone and plain and not ends_sentence(text) and not text.endswith(",") and not text[0].islower()


def _end_of_text(lines: list[Line], begin: int, accounting: LineAccounting) -> tuple[str | None, int, int]:
    """The closing, the index where the text ends, and the index where what follows begins."""
    heading = _first_heading(lines, begin)
    formula = find_closing(lines, begin)
    if formula and (heading is None or formula[0] <= heading):
        closing = " ".join(line.text.strip("*_ ") for line in lines[slice(*formula)] if line.text)
        return closing, formula[0], formula[1]
    if heading is not None and is_signatory_heading(lines[heading]):
        return None, heading, heading
    end = heading if heading is not None else len(lines)
    names = trailing_list_start(lines[:end], begin + 1)
    if names is not None and any(line.text for line in lines[begin:names]):
        accounting.warn(
            lines[names].number,
            "The signatories have neither a closing nor a heading before them; check where they begin.",
        )
        return None, names, names
    return None, end, end


def _addressee_after_closing(lines: list[Line], rest: int, head: Head) -> int:
    """Where the names begin: in a Chinese letter 此致 may be followed by whom the letter is for."""
    at = next_text(lines, rest)
    if at is None or not is_role(lines[at].text):
        return rest
    if not head.addressees:
        head.addressees.append(Addressee(lines[at].text))
    return at + 1


def _date_below_text(
    lines: list[Line], begin: int, end: int, language: str | None, accounting: LineAccounting
) -> tuple[int, date | None]:
    """Where the text ends before a line of place and date that stands below it, and that date."""
    last = next((index for index in range(end - 1, begin, -1) if lines[index].text), None)
    found = date_line(lines[last].text, language) if last is not None else None
    if last is None or found is None or found.day is None or lines[last].marker:
        return end, None
    accounting.reads(lines[last])
    return last, found.day


def _first_heading(lines: list[Line], begin: int) -> int | None:
    """The first heading of signatories or copies after the text, which no running text follows."""
    for index in range(begin, len(lines)):
        line = lines[index]
        if not line.text:
            continue
        if is_signatory_heading(line) or _heads_inline_list(line):
            following = next_text(lines, index + 1)
            if (
                following is None
                or not is_prose(lines[following].text)
                or _heads_inline_list(line)
                or ";" in lines[following].text
            ):
                return index
        elif copies_begin(line) or BLIND_COPY_LABEL.match(line.text.strip("*_ ")):
            return index
    return None


def _heads_inline_list(line: Line) -> bool:
    match = re.match(r"([^:：]{3,60}[:：])\s*\S", line.text)
    if match is None or line.marker:
        return False
    label = match[1].strip("*_ :：").lower()
    sure = any(word in SIGNATORY_SURE for word in re.findall(r"[^\W\d_]+", label))
    return (
        sure or SIGNATORY_HEAD_OTHER.fullmatch(match[1].strip("*_ ")) is not None
    ) and is_signatory_heading(Line(line.number, match[1]))


def _body(lines: list[Line], begin: int, end: int, accounting: LineAccounting) -> Body:
    region = lines[begin:end]
    known = vocabulary([line.text for line in lines])
    paragraphs = paragraphs_of(region, width=wrap_width(region), known=known)
    for paragraph in paragraphs:
        accounting.warnings += paragraph.warnings
    paragraphs = [paragraph for paragraph in paragraphs if any(c.isalnum() for c in paragraph.text)]
    return read_body(paragraphs, accounting)


def _assembled(
    head: Head,
    salutation: str | None,
    body: Body,
    closing: str | None,
    tail: Tail,
    language: str | None,
    accounting: LineAccounting,
) -> Letter:
    page_on, dated_on = head.page_on, head.dated_on
    if tail.dated_on and dated_on and page_on is None:
        page_on, dated_on = dated_on, tail.dated_on
    elif tail.dated_on and dated_on is None:
        dated_on = tail.dated_on
    if dated_on is None and page_on is None and body.introduction:
        dated_on = _dateline(body.introduction[0], language, accounting)
    addressees = head.addressees
    if not addressees and salutation:
        named = addressee_of_salutation(salutation)
        addressees = [named] if named else []
    copied = [*copied_of(head.copies, accounting), *tail.copied]
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
        copied=tuple(copied),
    )


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
    if not (letter.introduction or letter.asks or letter.conclusion):
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
