"""What an office learns of a message by its code: that it is genuine, and nothing of who wrote it."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.office_check import read_code, text_hash, through_code
from campaign.store.prepared import Prepared, Transaction
from campaign.store.tables.core import campaign, digested_message, message, office_check, outbox_email

_COLUMNS = (
    *("code", "campaign_id", "message_id", "digest_id", "text_hash"),
    *("messages", "with_words", "first_on", "last_on"),
)
_INSERT = Prepared(insert(office_check), columns=_COLUMNS)
_FOUND = (
    select(office_check, campaign.c.slug, campaign.c.title, campaign.c.language)
    .join(campaign, campaign.c.id == office_check.c.campaign_id)
    .where(office_check.c.code == bindparam("code"))
)


@dataclass(frozen=True)
class NewCheck:
    """A code that is about to leave, with what it vouches for; of a message, or of an email with many."""

    code: str
    campaign_id: int
    text: str
    messages: int
    with_words: int
    first_on: date
    last_on: date
    message_id: int | None = None
    digest_id: int | None = None


@dataclass(frozen=True)
class Checked:
    """What a code stands for; `is_unchanged` is None where no text was given, or none can be compared."""

    slug: str
    campaign_title: str
    language: str
    messages: int
    with_words: int
    first_on: date
    last_on: date
    is_digest: bool
    is_comparable: bool
    is_unchanged: bool | None


def store(connection: Transaction, checks: Iterable[NewCheck], *, key: bytes) -> None:
    """Let codes be asked for."""
    _INSERT.many(
        connection,
        [
            {
                **{name: getattr(check, name) for name in _COLUMNS if name != "text_hash"},
                "text_hash": text_hash(key, check.text),
            }
            for check in checks
        ],
    )


def check(session: Session, typed: str, texts: Sequence[str], *, key: bytes) -> Checked | None:
    """What is known of a code, and whether each of some texts is the one that left with it; None for no code.

    A code that there is takes the same steps as one that there is not: the texts are hashed before anything
    is looked up, and one statement answers.
    """
    code = read_code(typed) or ""
    given = [text_hash(key, through_code(text, code)) for text in texts]
    row = session.execute(_FOUND, {"code": code}).one_or_none()
    kept = row.text_hash if row else None
    is_same = all(hmac.compare_digest(one, kept or bytes(32)) for one in given)
    if row is None:
        return None
    return Checked(
        slug=row.slug,
        campaign_title=row.title,
        language=row.language,
        messages=row.messages,
        with_words=row.with_words,
        first_on=row.first_on,
        last_on=row.last_on,
        is_digest=row.digest_id is not None,
        is_comparable=kept is not None,
        is_unchanged=is_same if given and kept else None,
    )


def codes_of(session: Session, message_ids: Sequence[int]) -> Mapping[int, str]:
    """The codes of messages by their ids; those written before there were codes have none."""
    rows: Iterable[Any] = session.execute(
        select(office_check.c.message_id, office_check.c.code).where(
            office_check.c.message_id.in_(message_ids)
        )
    )
    return {row.message_id: row.code for row in rows}


def reworded(session: Session, texts: Mapping[int, tuple[str, bool]], *, key: bytes) -> None:
    """Vouch for new texts, each with whether it holds own words, by the ids of their messages."""
    rows = [
        {"of_message": id_, "hash": text_hash(key, text), "words": int(has_words)}
        for id_, (text, has_words) in texts.items()
    ]
    if rows:
        session.execute(
            update(office_check)
            .where(office_check.c.message_id == bindparam("of_message"))
            .values(text_hash=bindparam("hash"), with_words=bindparam("words")),
            rows,
        )


def forget_all(session: Session, signature_ids: Sequence[int]) -> None:
    """Drop the codes of these signatures' messages: under the key, a text would tell whose it was.

    An email of many keeps its code for the others, and no hash: who knows theirs could try out the text of
    who is gone. Its manifest proves it still. One with a single message goes: that a hash is missing would
    tell of whom, while a code also goes when a letter's data does.
    """
    theirs = select(message.c.id).where(message.c.signature_id.in_(signature_ids))
    digests = (
        select(digested_message.c.digest_id)
        .join(outbox_email, outbox_email.c.id == digested_message.c.email_id)
        .where(outbox_email.c.message_id.in_(theirs))
    )
    alone = office_check.c.digest_id.in_(digests) & (office_check.c.messages == 1)
    session.execute(delete(office_check).where(alone), execution_options={"synchronize_session": False})
    held = update(office_check).where(office_check.c.digest_id.in_(digests))
    session.execute(held.values(text_hash=None), execution_options={"synchronize_session": False})
    session.execute(delete(office_check).where(office_check.c.message_id.in_(theirs)))
