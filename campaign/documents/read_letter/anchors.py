"""Words and places by which letters show their parts: greetings, closings, headings of lists, copies.

What is found here is evidence that the reader weighs, never a gate.
"""

import re
from collections.abc import Sequence

from campaign.documents.read_letter.lines import Line, display_width
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.shapes import is_prose
from campaign.documents.read_letter.words.closings import CLOSING_ALONE
from campaign.documents.read_letter.words.demands import ASK_WORDS
from campaign.documents.read_letter.words.greetings import SALUTATION, SALUTATION_HAN, SALUTATION_IF_ENDED
from campaign.documents.read_letter.words.labels import COPY_ALONE, COPY_LABEL, TO_LABEL
from campaign.documents.read_letter.words.places import PLACES
from campaign.documents.read_letter.words.signatures import (
    SIGN_ROOT,
    SIGNATORY_CORE,
    SIGNATORY_FILLER,
    SIGNATORY_HEAD_OTHER,
    SIGNATORY_SURE,
)

_GREETING_ENDS = (",", ":", "!", "，", "：", "！", "،", ";", "—", "–")
_PLAIN_GREETING = re.compile(
    r"dear\b|to whom|尊敬的|敬启者|敬啟者|亲爱的|親愛的|"
    r"estimad|sehr geehrt|ch[eè]r|ھۆرمەتلىك|уважаем|prezad|sayın",
    re.IGNORECASE,
)
_INLINE = re.compile(r"((?:dear|ch[eè]re?s?|estimad[oa]s?)\s[^,:;.!?]{1,90}[,:])\s+(?=\S)", re.IGNORECASE)
_INLINE_HAN = re.compile(r"((?:尊敬的|敬爱的|敬愛的|亲爱的|親愛的)[^：:。]{1,40}[：:])\s*(?=\S)")
_OPENS_TEXT = re.compile(
    r"[a-zà-ÿ]|(?:We|I|On behalf|The undersigned|As|In|It|This|Our|With|Nous|Je|Au nom|Les|"
    r"Nosotros|En nombre|Las|Los)\b"
)
_FORMULA = re.compile(
    r"(?<=[.!?])\s+(?=(?:Veuillez (?:agréer|recevoir|croire)|Nous vous prions (?:d['’]agréer|de "
    r"croire|de recevoir)|Sin otro particular|Please accept)\b)"
)
_NOTE_BEHIND = re.compile(r"\s*[(（][^()（）]{0,80}[)）](?=\s*[:：]?$)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ORGANIZATIONS_ALONE = frozenset(
    ("organizations", "organisations", "individuals", "organizaciones", "individuos", "ngos")
)


def split_formulas(lines: Sequence[Line]) -> list[Line]:
    """The lines with a salutation or closing formula inside a paragraph set on a line of its own."""
    apart: list[Line] = []
    greeted = False
    for line in lines:
        match = None if greeted else _INLINE.match(line.text) or _INLINE_HAN.match(line.text)
        rest = line.text[match.end() :] if match else ""
        han = match is not None and _INLINE_HAN.match(line.text) is not None
        runs_on = len(rest) >= 12 if han else _OPENS_TEXT.match(rest) is not None or len(rest) > 120
        parts = [line.text]
        if match and runs_on:
            greeted = True
            parts = [match[1], rest]
        elif len(line.text) < 4000 and line.text:
            parts = _FORMULA.split(line.text, maxsplit=1)
        if len(parts) == 1:
            apart.append(line)
        else:
            fixed = (line.fixed or bool(match), True)
            apart += [
                Line(line.number, part, line.indent, fixed=alone)
                for part, alone in zip(parts, fixed, strict=True)
            ]
    return apart


def greets(blocks: Sequence[Paragraph], at: int, passed: int) -> float:
    """How much a block reads as a salutation, from 0 to 1; `passed` counts the running text above it."""
    text = blocks[at].text.strip("*_ ")
    if not text or len(text) > 260 or passed > 40 or (ASK_WORDS.search(text) and len(text) > 60):
        return 0.0
    ended = text.endswith(_GREETING_ENDS)
    following = blocks[at + 1].text if at + 1 < len(blocks) else ""
    before_prose = is_prose(following) or display_width(following) >= 60
    if SALUTATION.match(text):
        if ended or (text.endswith("།") and len(text) <= 80):
            return 1.0
        if text.endswith(".") and len(text.split()) > 8:
            return 0.0
        return 1.0 if before_prose or (_PLAIN_GREETING.match(text) is not None and len(text) <= 110) else 0.0
    if SALUTATION_HAN.fullmatch(text) and not TO_LABEL.match(text):
        return 1.0
    if re.search(r"\b(?:to|that|must|should|on|of)\s*[:,]$", text):
        return 0.0
    if ended and text[-1] != ";" and len(text) <= 140 and SALUTATION_IF_ENDED.match(text):
        if before_prose or SALUTATION.match(following):
            aside = passed and text.lower().startswith("to ")
            return (0.5 if passed <= 2 else 0.0) if aside else 1.0
        return 0.0 if passed else 0.5
    return 0.0


def copies_begin(line: Line) -> bool:
    """Whether a line opens the list of those who receive a copy."""
    text = line.text.strip("*_ ")
    if COPY_ALONE.fullmatch(text):
        return True
    return COPY_LABEL.match(text) is not None and (len(text) < 60 or not is_prose(text) or ";" in text)


def closing_words(text: str) -> bool:
    """Whether a text is nothing but words that close a letter."""
    bare = text.rstrip(" ,.!，。！:：،;།").strip()
    thanks = text.endswith(".") and bare.lower().startswith("thank") and len(bare.split()) > 2
    if len(text) > 90 or thanks or not CLOSING_ALONE.fullmatch(bare):
        return False
    # "Signed:" heads the list; "Signed," closes the letter.
    return bare.lower() != "signed" or text.endswith((",", "."))


def closing_by_its_place(blocks: Sequence[Paragraph], at: int) -> bool:
    """Whether a few words with a comma stand between a finished sentence and what is no text."""
    block = blocks[at]
    text = block.text.strip("*_ ")
    if (
        not at
        or block.marker
        or not text.endswith((",", "，", "،"))
        or len(text) > 50
        or len(text.split()) > 6
    ):
        return False
    above = blocks[at - 1].text
    if not block.spaced or not ends_sentence(above) or above.endswith((":", "：", ";")):
        return False
    if at + 1 >= len(blocks):
        return True
    below = blocks[at + 1]
    return below.spaced and not (is_prose(below.text) or below.text.endswith((",", ";")))


def heads_inline_list(line: Line) -> bool:
    """Whether a heading of signatories and the names after it share a line, as in “Signed by: A; B; C”."""
    match = re.match(r"([^:：]{3,60}[:：])\s*\S", line.text)
    if match is None or line.marker:
        return False
    label = match[1].strip("*_ :：").lower()
    sure = any(word in SIGNATORY_SURE for word in re.findall(r"[^\W\d_]+", label))
    return (
        sure or SIGNATORY_HEAD_OTHER.fullmatch(match[1].strip("*_ ")) is not None
    ) and is_signatory_heading(Line(line.number, match[1]))


def is_signatory_heading(line: Line) -> bool:
    """Whether a line heads a list of those who signed, or a part of it, in words that are known for it."""
    text = _NOTE_BEHIND.sub("", line.text.strip("*_ "))
    if not text or len(text) > 160 or line.marker or line.cells:
        return False
    if SIGNATORY_HEAD_OTHER.fullmatch(text):
        return True
    ended = text.endswith((":", "："))
    if ended and SIGN_ROOT.search(text) and not ASK_WORDS.search(text):
        return True
    tokens = [found for found in _WORD.findall(text.lower()) if len(found) > 1 or found in "àsyu"]
    if not tokens or len(tokens) > 12 or text.endswith(".") or (text.endswith(",") and tokens != ["signed"]):
        return False
    core = [token for token in tokens if token in SIGNATORY_CORE]
    known = SIGNATORY_CORE | SIGNATORY_FILLER | PLACES
    if not core or any(token not in known for token in tokens):
        return False
    if any(token in SIGNATORY_SURE for token in core):
        return True
    alone = len(tokens) <= 3 and any(token in _ORGANIZATIONS_ALONE for token in core)
    return ended or alone or line.level > 0 or line.strong >= len(line.text)
