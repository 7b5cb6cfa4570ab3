"""What the reader of a letter was unsure of, in the language of the page.

A doubt is stored as an English sentence, which may quote the letter. Here are the sentences that do, as the
catalogues know them; those that quote nothing are known by the reader's own words.
"""

import re
from functools import lru_cache

from campaign.i18n import catalogue, to_translate
from campaign.web.languages import current_language

SENTENCES = (
    to_translate("A closing word among the signatories was left out: “%(text)s”."),
    to_translate("A contact was left out: “%(text)s”."),
    to_translate("A footnote was left out of the text: “%(text)s”."),
    to_translate("A further date was left out: “%(text)s”."),
    to_translate("A head or foot repeated on each page was left out: “%(text)s”."),
    to_translate("A heading among the signatories was left out: “%(text)s”."),
    to_translate("A line ends in the middle of “%(text)s”; the hyphen was kept."),
    to_translate("A page number was left out: “%(text)s”."),
    to_translate("A second heading above the letter was left out: “%(text)s”."),
    to_translate("A second subject was left out: “%(text)s”."),
    to_translate(
        "It is unclear whether %(count)s of the signatories are people or organizations;"
        " they were taken for organizations."
    ),
    to_translate("Keys above the text were left out: “%(text)s”."),
    to_translate("Text after the letter was left out: “%(text)s”."),
    to_translate("Text around the letter was left out: “%(text)s”."),
    to_translate("Text before the letter was left out: “%(text)s”."),
    to_translate("Text outside the main part of the page was left out: “%(text)s”."),
    to_translate("The copied officials on one line were taken for %(count)s people; check them."),
    to_translate("The date %(day)s comes from the dateline of the text; check it."),
    to_translate("The date “%(text)s” can mean %(readings)s; it was left open."),
    to_translate("The foot of the page was left out: “%(text)s”."),
    to_translate("The heading of a list of signatories was left out: “%(text)s”."),
    to_translate("The line naming the author was left out: “%(text)s”."),
    to_translate("The mark of a press release was left out: “%(text)s”."),
    to_translate("The names on one line were taken for %(count)s people; check them."),
    to_translate("The names on one line were taken for %(count)s signatories; check them."),
    to_translate("The sender's letterhead was left out: “%(text)s”."),
    to_translate("The sender's line was left out: “%(text)s”."),
    to_translate("The text is not UTF-8; it was read as Chinese %(name)s."),
    to_translate("The text reads as %(found)s, and was imported as %(said)s."),
    to_translate("This text above the letter was left out: “%(text)s”."),
    to_translate("This text above the title was left out: “%(text)s”."),
    to_translate("This text fits no part of the letter and was left out: “%(text)s”."),
    to_translate("Those counted but not named were left out: “%(text)s”."),
    to_translate("Words of the page around the letter were left out: “%(text)s”."),
    to_translate("“%(text)s” was taken for an addressee; check it."),
    to_translate("“%(text)s” was taken for the subject; check it."),
    to_translate("“%(text)s” was taken for the title; check it."),
)
# The lines a text was taken from stand before its colon; the list says the first of them anyway.
_LINES = r"(?: \(lines [^)]*\))?"
_PLACE = re.compile(r"%\\\((\w+)\\\)s")


def in_words(message: str) -> str:
    """A stored doubt in the page's language; as it is where nobody knows it."""
    words = catalogue(current_language())
    for sentence, pattern in _patterns():
        found = pattern.fullmatch(message)
        if found:
            return words.gettext(sentence) % found.groupdict()
    return words.gettext(message)


def is_known(message: str) -> bool:
    """Whether a doubt that quotes something is one of the sentences here."""
    return any(pattern.fullmatch(message) for _, pattern in _patterns())


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((sentence, _pattern(sentence)) for sentence in SENTENCES)


def _pattern(sentence: str) -> re.Pattern[str]:
    escaped = _PLACE.sub(r"(?P<\1>.*)", re.escape(sentence))
    return re.compile(escaped.replace(":\\ “", f"{_LINES}: “"), re.DOTALL)
