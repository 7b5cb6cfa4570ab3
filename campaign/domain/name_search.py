"""By what a supporter is found on the desk: the words of a name or an organization, in whatever order.

The database has no name to look through. It has, hashed under a key, the stem of each word: its first four
letters, and of what is written in Han or Kana, which has no spaces, each sign. So a search for "maria" is
given all who have a word that begins with "mari", and who of these is meant is told by the names themselves.
"""

from campaign.domain.han_variants import simplified, simplified_in_terms, written_in_terms
from campaign.domain.name_order import fold_name

# More of a name tells nobody apart.
LONGEST_TERM = 40
# Of a title as long as a sentence the first words are enough to come upon it.
MOST_WORDS = 8
_MOST_SIGNS = 16
LONGEST_SEARCH = 200
# No UTF-8 begins with it.
TWINS_FROM = b"\xff"
MOST_WORDS_SOUGHT = 6
# Of a word this much is looked up. Of a shorter one no name is found by the beginning alone.
STEM = 4


def terms_of(name: str, organization: str | None) -> frozenset[bytes]:
    """All by which a signature was found until its name was encrypted; migrations go by it."""
    return frozenset(
        term[:LONGEST_TERM].rstrip().encode()
        for text in (name, organization or "")
        for term in _turned(_in_terms(text))
    )


def twin_term(name: str, postal_code: str | None) -> bytes | None:
    """What two signatures shared until then whose name and postal code are the same; None without either.

    It stands behind all terms, so that no search comes upon it.
    """
    folded, place = _in_terms(name), fold_name(postal_code or "").replace(" ", "")
    if not (folded and place):
        return None
    return TWINS_FROM + f"{folded[:LONGEST_TERM]}|{place}".encode()


def sought(text: str) -> str | None:
    """What was typed as terms have it; None without a letter or a digit to look for."""
    return _folded(text)[:LONGEST_TERM].rstrip() or None


def words_of(sought_text: str) -> tuple[str, ...]:
    """The words of what is sought, each to be found by itself."""
    return tuple(dict.fromkeys(sought_text.split(" ")))[:MOST_WORDS_SOUGHT]


def stems_of(name: str, organization: str | None) -> frozenset[str]:
    """The stems of all words by which a signature is found; none for one without a name."""
    return frozenset(
        stem
        for text in (name, organization or "")
        for word in _in_terms(text).split(" ")[:MOST_WORDS]
        for stem in _stems(word)
    )


def stems_sought(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The stems that whoever is found by all of these words has: of each, one of its spellings."""
    return tuple(dict.fromkeys(written_in_terms(stem) for word in words for stem in _stems(word)))


def is_found(words: tuple[str, ...], name: str, organization: str | None) -> bool:
    """Whether each of the words begins a word of the name or the organization, or is in one of Han."""
    theirs = [*_words(name), *_words(organization or "")]
    return all(any(_fits(sought_word, word) for word in theirs) for sought_word in words)


def twin_text(name: str, postal_code: str | None) -> str | None:
    """What two signatures share whose name and postal code are the same; None without either."""
    folded, place = _in_terms(name), fold_name(postal_code or "").replace(" ", "")
    return f"{folded}|{place}" if folded and place else None


def _words(text: str) -> list[str]:
    return _folded(text).split(" ")[:MOST_WORDS]


def _stems(word: str) -> set[str]:
    if word and all(map(_is_of_han, word)):
        return set(word[:_MOST_SIGNS])
    return {word[:STEM]} if word else set()


def _fits(sought_word: str, word: str) -> bool:
    if all(map(_is_of_han, sought_word)):
        return sought_word in word
    return word.startswith(sought_word) if len(sought_word) >= STEM else word == sought_word


def _folded(text: str) -> str:
    return simplified(fold_name(text))


def _in_terms(text: str) -> str:
    """The same as terms have it: to fold more there, all that are stored would have to be made anew."""
    return simplified_in_terms(fold_name(text))


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
