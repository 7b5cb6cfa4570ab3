"""The title of an ask, as far as the author set one apart, and its text."""

import re
from dataclasses import dataclass, field

from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.sentences import first_sentence
from campaign.documents.read_letter.words.demands import ASK_WORDS
from campaign.documents.read_letter.words.ordinals import ORDINALS
from campaign.domain.letter import LetterAsk

_LONGEST_TITLE = 160
_MOST_TITLE_WORDS = 22
_COLON_TITLE = re.compile(r"([^.!?。:：]{3,90}[:：])\s*(?=\S)")


@dataclass
class AskItem:
    """One ask as blocks, the first of which opens it; a lead to a further group may come `after` it."""

    paragraphs: list[Paragraph]
    after: list[Paragraph] = field(default_factory=list)


def asks_of(items: list[AskItem], accounting: LineAccounting) -> list[LetterAsk]:
    apart = [_set_apart(item) for item in items]
    sentences = [_short_sentence(item) for item in items]
    if any(apart) or sum(sentence is not None for sentence in sentences) < 0.6 * len(items):
        sentences = [None] * len(items)
    asks = []
    for item, title, sentence in zip(items, apart, sentences, strict=True):
        asks.append(_ask(item, title or sentence))
        for paragraph in (*item.paragraphs, *item.after):
            accounting.reads(paragraph.lines[0], _without_mark(paragraph))
    return asks


def _without_mark(paragraph: Paragraph) -> str:
    line = paragraph.lines[0]
    if paragraph.marker and not line.marker:
        return line.text[len(paragraph.mark) :].strip()
    return line.text


def _set_apart(item: AskItem) -> str | None:
    """The title that the author set apart: in bold, as a heading, or on a line of its own."""
    first = item.paragraphs[0]
    if first.level:
        return first.text
    if 0 < first.strong < len(first.text) and first.strong <= _LONGEST_TITLE + 40:
        bold = first.text[: first.strong].rstrip()
        stop = re.match(r"\s?[.:：。!?](?=\s|$)", first.text[len(bold) :])
        return bold + stop[0] if stop else bold
    if _is_title_line(item):
        return first.text
    return first.text if first.strong >= len(first.text) > 0 and len(item.paragraphs) > 1 else None


def _is_title_line(item: AskItem) -> bool:
    first = item.paragraphs[0].text
    if len(item.paragraphs) < 2 or len(first) > _LONGEST_TITLE or item.paragraphs[1].marker:
        return False
    if first_sentence(first) != first:
        return False
    return not first.endswith((":", "：", ",", ";")) or len(first.split()) <= 6


def _short_sentence(item: AskItem) -> str | None:
    """The first sentence, short like a title, of an ask that goes on after it."""
    text = item.paragraphs[0].text
    colon = _COLON_TITLE.match(text)
    if colon and len(colon[1].split()) <= 8 and not ASK_WORDS.search(colon[1]):
        return colon[1]
    sentence = first_sentence(text)
    if len(sentence) == len(text) and len(item.paragraphs) == 1:
        return None
    if (len(sentence.split()) == 1 and sentence.isascii()) or any(
        form.fullmatch(sentence.rstrip(".,:")) for form in ORDINALS
    ):
        return None
    if len(sentence) > 120 or len(sentence.split()) > _MOST_TITLE_WORDS:
        return None
    return sentence


def _ask(item: AskItem, title: str | None) -> LetterAsk:
    first = item.paragraphs[0].text
    rest = first[len(title) :].strip() if title else first
    rest = re.sub(r"^[–—-]\s+", "", rest) if title else rest
    texts = [rest, *(paragraph.whole for paragraph in [*item.paragraphs[1:], *item.after])]
    return LetterAsk("\n\n".join(text for text in texts if text), title)
