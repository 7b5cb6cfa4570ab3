"""The manifest of what is sent to an office: what it says of each message, and whether a text fits it.

It holds neither a name nor a word of anybody: of each message, a hash. The hashes are of the words and of a
number that stands in the text alone, so that whoever has only the manifest cannot try out names. Each message
has a number of its own, made of that one: who is shown a message with its own learns nothing of the others.
"""

import hashlib
import json
import re
import secrets
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate
from typing import Any

from campaign.domain.office_check import words_of
from campaign.errors import RefusedError

FORMAT = "campaign-manifest-2"
# In it the hashes of all messages are made with the number of the text.
_FORMAT_OF_ONE_NUMBER = "campaign-manifest-1"
FILE_NAME, SIGNATURE_NAME = "manifest.json", "manifest.json.sig"
# A pack of ten thousand messages has two megabytes.
LONGEST_MANIFEST = 4_000_000
# On paper, more than anybody carries.
MOST_MESSAGES = 10_000
_SALT = re.compile(r"[0-9a-f]{32}")
_SALT_LENGTH = 32
_HASH = re.compile(r"[0-9a-f]{64}")
_HEADING = re.compile(r"([1-9][0-9]{0,4})\.")
# Where a text holds more that could be its number, or more numbers that could begin a message, than this,
# somebody has put them there.
_MOST_SALTS = 3
_MOST_BEGINNINGS = 8
_MOST_ENDS = 12
_MOST_ENDS_READ = 100
# Of a text that is as it was sent, each word is read once for its message.
_MOST_TIMES_READ = 20


class ManifestKind(StrEnum):
    """What a manifest is of."""

    DIGEST = "digest"  # an email with many messages
    PACK = "pack"  # messages on paper, and the file they were printed from


@dataclass(frozen=True)
class ManifestEntry:
    """One message, in the order in which they were sent; of its confirmation, the day."""

    number: int
    sha256: str
    own_words: bool
    confirmed_on: date


@dataclass(frozen=True, kw_only=True)
class OfficeManifest:
    """What was sent to whom, on which day; `sha256` is of the whole text as far as its number.

    `words_after` are between the last message and that number. A later email of the same day is part 2.
    """

    format: str = FORMAT
    kind: ManifestKind
    issuer: str
    campaign: str
    title: str
    official: str
    sent_on: date
    part: int
    sha256: str
    words_after: int
    messages: tuple[ManifestEntry, ...]

    def as_text(self) -> str:
        """As it is signed and sent."""
        return json.dumps(asdict(self), indent=1, default=date.isoformat) + "\n"

    def salt_of(self, salt: str, number: int) -> str:
        """By the number of its text, the one that goes into the hash of a message."""
        return salt if self.format == _FORMAT_OF_ONE_NUMBER else message_salt(salt, number)


@dataclass(frozen=True)
class Compared:
    """How a text fits a manifest: as a whole, and the numbers of the messages that are in it unchanged.

    It `is_one` where it is a single message that was taken out of the text, with its own number.
    """

    is_whole: bool
    unchanged: frozenset[int]
    is_one: bool = False

    @property
    def is_unchanged(self) -> bool:
        """Whether what was handed in is as it was sent, the whole text or a single message of it."""
        return self.is_whole or self.is_one


def new_salt() -> str:
    """The number that goes into a text, and into the hash of it: 128 bits."""
    return secrets.token_hex(16)


def message_salt(salt: str, number: int) -> str:
    """What goes into the hash of one message of that text, and leads neither back to it nor to another's."""
    return hashlib.sha256(f"{salt}\n{number}".encode()).hexdigest()[:_SALT_LENGTH]


def message_hash(salt: str, number: int, words: Sequence[str]) -> str:
    """The hash of one message, as a manifest has it."""
    return hash_of(message_salt(salt, number), words)


def hash_of(salt: str, words: Sequence[str]) -> str:
    """The hash of some words, as a manifest has it: of the number, a line feed, and the words."""
    return hashlib.sha256(f"{salt}\n{' '.join(words)}".encode(errors="replace")).hexdigest()


def hash_of_whole(salt: str, words: Sequence[str]) -> str:
    """The hash of a text through its number, which is in it; what mail systems add below does not count."""
    return hash_of(salt, words[: words.index(salt) + 1])


def read_manifest(text: str) -> OfficeManifest:
    """What `as_text` has written; RefusedError for anything else."""
    try:
        document = json.loads(text) if len(text) <= LONGEST_MANIFEST else None
        return _manifest(document)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise RefusedError("This is no manifest of ours. It is the file manifest.json, unchanged.") from None


def compare(manifest: OfficeManifest, texts: Sequence[str]) -> Compared:
    """What is as the manifest says in each of some texts, wherever their lines are broken."""
    found = [_compared(manifest, text) for text in texts]
    unchanged = frozenset.intersection(*(one.unchanged for one in found))
    is_one = all(one.is_one for one in found) and len(unchanged) == 1
    return Compared(all(one.is_whole for one in found), unchanged, is_one)


def _compared(manifest: OfficeManifest, text: str) -> Compared:
    words = _Words(text, numbers_up_to=len(manifest.messages))
    salts = sorted(words.salts, key=words.salts.__getitem__, reverse=True)[:_MOST_SALTS]
    searches = [_Search(manifest, words, salt, words.salts[salt]) for salt in salts]
    found = [*(one.compared() for one in searches), *filter(None, (one.message() for one in searches))]
    return max(
        found, key=lambda one: (one.is_whole, len(one.unchanged)), default=Compared(False, frozenset())
    )


class _Words:
    """The words of a text, one space between them, and which of them may be numbers.

    `salts` have their last place. With one of the `headings` a message may begin, or one end.
    """

    def __init__(self, text: str, *, numbers_up_to: int) -> None:
        words = words_of(text)
        # Each word is looked at once, however often it comes.
        different = set(words)
        numbers = {word: int(match[1]) for word in different if (match := _HEADING.fullmatch(word))}
        numbers = {word: number for word, number in numbers.items() if number <= numbers_up_to}
        salts = {word for word in different if len(word) == _SALT_LENGTH and _SALT.fullmatch(word)}
        found = [(at, word) for at, word in enumerate(words) if word in numbers or word in salts]
        self.salts = {word: at for at, word in found if word in salts}
        self.headings = [(at, numbers[word]) for at, word in found if word in numbers]
        self._text = " ".join(words)
        self._lengths = list(accumulate(map(len, words), initial=0)) if salts else [0]

    def __len__(self) -> int:
        return len(self._lengths) - 1

    def between(self, first: int, end: int) -> str:
        """The words from one place to before another."""
        # Before each stand the lengths of the others, and as many spaces.
        return self._text[self._lengths[first] + first : self._lengths[end] + end - 1] if end > first else ""


class _Search:
    """Looks for the messages of a manifest in a text, under one of the numbers that stand in it.

    A message begins with its own number and ends where one with a higher number begins, or what follows the
    last. Words may hold such numbers too, so that several places are tried, with a limit on all of it.
    """

    def __init__(
        self,
        manifest: OfficeManifest,
        words: _Words,
        salt: str,
        end: int,
    ) -> None:
        self._manifest, self._words, self._salt, self._end = manifest, words, salt, end
        self._headings = words.headings[: bisect_left(words.headings, (end, 0))]
        self._begins: dict[int, list[int]] = {}
        for at, number in self._headings:
            self._begins.setdefault(number, []).append(at)
        self._left = _MOST_TIMES_READ * (len(words) + 1)

    def compared(self) -> Compared:
        manifest = self._manifest
        if hash_of(self._salt, [self._words.between(0, self._end + 1)]) == manifest.sha256:
            return Compared(True, frozenset(one.number for one in manifest.messages))
        unchanged, after = set[int](), 0
        for one in manifest.messages:
            begins = self._begins.get(one.number, [])
            first = bisect_left(begins, after)
            for begin in begins[first : first + _MOST_BEGINNINGS]:
                end = self._end_of(one, begin) if self._left > 0 else None
                if end is not None:
                    unchanged.add(one.number)
                    after = end
                    break
        return Compared(False, frozenset(unchanged))

    def message(self) -> Compared | None:
        """The text as a single message with its own number below, and nothing else; None where it is none."""
        if self._end != len(self._words) - 1 or not self._headings or self._headings[0][0]:
            return None
        number = self._headings[0][1]
        is_same = (
            hash_of(self._salt, [self._words.between(0, self._end)])
            == self._manifest.messages[number - 1].sha256
        )
        return Compared(False, frozenset([number]), is_one=True) if is_same else None

    def _end_of(self, one: ManifestEntry, begin: int) -> int | None:
        """Where the message ends that begins here; None when it is not this one, or was changed."""
        salt = self._manifest.salt_of(self._salt, one.number)
        running, read = hashlib.sha256(f"{salt}\n".encode()), begin
        for end in self._ends(one.number, begin):
            self._left -= end - read
            if self._left < 0:
                return None
            joined = self._words.between(read, end)
            running.update((joined if read == begin else f" {joined}").encode(errors="replace"))
            read = end
            if running.hexdigest() == one.sha256:
                return end
        return None

    def _ends(self, number: int, begin: int) -> list[int]:
        self._left -= _MOST_ENDS
        first = bisect_left(self._headings, (begin + 1, 0))
        following = self._headings[first : first + _MOST_ENDS_READ]
        ends = [at for at, other in following if other > number][:_MOST_ENDS]
        last = self._end - self._manifest.words_after
        return sorted({*ends, last}) if last > begin else ends


def _manifest(document: Any) -> OfficeManifest:
    """ValueError, TypeError or KeyError for what is none."""
    values = dict(document)
    if values["format"] not in (FORMAT, _FORMAT_OF_ONE_NUMBER):
        raise ValueError("another format")
    messages = tuple(_entry(dict(one), number) for number, one in enumerate(values.pop("messages"), start=1))
    texts = ("issuer", "campaign", "title", "official", "sha256")
    is_plain = all(type(values[name]) is str for name in texts) and _HASH.fullmatch(values["sha256"])
    if not (is_plain and messages and len(messages) <= MOST_MESSAGES):
        raise ValueError("not as we write it")
    values["kind"] = ManifestKind(values["kind"])
    values["sent_on"] = date.fromisoformat(values["sent_on"])
    numbers = {name: _number(values[name]) for name in ("part", "words_after")}
    return OfficeManifest(**{**values, **numbers}, messages=messages)


def _entry(values: dict[str, Any], number: int) -> ManifestEntry:
    if values["number"] != number or not _HASH.fullmatch(values["sha256"]):
        raise ValueError("not in its order, or without a hash")
    values["confirmed_on"] = date.fromisoformat(values["confirmed_on"])
    return ManifestEntry(**values)


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("no number")
    return value
