"""Own words: how much of a message is its writer's, told while it is written and stored once it is confirmed.

Fingerprints of what others wrote are rows of one index, few for one hash: a look takes at most
MOST_FINGERPRINTS times MOST_SIGNATURES rows, however many have signed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.similarity import Advice, Words, advice, hashes_of_all, is_personal
from campaign.domain.tokens import derived_key
from campaign.store.statements import inserting
from campaign.store.tables import (
    Ask,
    Campaign,
    LetterVersion,
    Message,
    Official,
    OwnWordsTally,
)
from campaign.store.tables.core import message, message_fingerprint, own_words_tally

# While somebody writes, a phrase counts as others' only when this many have written it: else the score would
# tell whoever tries out phrases what one single supporter wrote.
SHARED_BY = 3
# Signatures stored for one fingerprint: enough to know that SHARED_BY others wrote it.
MOST_SIGNATURES = SHARED_BY + 1

_COUNTS = (
    select(message_fingerprint.c.fingerprint, func.count())
    .where(
        message_fingerprint.c.campaign_id == bindparam("campaign"),
        message_fingerprint.c.fingerprint.in_(bindparam("fingerprints", expanding=True)),
        message_fingerprint.c.signature_id != bindparam("but_signature"),
    )
    .group_by(message_fingerprint.c.fingerprint)
)
_NOBODY = 0


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
    """The score of a text that is not sent yet; nothing of it is stored, and nothing of others' is told."""
    words = Words.of(text, key=words_key(address_key))
    own = 0
    if words.letters:
        counts = _counts(session, campaign_id, words, but_signature=_NOBODY)
        own = words.own(
            campaign=_campaign_hashes(session, campaign_id),
            others={fingerprint for fingerprint, count in counts.items() if count >= SHARED_BY},
        )
    return Measured(own, advice(words, own))


def store_scores(session: Session, signature_id: int, campaign_id: int, *, address_key: bytes) -> None:
    """Give each message that a confirmation releases its score, and remember what it is made of.

    Here one earlier writer is enough to make a phrase theirs: only organizers see this score.
    """
    held = session.execute(
        select(message.c.id, message.c.words)
        .where(message.c.signature_id == signature_id, message.c.released_at.is_(None))
        .order_by(message.c.id)
    ).all()
    if not held:
        return
    key = words_key(address_key)
    scores: dict[str, int] = {}
    for text in dict.fromkeys(row.words for row in held):
        words = Words.of(text, key=key)
        if words.letters:
            scores[text] = _score(session, signature_id, campaign_id, words)
    _tally(session, campaign_id, [scores.get(row.words, OwnWordsTally.NO_WORDS) for row in held])
    _store(session, held, scores)


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


def _score(session: Session, signature_id: int, campaign_id: int, words: Words) -> int:
    campaign = _campaign_hashes(session, campaign_id)
    counts = _counts(session, campaign_id, words, but_signature=signature_id)
    rows = [
        {"campaign_id": campaign_id, "fingerprint": fingerprint, "signature_id": signature_id}
        for fingerprint in sorted(words.fresh(campaign))
        if counts.get(fingerprint, 0) < MOST_SIGNATURES
    ]
    if rows:
        session.execute(inserting(session, message_fingerprint).on_conflict_do_nothing(), rows)
    return words.own(campaign=campaign, others=counts.keys())


def _counts(session: Session, campaign_id: int, words: Words, *, but_signature: int) -> dict[int, int]:
    """By how many signatures, up to MOST_SIGNATURES, each fingerprint of the text was written before."""
    rows = session.execute(
        _COUNTS,
        {"campaign": campaign_id, "fingerprints": sorted(words.sample), "but_signature": but_signature},
    )
    return {row[0]: row[1] for row in rows}


def _campaign_hashes(session: Session, campaign_id: int) -> frozenset[int]:
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


def _tally(session: Session, campaign_id: int, scores: list[int]) -> None:
    new = inserting(session, own_words_tally)
    statement = new.on_conflict_do_update(
        index_elements=[own_words_tally.c.campaign_id, own_words_tally.c.score],
        set_={"messages": own_words_tally.c.messages + new.excluded.messages},
    )
    # Always in the same order, so that two confirmations never wait for each other.
    for score in sorted(set(scores)):
        row = {"campaign_id": campaign_id, "score": score, "messages": scores.count(score)}
        session.execute(statement, row)


def _store(session: Session, held: Iterable[Row[int, str]], scores: dict[str, int]) -> None:
    for row in held:
        if row.words in scores:
            session.execute(update(message).where(message.c.id == row.id).values(own_words=scores[row.words]))


def _median(scored: list[tuple[int, int]], number: int) -> int | None:
    passed = 0
    for score, messages in scored:
        passed += messages
        if 2 * passed >= number:
            return score
    return None
