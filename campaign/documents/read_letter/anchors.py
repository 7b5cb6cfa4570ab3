"""Finds the lines by which a letter shows its parts: salutation, closing, headings of lists, copies."""

import re

from campaign.documents.read_letter.lines import Line, display_width
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.words.closings import CLOSING_ALONE, CLOSING_SENTENCE
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

# A page may set a few paragraphs of its own above the letter; further down nobody is greeted.
_MOST_TEXT_BEFORE = 40
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
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ORGANIZATIONS_ALONE = frozenset(
    ("organizations", "organisations", "individuals", "organizaciones", "individuos", "ngos")
)


def is_prose(text: str) -> bool:
    """Whether a line reads as running text rather than as a name, a heading or a part of an address."""
    width = display_width(text)
    if width >= 150:
        return True
    return width >= 60 and ends_sentence(text) and not text.endswith((":", "：")) and len(text.split()) != 1


def next_text(lines: list[Line], index: int) -> int | None:
    """The index of the next line that is not blank."""
    for position in range(index, len(lines)):
        if lines[position].text:
            return position
    return None


def find_salutation(lines: list[Line]) -> tuple[int, int] | None:
    """Where the salutation begins and ends, the end excluded; the first in the text counts."""
    prose = 0
    for index, line in enumerate(lines):
        if line.text and _greets(lines, index, prose):
            return index, _salutation_end(lines, index)
        prose += is_prose(line.text)
        if prose > _MOST_TEXT_BEFORE:
            break
    return None


def split_inline_salutation(lines: list[Line]) -> list[Line]:
    """The lines with a salutation that runs on into the text set on a line of its own."""
    for index, line in enumerate(lines):
        match = _INLINE.match(line.text) or _INLINE_HAN.match(line.text)
        rest = line.text[match.end() :] if match else ""
        han = _INLINE_HAN.match(line.text) is not None
        runs_on = len(rest) >= 12 if han else _OPENS_TEXT.match(rest) is not None or len(rest) > 120
        if match and runs_on:
            parts = [
                Line(line.number, match[1], line.indent, fixed=True),
                Line(line.number, rest, line.indent, fixed=True),
            ]
            return lines[:index] + parts + lines[index + 1 :]
    return lines


def find_closing(lines: list[Line], start: int) -> tuple[int, int] | None:
    """Where the closing begins and ends: the first one that running text does not follow."""
    for index in range(start, len(lines)):
        line = lines[index]
        if not line.text or line.marker:
            continue
        end = _closing_end(lines, index)
        if end is None and _closes_by_its_place(lines, index):
            end = index + 1
        if end is None:
            continue
        following = next_text(lines, end)
        if following is not None:
            after = lines[following].text
            if _closing_end(lines, following) is not None and not is_han_pair(line.text, after):
                continue
            if is_prose(after) and not is_signatory_heading(lines[following]):
                continue
            if is_han_pair(line.text, after):
                return index, following + 1
        return index, end
    return None


def is_han_pair(first: str, second: str) -> bool:
    """此致 and 敬礼 are one closing on two lines."""
    return first.startswith("此致") and second.startswith(("敬礼", "敬禮"))


def is_signatory_heading(line: Line) -> bool:
    """Whether a line heads a list of those who signed, or a part of it."""
    text = line.text.strip("*_ ")
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


def copies_begin(line: Line) -> bool:
    """Whether a line opens the list of those who receive a copy."""
    text = line.text.strip("*_ ")
    if COPY_ALONE.fullmatch(text):
        return True
    return COPY_LABEL.match(text) is not None and (len(text) < 60 or not is_prose(text) or ";" in text)


def trailing_list_start(lines: list[Line], start: int) -> int | None:
    """Where a list of names begins that ends the letter without a heading; None if none does."""
    first, count = None, 0
    for index in range(len(lines) - 1, start - 1, -1):
        line = lines[index]
        if not line.text:
            continue
        if first is None and _names_in_a_row(line.text) and not line.marker:
            return _after_last_sentence(lines, index)
        if line.marker or line.level or is_prose(line.text) or display_width(line.text) > 120:
            break
        if line.text.endswith((":", "：", ";", "?", "!", "。")):
            break
        if ends_sentence(line.text) and len(line.text.split()) > 4:
            break
        first, count = index, count + 1
    if first is None or count < 2:
        return None
    return _after_last_sentence(lines, first)


def _names_in_a_row(text: str) -> bool:
    """Whether one line holds several short names between semicolons."""
    parts = re.split(r"\s*[;；]\s*", text)
    return len(parts) >= 3 and all(part and len(part) <= 110 and not part[0].islower() for part in parts)


def _after_last_sentence(lines: list[Line], first: int) -> int | None:
    """A list begins after a finished sentence, not in the middle of one that is broken into lines."""
    before = next((line for line in reversed(lines[:first]) if line.text), None)
    return first if before is None or ends_sentence(before.text) or before.level else None


def _greets(lines: list[Line], index: int, prose: int = 0) -> bool:
    """Whether a line is a salutation; `prose` counts the lines of running text above it."""
    text = lines[index].text.strip("*_ ")
    if len(text) > 220 or (ASK_WORDS.search(text) and len(text) > 60):
        return False
    ended = text.endswith(_GREETING_ENDS)
    following = next_text(lines, index + 1)
    before_prose = following is not None and (
        is_prose(lines[following].text) or display_width(lines[following].text) >= 60
    )
    if SALUTATION.match(text):
        if ended or (text.endswith("།") and len(text) <= 80):
            return True
        if text.endswith(".") and len(text.split()) > 8:
            return False
        return before_prose or (_PLAIN_GREETING.match(text) is not None and len(text) <= 110)
    if SALUTATION_HAN.fullmatch(text) and not TO_LABEL.match(text):
        return not ASK_WORDS.search(text)
    if (text.lower().startswith("to ") and prose) or re.search(
        r"\b(?:to|that|must|should|on|of)\s*[:,]$", text
    ):
        return False
    if ended and len(text) <= 140 and SALUTATION_IF_ENDED.match(text):
        return before_prose or (following is not None and SALUTATION.match(lines[following].text) is not None)
    return False


def _salutation_end(lines: list[Line], index: int) -> int:
    end = _one_salutation_end(lines, index)
    # Several officials may each be greeted on a line of their own.
    while end < len(lines) and lines[end].text and _greets(lines, end):
        end = _one_salutation_end(lines, end)
    return end


def _one_salutation_end(lines: list[Line], index: int) -> int:
    if lines[index].text.endswith(_GREETING_ENDS):
        return index + 1
    length = len(lines[index].text)
    for position in range(index + 1, min(index + 4, len(lines))):
        line = lines[position]
        length += len(line.text)
        if not line.text or line.fixed or length > 260:
            break
        if line.text.endswith(_GREETING_ENDS):
            return position + 1
        if ends_sentence(line.text):
            break
    return index + 1


def _closes_by_its_place(lines: list[Line], index: int) -> bool:
    """A few words with a comma, alone between the text and the names, close a letter whatever they are."""
    text = lines[index].text.strip("*_ ")
    if not text.endswith((",", "，", "،")) or len(text) > 50 or len(text.split()) > 6:
        return False
    before = lines[index - 1] if index else None
    if before is not None and before.text and not lines[index].fixed:
        return False
    if index + 1 < len(lines) and lines[index + 1].text and not lines[index + 1].fixed:
        return False
    above = next((line for line in reversed(lines[:index]) if line.text), None)
    if above is None or not ends_sentence(above.text) or above.text.endswith((":", "：", ";")):
        return False
    following = next_text(lines, index + 1)
    return following is None or not (
        is_prose(lines[following].text) or lines[following].text.endswith((",", ";"))
    )


def _closing_end(lines: list[Line], index: int) -> int | None:
    """The end of a closing that begins at a line, if one does."""
    text = lines[index].text.strip("*_ ")
    bare = text.rstrip(" ,.!，。！:：،;།").strip()
    thanks = text.endswith(".") and bare.lower().startswith("thank") and len(bare.split()) > 2
    if len(text) <= 90 and CLOSING_ALONE.fullmatch(bare) and not thanks:
        # "Signed:" heads the list; "Signed," closes the letter.
        return None if bare.lower() == "signed" and not text.endswith((",", ".")) else index + 1
    if not CLOSING_SENTENCE.match(text):
        return None
    end = index + 1
    while end < len(lines) and end < index + 6 and lines[end].text and not lines[end].fixed:
        if ends_sentence(lines[end - 1].text) or lines[end - 1].text.endswith(","):
            break
        end += 1
    return end
