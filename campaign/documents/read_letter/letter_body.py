"""The text of a letter cut in three: introduction, asks, conclusion."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from campaign.documents.read_letter.ask_titles import AskItem, asks_of
from campaign.documents.read_letter.letter_head import Part
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.roles import LetterRole
from campaign.documents.read_letter.sentences import first_sentence
from campaign.documents.read_letter.words.demands import ASK_WORDS
from campaign.domain.letter import LetterAsk

_WITHIN = re.compile(r"(?:(?<=\s)|(?<=[:：，,;；]))(?:[(（]([1-9])[)）]|([1-9])[)）])\s*(?=\S)")


@dataclass
class Body:
    """The text between salutation and closing."""

    introduction: list[Paragraph]
    asks: list[LetterAsk]
    conclusion: list[Paragraph]


def read_body(parts: Sequence[Part], accounting: LineAccounting) -> Body:
    """The introduction with its lead, the asks, and what comes after them; asks are never made up."""
    items: list[AskItem] = []
    introduction: list[Paragraph] = []
    conclusion: list[Paragraph] = []
    for role, block in parts:
        if not any(character.isalnum() for character in block.text):
            accounting.reads_block(block)
        elif role is LetterRole.ASK:
            items.append(AskItem([block]))
        elif role is LetterRole.ASK_TEXT and items:
            items[-1].paragraphs.append(block)
        elif role is LetterRole.LEAD and items:
            accounting.warn(
                block.lines[0].number,
                "This text leads to a further group of asks; it was put at the end of the ask before it.",
            )
            items[-1].after.append(block)
        elif role in (LetterRole.TEXT, LetterRole.LEAD, LetterRole.ASK_TEXT) and not conclusion:
            introduction.append(block)
        elif role in (LetterRole.TEXT, LetterRole.CONCLUSION, LetterRole.LEAD):
            conclusion.append(block)
    if items and not any(item.paragraphs[0].marker or item.paragraphs[0].level for item in items):
        accounting.warn(
            items[0].paragraphs[0].lines[0].number,
            "The asks are not marked as a list; check where each begins and ends.",
        )
    if not items:
        return _in_a_sentence(introduction, conclusion, accounting) or Body(introduction, [], conclusion)
    return Body(introduction, asks_of(items, accounting), conclusion)


def _in_a_sentence(
    introduction: list[Paragraph], conclusion: list[Paragraph], accounting: LineAccounting
) -> Body | None:
    """Asks numbered inside one sentence: "we ask you (1) to …, and (2) to …"."""
    text = [*introduction, *conclusion]
    for index, block in enumerate(text):
        marks = list(_WITHIN.finditer(block.text[:4000]))
        if len(marks) < 2 or [int(mark[1] or mark[2]) for mark in marks] != list(range(1, len(marks) + 1)):
            continue
        lead = block.text[: marks[0].start()]
        if not ASK_WORDS.search(lead):
            continue
        ends = [mark.start() for mark in marks[1:]] + [len(block.text)]
        texts = [block.text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
        last = first_sentence(texts[-1])
        rest = texts[-1][len(last) :].strip()
        items = [AskItem([Paragraph(block.lines, part)]) for part in [*texts[:-1], last]]
        accounting.warn(
            block.lines[0].number, "The asks are not marked as a list; check where each begins and ends."
        )
        asks = asks_of(items, accounting)
        accounting.reads_block(block)
        after = [Paragraph(block.lines, rest)] if rest else []
        return Body([*text[:index], Paragraph(block.lines, lead.strip())], asks, [*after, *text[index + 1 :]])
    return None
