"""Where sentences end and how the halves of a broken line go together."""

import re
from collections.abc import Collection

from campaign.documents.read_letter.words.patterns import words_in

_TERMINAL = ".!?。！？؟。.．;；:：།…۔"
_CLOSERS = "\"'”’»)]）」』】*_"
_ENDS = re.compile(
    rf"[{re.escape(_TERMINAL)}]\s*[{re.escape(_CLOSERS)}]*\s*(?:\[?\d{{1,3}}\]?|[¹²³⁴-⁹]+)?\s*[{re.escape(_CLOSERS)}]*$"
)
_SENTENCE = re.compile(r"([.!?。！？؟།]+[\"'”’»)\]）」』]*)(\s*)")
_ABBREVIATION = words_in(
    """
    mr mrs ms dr prof hon st no nos art arts vs etc inc ltd co corp gen sen rep gov amb rev jr sr
    fig cf al ed eds vol pp p para paras approx dept est jan feb mar apr jun jul aug sep sept oct
    nov dec u.s u.n u.k e.u e.g i.e n.w s.w n.e s.e d.c a.m p.m m mm mme mlle av bd art ss srs sra
    sres ud uds ee.uu núm bzw z.b d.h usw nr abs hr fr
    """
)  # fmt: skip
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_LETTERS = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")


def ends_sentence(text: str) -> bool:
    """Whether a line ends as a sentence or clause does, quotation marks and footnote numbers aside."""
    tail = text[-12:]
    if not _ENDS.search(tail):
        return False
    last = text.rsplit(None, 1)[-1].rstrip(_CLOSERS)
    return not (last.endswith(".") and last[:-1].lower() in _ABBREVIATION)


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence, the stop included; all of it if it is one sentence."""
    for match in _SENTENCE.finditer(text):
        if match.end() == len(text):
            return text
        han = match[1][0] in "。！？།"
        if not han and not match[2]:
            continue
        following = text[match.end()]
        if match[1][0] == "." and (following.islower() or _is_abbreviation(text[: match.start()])):
            continue
        if len(match[1]) > 1 and match[1][-1] in "\"'”’»" and following.islower():
            continue
        return text[: match.end(1)]
    return text


def _is_abbreviation(before: str) -> bool:
    word = before[-14:].rsplit(None, 1)[-1].lstrip("(“\"'«[") if before[-14:].strip() else ""
    plain = word.lower()
    return (
        plain in _ABBREVIATION
        or (len(word) == 1 and word.isalpha())
        or re.fullmatch(r"(?:\w\.)+\w", word) is not None
    )


def joined(lines: list[str], known: Collection[str]) -> tuple[str, list[str]]:
    """Lines as one paragraph, and the words broken by a hyphen whose spelling nothing settles.

    `known` holds the words of the whole text in lower case: a word broken at a hyphen is put together without
    it where the text has it so elsewhere; otherwise the hyphen stays.
    """
    text, unsure = lines[0], []
    for line in lines[1:]:
        if text.endswith("\u00ad"):
            text = text[:-1] + line
        elif _breaks_word(text, line):
            head, tail = _last_word(text[:-1]), _first_word(line)
            if (head + tail).lower() in known:
                text = text[:-1] + line
            else:
                if f"{head}-{tail}".lower() not in known:
                    unsure.append(f"{head}-{tail}")
                text += line
        elif (_CJK.match(text[-1]) and _CJK.match(line[0])) or text.endswith("་") or text.endswith("/"):
            text += line
        else:
            text = f"{text} {line}"
    return text, unsure


def vocabulary(lines: list[str]) -> frozenset[str]:
    """All words of the text in lower case, hyphenated ones whole, but none that a line end breaks."""
    found: set[str] = set()
    for line in lines:
        found.update(word.lower() for word in _LETTERS.findall(line.rstrip("-")))
    return frozenset(found)


def _breaks_word(text: str, line: str) -> bool:
    return len(text) > 2 and text[-1] in "-‐" and text[-2].isalpha() and line[0].islower()


def _last_word(text: str) -> str:
    found = re.search(r"[^\W\d_]+$", text[-60:])
    return found[0] if found else ""


def _first_word(text: str) -> str:
    found = _LETTERS.match(text[:60])
    return found[0] if found else ""
