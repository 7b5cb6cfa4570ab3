"""Asks as bare paragraphs after "we urge you to:", without a mark of any kind."""

import re

from campaign.documents.read_letter.ask_items import AskItem, end_of_list, items_of
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.words.demands import ASK_WORDS, COMMANDS_FOLLOW, CONCLUSION, NO_COMMAND

_INFINITIVE = re.compile(r"(?:to|that|de|d['’]|que|a|zu|dass)\s", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[A-Z][A-Za-z]+(?=[\s,])")


def after_colon(paragraphs: list[Paragraph]) -> tuple[int, list[AskItem], int] | None:
    """The asks after the first lead-in that ends with a colon, known by how they begin or end."""
    for index, paragraph in enumerate(paragraphs[:-1]):
        if not paragraph.text.endswith((":", "：")) or not ASK_WORDS.search(paragraph.text[-400:]):
            continue
        for test in (_ends_open, _begins_small, _follows_closely):
            end = index + 1
            while end < len(paragraphs) and test(paragraphs, end):
                end += 1
            if test is _ends_open and end > index + 1 and end < len(paragraphs):
                end += 1  # the last of a series ends with a full stop
            if end - index > 2:
                heads = list(range(index + 1, end))
                return index + 1, items_of(paragraphs, heads), end
        heads = _commands(paragraphs, index)
        if len(heads) > 1:
            return index + 1, items_of(paragraphs, heads), end_of_list(paragraphs, heads)
    return None


def _ends_open(paragraphs: list[Paragraph], at: int) -> bool:
    return bool(re.search(r"(?:[;；،,]|[;,]\s*(?:and|or|et|y|und))$", paragraphs[at].text))


def _begins_small(paragraphs: list[Paragraph], at: int) -> bool:
    text = paragraphs[at].text
    return text[0].islower() or bool(_INFINITIVE.match(text))


def _follows_closely(paragraphs: list[Paragraph], at: int) -> bool:
    """Lines without blanks between them, in a text that otherwise sets paragraphs apart."""
    paragraph = paragraphs[at]
    before = sum(other.spaced for other in paragraphs[:at])
    first = paragraphs[at - 1].text.endswith((":", "："))
    if before < 2 or CONCLUSION.match(paragraph.text):
        return False
    if first:
        return at + 1 < len(paragraphs) and not paragraphs[at + 1].spaced
    return not paragraph.spaced


def _commands(paragraphs: list[Paragraph], lead: int) -> list[int]:
    """The paragraphs after an English lead-in that open with a verb; one without may stand between two."""
    if not COMMANDS_FOLLOW.search(paragraphs[lead].text) or not _is_command(paragraphs[lead + 1]):
        return []
    heads: list[int] = []
    for index in range(lead + 1, len(paragraphs)):
        paragraph = paragraphs[index]
        if paragraph.level or paragraph.marker or CONCLUSION.match(paragraph.text):
            break
        if _is_command(paragraph):
            heads.append(index)
        elif index - heads[-1] > 1:
            break
    return heads


def _is_command(paragraph: Paragraph) -> bool:
    """Whether a paragraph opens with a word that can be a verb in the imperative."""
    word = _FIRST_WORD.match(paragraph.text)
    return word is not None and word[0].lower() not in NO_COMMAND
