"""Whether a text asks for something, by itself or by what it says comes next."""

import re

from campaign.documents.read_letter.shapes import reads_as_name
from campaign.documents.read_letter.words.demands import ASK_WORDS, DEMAND, LIST_FOLLOWS, NO_COMMAND

INFINITIVE = re.compile(r"(?:to|that|de|d['’]|que|a|zu|dass)\s", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[A-Z][A-Za-z]+(?=[\s,])")


def demands(text: str) -> bool:
    """Whether an item by itself asks for something: a duty, a question, a command, an infinitive."""
    if DEMAND.search(text) or text.endswith(("?", "？", "؟", ";", "；", "؛")) or INFINITIVE.match(text):
        return True
    return is_command(text) or (text[:1].islower() and not reads_as_name(text))


def is_command(text: str) -> bool:
    """Whether a text opens with a word that can be a verb in the imperative."""
    word = _FIRST_WORD.match(text)
    return word is not None and word[0].lower() not in NO_COMMAND and not reads_as_name(text)


def leads(text: str) -> bool:
    """Whether a paragraph asks, and says that what it asks for comes next."""
    tail = text[-400:]
    promises = tail.endswith((":", "：", "—", "…", "...")) or LIST_FOLLOWS.search(tail) is not None
    return promises and ASK_WORDS.search(tail) is not None
