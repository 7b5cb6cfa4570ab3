"""Drawing by lot from the log behind a count, so that anybody can draw the same again.

The draw is fixed in public, with the log as it is, before its chance is known: a value that neither the
organizers nor the server can choose. From then on nothing about it is left to anybody.
"""

import hashlib
import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from campaign.domain.approval import TIME_TO_THINK
from campaign.domain.names import clean_line
from campaign.errors import RefusedError

LEAST_DRAWN, USUAL_DRAWN, MOST_DRAWN = 20, 200, 400
# With fewer in the log, a number could point to a person.
LEAST_COUNT = 50
# Long enough for anybody who follows the page to have seen it before the value is known.
SHORTEST_NOTICE = timedelta(minutes=10)
LONGEST_NOTICE = timedelta(days=60)
LONGEST_NAME, LONGEST_VALUE = 200, 200

# The network “quicknet” of drand: a round every three seconds since then, the first one is round 1.
DRAND_NETWORK = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
_DRAND_BEGAN = datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
_DRAND_PERIOD = timedelta(seconds=3)

# What the texts that are hashed begin with: no other hash of ours can be mistaken for one of these.
_SEED = "campaign spot check"
_WORD_BITS = 64


class ChanceSource(StrEnum):
    """What decides a draw."""

    DRAND = "drand"  # a round of the public network of that name
    OTHER = "other"  # something published elsewhere, described in words: a lottery, the hash of a block


def drand_round(moment: datetime) -> int:
    """The first round that is known at this moment or after it."""
    return max(1, 1 - (_DRAND_BEGAN - moment) // _DRAND_PERIOD)


def drand_known_at(number: int) -> datetime:
    """When a round is known."""
    return _DRAND_BEGAN + (number - 1) * _DRAND_PERIOD


def drand_address(number: int | str) -> str:
    """Where a round can be read; this server never does."""
    return f"https://api.drand.sh/{DRAND_NETWORK}/public/{number}"


def read_number(text: str) -> int:
    """How many to draw; RefusedError for anything but a number within the bounds."""
    if not (text.isascii() and text.isdigit() and len(text) < 5 and LEAST_DRAWN <= int(text) <= MOST_DRAWN):
        raise RefusedError("Choose a number from %(least)s to %(most)s.", least=LEAST_DRAWN, most=MOST_DRAWN)
    return int(text)


def check_known_at(moment: datetime, *, is_alone: bool = False, now: datetime) -> None:
    """RefusedError for a moment that leaves nobody time to see the draw announced, or is too far away.

    `is_alone` is for whoever announces it for want of a second person, who can think again for so long.
    """
    if is_alone and moment < now + TIME_TO_THINK:
        raise RefusedError(
            "Nobody else can approve this, so the value must become known at least an hour from now: until"
            " then you can think again. Take it back, and choose a later time."
        )
    if moment < now + SHORTEST_NOTICE:
        raise RefusedError(
            "The value must become known at least %(minutes)s minutes from now, so that everyone can see"
            " the draw announced before.",
            minutes=SHORTEST_NOTICE // timedelta(minutes=1),
        )
    if moment > now + LONGEST_NOTICE:
        raise RefusedError("The value must become known within %(days)s days.", days=LONGEST_NOTICE.days)


def read_source_name(text: str) -> str:
    """What decides the draw, in the organizers' words, for everybody to read; RefusedError for nothing."""
    name = clean_line(text)
    if not name:
        raise RefusedError(
            "Say what will decide, so that anyone can look it up: the lottery and its draw, or the block."
        )
    if len(name) > LONGEST_NAME:
        raise RefusedError("An entry can have at most %(most)d characters.", most=LONGEST_NAME)
    return name


def read_value(source: ChanceSource, text: str) -> str:
    """The value that decides, as it goes into the seed; RefusedError for what cannot be one.

    Of drand it is the “randomness” of the round, in small hexadecimal digits; of anything else its numbers
    and words alone, in small letters with a space between: signs between them leave nobody a choice.
    """
    value = " ".join(re.findall(r"[^\W_]+", clean_line(text).lower()))
    if source is ChanceSource.DRAND and not re.fullmatch(r"[0-9a-f]{64}", value):
        raise RefusedError("Copy the “randomness” of the round: 64 digits from 0 to 9 and a to f.")
    if not value:
        raise RefusedError("Enter the value that was published.")
    if len(value) > LONGEST_VALUE:
        raise RefusedError("An entry can have at most %(most)d characters.", most=LONGEST_VALUE)
    return value


def seed_of(*, slug: str, size: int, root: bytes, value: str) -> bytes:
    """What the picks follow from: the letter, the log as it was fixed, and the value."""
    return hashlib.sha256("\n".join((_SEED, slug, str(size), root.hex(), value)).encode()).digest()


def drawn(
    seed: bytes, size: int, number: int, say_signed: Callable[[Sequence[int]], Collection[int]]
) -> list[int]:
    """The positions that are drawn from a log of `size` entries, in the order of drawing, none twice.

    `say_signed` tells which of some positions hold an entry that says “signed”; the others are passed over.
    So each such entry has the same chance. The log must have at least `number` of them.
    """
    places, picked, passed = positions(seed, size), dict[int, None](), set[int]()
    while len(picked) < number:
        some = list(itertools.islice(places, 2 * (number - len(picked))))
        unknown = sorted(set(some) - picked.keys() - passed)
        signed = set(say_signed(unknown)) if unknown else set()
        passed |= set(unknown) - signed
        if len(passed) > size - number:
            raise ValueError("more is to be drawn than there is")
        picked |= {place: None for place in some if place not in passed}
    return list(picked)[:number]


def positions(seed: bytes, size: int) -> Iterator[int]:
    """Positions from 0 up to `size`, without end, each as likely as any other.

    The first 64 bits of the SHA-256 of the seed and a counter of eight bytes are a number; the few at the top
    that would make some positions likelier than others are passed over.
    """
    top = (1 << _WORD_BITS) - (1 << _WORD_BITS) % size
    for counter in itertools.count():
        digest = hashlib.sha256(seed + counter.to_bytes(8, "big")).digest()
        word = int.from_bytes(digest[: _WORD_BITS // 8], "big")
        if word < top:
            yield word % size
