"""By what a supporter is found on the desk: the words of a name or an organization, in whatever order.

A term is a name begun with one of its words, the words before it put behind: "ada maria pell" is found as it
is, as "maria pell ada" and as "pell ada maria", and by the beginning of any of these. So the words of a name
in their order, or the last one first, are one range of an index, however many names it holds.
"""

from campaign.domain.han_variants import simplified
from campaign.domain.name_order import after_all, fold_name

# More of a name tells nobody apart.
LONGEST_TERM = 40
# Of a title as long as a sentence the first words are enough to come upon it.
MOST_WORDS = 8
_MOST_SIGNS = 16
LONGEST_SEARCH = 200
# No UTF-8 begins with it.
TWINS_FROM = b"\xff"
MOST_WORDS_SOUGHT = 6


def terms_of(name: str, organization: str | None) -> frozenset[bytes]:
    """All by which a signature is found, whatever pages show of it; none for one without a name."""
    return frozenset(
        term[:LONGEST_TERM].rstrip().encode()
        for text in (name, organization or "")
        for term in _turned(_folded(text))
    )


def twin_term(name: str, postal_code: str | None) -> bytes | None:
    """What two signatures share whose name and postal code are the same; None without either.

    It stands behind all terms, so that no search comes upon it.
    """
    folded, place = _folded(name), fold_name(postal_code or "").replace(" ", "")
    if not (folded and place):
        return None
    return TWINS_FROM + f"{folded[:LONGEST_TERM]}|{place}".encode()


def sought(text: str) -> str | None:
    """What was typed as terms have it; None without a letter or a digit to look for."""
    return _folded(text)[:LONGEST_TERM].rstrip() or None


def words_of(sought_text: str) -> tuple[str, ...]:
    """The words of what is sought, each to be found by itself."""
    return tuple(dict.fromkeys(sought_text.split(" ")))[:MOST_WORDS_SOUGHT]


def range_of(sought_text: str) -> tuple[bytes, bytes]:
    """From which term on, and before which, all terms are that begin so."""
    start = sought_text.encode()
    return start, after_all(start)


def _folded(text: str) -> str:
    return simplified(fold_name(text))


def _turned(folded: str) -> set[str]:
    words = folded.split(" ")
    if not words[0]:
        return set()
    turned = {" ".join((*words[at:], *words[:at])) for at in range(min(len(words), MOST_WORDS))}
    for word in words[:MOST_WORDS]:
        # Han and Kana have no spaces: a given name, or a part of an organization's, begins within.
        if len(word) > 1 and all(map(_is_of_han, word)):
            turned |= {word[at:] for at in range(1, min(len(word), _MOST_SIGNS))}
    return turned


def _is_of_han(sign: str) -> bool:
    return (
        "\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" or "\U00020000" <= sign <= "\U0003ffff"
    )
