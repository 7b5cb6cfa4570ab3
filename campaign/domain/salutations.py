"""How an official is greeted: as the letter greets its addressee, else by title and name."""

import re
from collections.abc import Sequence

from campaign.i18n import catalogue, to_translate

_BY_NAME = to_translate("Dear %(name)s,")
# Each language puts title and name into its own order.
_BY_TITLE_AND_NAME = to_translate("Dear %(title)s %(name)s,")
# English titles that somebody is spoken to by, and what may stand before one of them. Any other, like
# “Member of the Subcommittee on Rivers”, would make a salutation nobody writes.
_RANKS = frozenset(
    [
        "ambassador",
        "chair",
        "chairman",
        "chairperson",
        "chairwoman",
        "chancellor",
        "commissioner",
        "congressman",
        "congresswoman",
        "councillor",
        "director",
        "governor",
        "judge",
        "justice",
        "mayor",
        "minister",
        "premier",
        "president",
        "professor",
        "rapporteur",
        "representative",
        "secretary",
        "secretary-general",
        "senator",
        "speaker",
    ]
)
_BEFORE_RANKS = frozenset(
    [
        "assistant",
        "associate",
        "attorney",
        "chief",
        "deputy",
        "executive",
        "foreign",
        "general",
        "high",
        "lord",
        "permanent",
        "prime",
        "principal",
        "special",
        "state",
        "under",
        "vice",
    ]
)
_END_OF_RANK = re.compile(r"[,;(]| (?:of|for|to|on|and|at|in) ")
_HONOURS = re.compile(r"^(?:the (?:right )?hon(?:ou?rable|\.)|hon\.|(?:his|her) excellency|h\.e\.)\s+", re.I)
# Languages in which any short title goes with a name; elsewhere it would have to agree in gender.
_TITLED = frozenset({"zh", "ug", "bo"})
_LONGEST_TITLE = 24


def suggested_salutation(
    name: str,
    title: str | None,
    *,
    language: str,
    letters_own: str | None = None,
    addressees: Sequence[str] = (),
) -> str:
    """How to greet an official in the letter's language while nobody has said so.

    `letters_own` is the letter's salutation, `addressees` are the names of all it is written to: where it
    greets this one of them alone, it is theirs.
    """
    if letters_own and _is_greeted(name, letters_own, addressees):
        return letters_own
    words = catalogue(language)
    name = _HONOURS.sub("", name)
    rank = _rank(name, title, language)
    if rank:
        return words.gettext(_BY_TITLE_AND_NAME) % {"title": rank, "name": name}
    return words.gettext(_BY_NAME) % {"name": name}


def _is_greeted(name: str, salutation: str, addressees: Sequence[str]) -> bool:
    """Whether a salutation is for this addressee and for no other."""
    if name not in addressees:
        return False
    if len(addressees) == 1:
        return True
    greeted = set(_words_of(salutation))
    return [one for one in addressees if greeted & set(_words_of(one))] == [name]


def _words_of(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2 and word not in _RANKS]


def _rank(name: str, title: str | None, language: str) -> str | None:
    """The part of a title that stands in a salutation; None where there is none, or the name has one."""
    tongue = language.partition("-")[0]
    if not title:
        return None
    if tongue in _TITLED:
        is_short = len(title) <= _LONGEST_TITLE and not re.search(r"[,，、;；]", title)
        return title if is_short and title not in name else None
    if tongue != "en":
        return None
    words = _END_OF_RANK.split(title)[0].split()
    if (
        not words
        or words[-1].casefold() not in _RANKS
        or name.split()[0].casefold() in _RANKS | _BEFORE_RANKS
    ):
        return None
    start = len(words) - 1
    while start and words[start - 1].casefold() in _BEFORE_RANKS:
        start -= 1
    return " ".join(words[start:])
