"""Who signs when, how and with what end: drawn from a seed, so that the same seed makes the same people."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from campaign.domain.signature import Capacity, SignatureState, Visibility
from campaign.services.demo import invented
from campaign.services.demo.invented import PEOPLE, People

DAYS = 42
_Choice = TypeVar("_Choice")
# Signers in a hundred thousand who come to another end than to count.
_ENDS = (
    (SignatureState.WITHDRAWN, 1_300),
    (SignatureState.REMOVED, 500),
    (SignatureState.SUSPECTED, 350),
)
_ENDS_OUT_OF = 100_000
# Of a hundred: how names are shown, who has updates, who writes, and to how many officials.
_VISIBILITIES = ((Visibility.PUBLIC, 72), (Visibility.INITIALS, 13), (Visibility.HIDDEN, 15))
_UPDATES, _WRITES, _ADDS_WORDS, _NO_COUNTRY = 41, 46, 62, 8
_FORGED_IN_A_HUNDRED = 0.8
_OFFICIALS = (1, 1, 1, 2, 2, 3, 5)


@dataclass(frozen=True)
class Signer:
    """One invented signer; `officials` are places on the letter that they write to, from 0."""

    name: str
    email: str
    language: str
    country: str | None
    source: str | None
    capacity: Capacity
    organization: str | None
    role: str | None
    visibility: Visibility
    updates: bool
    state: SignatureState
    signed_at: datetime
    confirmed_at: datetime
    left_at: datetime | None
    officials: tuple[int, ...]
    words: str
    own_words: int | None
    network: str = field(repr=False, default="")


def signers(number: int, *, seed: int, now: datetime) -> Iterator[Signer]:
    """So many, in the order in which they confirm."""
    chance = random.Random(seed)  # noqa: S311 - invents people, guards nothing
    moments = sorted(_moment(chance, now) for _ in range(number))
    forged_at = now - timedelta(days=9, hours=3)
    forged = round(number * _FORGED_IN_A_HUNDRED / 100)
    begin = next((place for place, moment in enumerate(moments) if moment >= forged_at), number)
    for place, confirmed_at in enumerate(moments):
        is_forged = begin <= place < begin + forged
        # Of a chance of their own: whoever signs is the same on whatever day this is made.
        own = random.Random(f"{seed} {place}")  # noqa: S311
        yield _signer(own, place, confirmed_at, is_forged=is_forged, now=now)


def unconfirmed(number: int, *, seed: int, now: datetime) -> Iterator[tuple[str, str, datetime]]:
    """The address, language and moment of forms that nobody has confirmed."""
    chance = random.Random(seed + 1)  # noqa: S311
    for moment in sorted(_moment(chance, now) for _ in range(number)):
        people = _chosen(chance, tuple((group, group.share) for group in PEOPLE))
        yield f"open{chance.randrange(10**9)}@{chance.choice(invented.MAILBOXES)}", people.language, moment


def _moment(chance: random.Random, now: datetime) -> datetime:
    """Many at the opening, a second wave when a newsletter goes out, few at night and at weekends."""
    while True:
        wave = chance.random()
        if wave < 0.45:
            day = chance.expovariate(1 / 5)
        elif wave < 0.7:
            day = 23 + chance.expovariate(1 / 3)
        else:
            day = chance.uniform(0, DAYS)
        if day >= DAYS:
            continue
        moment = now - timedelta(days=DAYS - day)
        is_quiet = moment.weekday() >= 5 or moment.hour < 6
        if not is_quiet or chance.random() < 0.55:
            return moment.replace(microsecond=0)


def _signer(
    chance: random.Random, place: int, confirmed_at: datetime, *, is_forged: bool, now: datetime
) -> Signer:
    people = _chosen(chance, tuple((group, group.share) for group in PEOPLE))
    end, mailbox = _end(chance), chance.choice(invented.MAILBOXES)
    state = SignatureState.INVALIDATED if is_forged else end
    organizes = chance.randrange(100) < 3 and not is_forged
    belongs = organizes or chance.randrange(100) < 7
    words, own_words = _words(chance, people)
    writes = chance.randrange(100) < _WRITES
    delay = timedelta(minutes=chance.expovariate(1 / 40))
    officials = _places(chance) if writes else ()
    return Signer(
        name=people.name(chance.choice(people.given), chance.choice(people.family)),
        email=f"signer{place + 1}@{invented.FORGED_MAILBOX if is_forged else mailbox}",
        language=people.language,
        country=None if chance.randrange(100) < _NO_COUNTRY else chance.choice(people.countries),
        source=_source(chance),
        capacity=Capacity.ORGANIZATION if organizes else Capacity.MYSELF,
        organization=f"{chance.choice(invented.ORGANIZATIONS)}" if belongs else None,
        role=chance.choice(invented.ROLES) if belongs else None,
        visibility=_chosen(chance, _VISIBILITIES),
        updates=chance.randrange(100) < _UPDATES,
        state=state,
        signed_at=confirmed_at - delay,
        confirmed_at=confirmed_at,
        left_at=_left_at(chance, state, confirmed_at, now),
        officials=officials,
        words=words if officials else "",
        own_words=own_words if officials else None,
        network="f0" * 16 if is_forged else chance.randbytes(16).hex(),
    )


def _end(chance: random.Random) -> SignatureState:
    drawn = chance.randrange(_ENDS_OUT_OF)
    for state, share in _ENDS:
        if drawn < share:
            return state
        drawn -= share
    return SignatureState.CONFIRMED


def _left_at(
    chance: random.Random, state: SignatureState, confirmed_at: datetime, now: datetime
) -> datetime | None:
    if state in (SignatureState.CONFIRMED, SignatureState.SUSPECTED):
        return None
    later = confirmed_at + timedelta(hours=chance.expovariate(1 / 60))
    return min(later, now).replace(microsecond=0)


def _places(chance: random.Random) -> tuple[int, ...]:
    return tuple(sorted(chance.sample(range(5), chance.choice(_OFFICIALS))))


def _words(chance: random.Random, people: People) -> tuple[str, int | None]:
    if chance.randrange(100) >= _ADDS_WORDS:
        return "", None
    number = min(len(people.words), chance.choice((1, 1, 2, 3)))
    return " ".join(chance.sample(people.words, number)), min(100, max(0, round(chance.gauss(62, 24))))


def _source(chance: random.Random) -> str | None:
    drawn = chance.randrange(100)
    for source, share in invented.SOURCES:
        if drawn < share:
            return source
        drawn -= share
    return None


def _chosen(chance: random.Random, choices: tuple[tuple[_Choice, int], ...]) -> _Choice:
    return chance.choices([choice for choice, _ in choices], [share for _, share in choices])[0]
