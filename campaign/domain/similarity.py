"""How much of a text is its writer's own: fingerprints of letters, compared with what was written before.

The method is winnowing: S. Schleimer, D. S. Wilkerson and A. Aiken, "Winnowing: Local Algorithms for
Document Fingerprinting", SIGMOD 2003. A text is reduced to its letters and digits, so that spaces,
punctuation and case hide no copy. Every run of `GRAM` letters (a k-gram) is hashed, and of each `WINDOW`
neighbouring hashes (w) the smallest is chosen. Two texts that share a passage of GRAM + WINDOW - 1 letters
are sure to share a chosen hash; what is shorter than GRAM never counts as copied.

What is chosen, and so the score, is the same under every key: hashes without a key decide, of text that is
compared in memory. What is stored of supporters' texts is a hash of the chosen ones under a key.

GRAM is 18: three or four words of a language with letters. Shorter, and names of laws and offices would
look like copies; longer, and a copy with a word changed here and there would look new. A Han character says
as much as a syllable or a word, so it weighs three: six characters make a k-gram. WINDOW is 16, so that a
passage of 33 letters (six or seven words, eleven Han characters) is found for sure, and a text of two or
three sentences has about ten to forty chosen hashes.
"""

import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import accumulate
from struct import Struct

from campaign.domain.normal_form import in_normal_form

GRAM = 18
WINDOW = 16
# Of a longer text the smallest of its chosen hashes stand for all: the same ones for the same text.
MOST_FINGERPRINTS = 64
_WIDE_WEIGHT = 3
_NUMBER = Struct(">q")
# Proca and WriteToThem tell apart texts that are alike by a half and by nine tenths; so do we.
PERSONAL_FROM = 50
COPIED_BELOW = 10
# Two short sentences. Below this a text may be all its writer's own and still say little.
FEW_LETTERS = 50


class Advice(StrEnum):
    """What can be said of a text to whoever writes it."""

    NOTHING = "nothing"
    COPIED = "copied"
    PARTLY = "partly"
    SHORT = "short"
    OWN = "own"


@dataclass(frozen=True)
class Words:
    """A text's letters, and a key without which nobody can try out phrases on what is stored of them."""

    letters: str
    key: bytes

    @classmethod
    def of(cls, text: str, *, key: bytes) -> "Words":
        """The text without spaces, punctuation and case, compatible forms of letters made one (NFKC)."""
        folded = in_normal_form("NFKC", text).casefold()
        return cls("".join(sign for sign in folded if unicodedata.category(sign)[0] in "LMN"), key)

    @cached_property
    def grams(self) -> tuple[tuple[int, int, int], ...]:
        """Hash, beginning and end of every k-gram; a text too short for one is a single short one."""
        text = self.letters
        if text.isascii() and len(text) >= GRAM:
            # Every letter is one byte and weighs one: four times as fast for texts in English.
            content = text.encode()
            return tuple(
                (_hash(content[begin : begin + GRAM]), begin, begin + GRAM)
                for begin in range(len(content) - GRAM + 1)
            )
        return tuple(
            (_hash(text[begin:end].encode()), begin, end)
            for begin, end in _spans(text) or ([(0, len(text))] if text else [])
        )

    @cached_property
    def _fingerprints(self) -> Mapping[int, int]:
        """At most MOST_FINGERPRINTS of the chosen hashes, each with its own hash under the key."""
        chosen = sorted(_winnowed([hashed for hashed, _, _ in self.grams]))[:MOST_FINGERPRINTS]
        return {hashed: _hash(hashed.to_bytes(8, "big", signed=True), self.key) for hashed in chosen}

    @cached_property
    def sample(self) -> frozenset[int]:
        """The fingerprints by which other writers' texts are compared."""
        return frozenset(self._fingerprints.values())

    def fresh(self, campaign: Set[int]) -> frozenset[int]:
        """Those of the sample that reach outside the campaign's own texts."""
        copied = self._copied(campaign)
        return frozenset(
            self._fingerprints[hashed]
            for hashed, begin, end in self.grams
            if hashed in self._fingerprints and 0 in copied[begin:end]
        )

    def own(self, *, campaign: Set[int], others: Set[int]) -> int:
        """How much is the writer's own, from 0 to 100.

        `campaign` are the hashes of the campaign's own texts: letters of k-grams found there are not own.
        `others` are those of the sample that other supporters wrote: they take their share of the rest.
        """
        if not self.letters:
            return 0
        fresh = self.fresh(campaign)
        repeated = len(fresh & others) / len(fresh) if fresh else 0.0
        return round(100 * (1 - sum(self._copied(campaign)) / len(self.letters)) * (1 - repeated))

    def _copied(self, campaign: Set[int]) -> bytearray:
        """For each letter, 1 where the campaign's own texts have it in a passage they share."""
        copied = bytearray(len(self.letters))
        for hashed, begin, end in self.grams:
            if hashed in campaign:
                copied[begin:end] = b"\1" * (end - begin)
        return copied


@lru_cache(maxsize=64)
def hashes_of(text: str) -> frozenset[int]:
    """All hashes of a text of the campaign's own, which are asked for again and again."""
    return frozenset(hashed for hashed, _, _ in Words.of(text, key=b"").grams)


@lru_cache(maxsize=8)
def hashes_of_all(texts: tuple[str, ...]) -> frozenset[int]:
    """All hashes of a campaign's texts together."""
    return frozenset().union(*map(hashes_of, texts))


def is_personal(own_words: int | None) -> bool:
    """Whether a message with this score is mostly its writer's own."""
    return own_words is not None and own_words >= PERSONAL_FROM


def advice(words: Words, own: int) -> Advice:
    """What to tell the writer of a text with this score."""
    if not words.letters:
        return Advice.NOTHING
    if own < COPIED_BELOW:
        return Advice.COPIED
    if own < PERSONAL_FROM:
        return Advice.PARTLY
    weight = sum(map(_weight, words.letters))
    return Advice.SHORT if weight * own / 100 < FEW_LETTERS else Advice.OWN


def _spans(letters: str) -> list[tuple[int, int]]:
    """Beginning and end of each k-gram: as many characters as weigh GRAM."""
    reach = [0, *accumulate(map(_weight, letters))]
    spans: list[tuple[int, int]] = []
    end = 0
    for begin in range(len(letters)):
        while end <= len(letters) and reach[end] - reach[begin] < GRAM:
            end += 1
            if end > len(letters):
                return spans
        spans.append((begin, end))
    return spans


@lru_cache(maxsize=4096)
def _weight(letter: str) -> int:
    return _WIDE_WEIGHT if unicodedata.east_asian_width(letter) in "WF" else 1


def _hash(content: bytes, key: bytes = b"") -> int:
    """64 bits with a sign, as databases store whole numbers."""
    number: int = _NUMBER.unpack(blake2b(content, digest_size=8, key=key).digest())[0]
    return number


def _winnowed(hashes: Sequence[int]) -> frozenset[int]:
    """The smallest hash of every window. Its place does not matter here, so neither do ties."""
    if not hashes:
        return frozenset()
    smallest = min(hashes[:WINDOW])
    chosen = {smallest}
    for leaving, hashed in enumerate(hashes[WINDOW:]):
        if hashes[leaving] == smallest:
            # It is in this window no more: look through the whole of it, which is seldom.
            smallest = min(hashes[leaving + 1 : leaving + WINDOW + 1])
            chosen.add(smallest)
        elif hashed < smallest:
            smallest = hashed
            chosen.add(smallest)
    return frozenset(chosen)
