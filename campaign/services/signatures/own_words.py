"""Own words: how much of a message is its writer's, as its writer and as organizers see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, select
from sqlalchemy.orm import Session

from campaign.domain.similarity import Advice, Words, advice, hashes_of_all, is_personal
from campaign.domain.tokens import derived_key
from campaign.store.tables import (
    Ask,
    Campaign,
    LetterVersion,
    Message,
    Official,
    OwnWordsTally,
)
from campaign.store.tables.core import message, message_fingerprint, own_words_tally


@dataclass(frozen=True)
class Measured:
    """One text: how much of it is own, from 0 to 100, and what to tell its writer."""

    own_words: int
    advice: Advice


@dataclass(frozen=True)
class OwnWordsSummary:
    """A campaign's confirmed messages, withdrawn ones included.

    `median` is that of messages with words of their own; None when there are none.
    """

    messages: int
    with_words: int
    personal: int
    median: int | None


@dataclass(frozen=True)
class MessageScore:
    """One message by the official it is for: whether it has words of its own, and how much is own.

    None until it is confirmed.
    """

    official_name: str
    has_words: bool
    own_words: int | None
    is_confirmed: bool


def words_key(address_key: bytes) -> bytes:
    """The key of fingerprints, which stays when the secret key is rotated, as that of addresses does."""
    return derived_key(address_key.hex(), "own words")


def measure(session: Session, campaign_id: int, text: str, *, address_key: bytes) -> Measured:
    """The score of a text that is not sent yet, beside the campaign's own texts alone; nothing is stored.

    Beside what others wrote, it would tell whoever tries out phrases whether a supporter wrote them.
    """
    words = Words.of(text, key=words_key(address_key))
    own = 0
    if words.letters:
        own = words.own(campaign=campaign_hashes(session, campaign_id), others=frozenset())
    return Measured(own, advice(words, own))


def forget(connection: Connection, signature_id: int) -> None:
    """Take back what a signature's messages have made known; the tally, which names nobody, stays."""
    forget_all(connection, [signature_id])


def forget_all(connection: Connection, signature_ids: Sequence[int]) -> None:
    """The same for several signatures."""
    theirs = message_fingerprint.c.signature_id.in_(signature_ids)
    connection.execute(delete(message_fingerprint).where(theirs))


def forget_without_words(connection: Connection, signature_ids: Sequence[int]) -> None:
    """The same for those of several signatures none of whose messages is kept in words any more."""
    kept = select(message.c.id).where(
        message.c.signature_id == message_fingerprint.c.signature_id, message.c.words != ""
    )
    theirs = message_fingerprint.c.signature_id.in_(signature_ids)
    connection.execute(delete(message_fingerprint).where(theirs, ~exists(kept)))


def summary(session: Session, campaign_id: int) -> OwnWordsSummary:
    """What organizers see of a campaign: from about a hundred rows at most."""
    rows = session.execute(
        select(own_words_tally.c.score, own_words_tally.c.messages)
        .where(own_words_tally.c.campaign_id == campaign_id)
        .order_by(own_words_tally.c.score)
    ).all()
    scored = [(row.score, row.messages) for row in rows if row.score != OwnWordsTally.NO_WORDS]
    with_words = sum(messages for _, messages in scored)
    return OwnWordsSummary(
        messages=sum(row.messages for row in rows),
        with_words=with_words,
        personal=sum(messages for score, messages in scored if is_personal(score)),
        median=_median(scored, with_words),
    )


def of_signature(session: Session, signature_id: int) -> tuple[MessageScore, ...]:
    """The scores of one supporter's messages, in the letter's order of officials."""
    rows = session.execute(
        select(
            Official.name,
            # The score outlives the words.
            (Message.words != "") | Message.own_words.is_not(None),
            Message.own_words,
            Message.released_at.is_not(None),
        )
        .join(Official, Official.id == Message.official_id)
        .where(Message.signature_id == signature_id)
        .order_by(Official.position)
    )
    return tuple(MessageScore(*row) for row in rows)


def campaign_hashes(session: Session, campaign_id: int) -> frozenset[int]:
    """Those of all the campaign's own texts: each letter in each language, and what introduces it."""
    campaign = session.execute(
        select(Campaign.title, Campaign.summary).where(Campaign.id == campaign_id)
    ).one()
    letters = session.execute(
        select(
            LetterVersion.id,
            LetterVersion.title,
            LetterVersion.subject,
            LetterVersion.introduction,
            LetterVersion.conclusion,
        ).where(LetterVersion.campaign_id == campaign_id)
    ).all()
    asks: dict[int, list[str]] = {}
    for letter_id, title, text in session.execute(
        select(Ask.letter_version_id, Ask.title, Ask.text)
        .join(LetterVersion, LetterVersion.id == Ask.letter_version_id)
        .where(LetterVersion.campaign_id == campaign_id)
        .order_by(Ask.letter_version_id, Ask.position)
    ):
        asks.setdefault(letter_id, []).extend([title or "", text])
    texts = [_joined([campaign.title, campaign.summary])]
    for letter_id, title, subject, introduction, conclusion in letters:
        texts.append(_joined([title, subject, *introduction, *asks.get(letter_id, ()), *conclusion]))
    return hashes_of_all(tuple(texts))


def _joined(parts: Iterable[str | None]) -> str:
    return "\n".join(part for part in parts if part)


def _median(scored: list[tuple[int, int]], number: int) -> int | None:
    passed = 0
    for score, messages in scored:
        passed += messages
        if 2 * passed >= number:
            return score
    return None
