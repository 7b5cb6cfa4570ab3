"""A letter and its translation part by part, and which parts the original has changed since."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from campaign.domain.letter import Letter, LetterAsk


@dataclass(frozen=True)
class LetterPart:
    """One part of the letter as the original and the translation have it; None where one lacks it.

    It `has_changed` when the original says otherwise than the version that the translation was made from.
    """

    original: str | None
    translation: str | None
    ask: int | None = None
    has_changed: bool = False


@dataclass(frozen=True)
class Side:
    """A version of the letter with what its asks are known by."""

    letter: Letter
    ask_ids: Sequence[int]

    def asks(self) -> dict[int, LetterAsk]:
        """The asks in their order."""
        return dict(zip(self.ask_ids, self.letter.asks, strict=True))


def paired(original: Side, translation: Side, made_from: Side) -> Iterator[LetterPart]:
    """The parts in the order of the original; asks by what they are known by, wherever they stand."""
    now, other, before = original.letter, translation.letter, made_from.letter
    for name in ("title", "subject", "salutation"):
        yield from _lines(*(_of(getattr(letter, name)) for letter in (now, other, before)))
    yield from _lines(now.introduction, other.introduction, before.introduction)
    translated, earlier = translation.asks(), made_from.asks()
    for number, (id_, ask) in enumerate(original.asks().items(), start=1):
        has_changed = earlier.get(id_) != ask
        yield LetterPart(_in_full(ask), _in_full(translated.pop(id_, None)), number, has_changed)
    for gone in translated.values():
        yield LetterPart(None, _in_full(gone), None, has_changed=True)
    yield from _lines(now.conclusion, other.conclusion, before.conclusion)
    yield from _lines(_of(now.closing), _of(other.closing), _of(before.closing))


def _lines(now: Sequence[str], translated: Sequence[str], before: Sequence[str]) -> Iterator[LetterPart]:
    for left, right in zip_longest(now, translated):
        yield LetterPart(left, right, has_changed=left is not None and left not in before)


def _of(line: str | None) -> tuple[str, ...]:
    return (line,) if line else ()


def _in_full(ask: LetterAsk | None) -> str | None:
    return " ".join(part for part in (ask.title, ask.text) if part) if ask else None
