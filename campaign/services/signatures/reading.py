"""What people wrote with a campaign, newest first, and which of it an organizer has marked to come back to.

A mark is the organizers' own: nothing of it is public. The form asks nobody whether they may be quoted, so
whoever wants to quote somebody asks them first (`quoting`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.quotes import QuoteState
from campaign.domain.signature import SignatureState, Visibility
from campaign.errors import NotFoundError
from campaign.services.audit import audit_log
from campaign.store.legible import legible_row
from campaign.store.statements import inserting
from campaign.store.tables import Message, MessageMark, Official, Quote, Signature
from campaign.store.tables.core import message_mark

PAGE = 20
# Many write nothing of their own: a page looks through so many signatures, and then says so.
MOST_LOOKED_AT = 2_000


@dataclass(frozen=True)
class WordsShown:
    """Somebody's words, once, with all the officials they went to; `is_marked` by an organizer.

    `message_id` is that of the first of these messages. `quote` is what its writer has said to being quoted,
    None where nobody has asked them.
    """

    message_id: int
    signature_id: int
    name: str
    visibility: Visibility
    language: str
    official_names: tuple[str, ...]
    subject: str
    words: str
    own_words: int | None
    written_at: datetime
    is_marked: bool
    quote: QuoteState | None


@dataclass(frozen=True)
class WordsPage:
    """Some messages; `next` is where to go on, None at the end. `is_cut` when few had words."""

    messages: tuple[WordsShown, ...]
    next: int | None
    is_cut: bool


def page(
    session: Session,
    campaign_id: int,
    *,
    only_marked: bool = False,
    before: int | None = None,
    limit: int = PAGE,
    actor: Actor,
    now: datetime,
) -> WordsPage:
    """A page of what people wrote whose signatures count, entered into the audit log.

    It goes on from signature to signature, whose messages stand together.
    """
    window = _window(campaign_id, before)
    rows = session.execute(_written(window, only_marked=only_marked).limit(limit * 2)).all()
    shown = rows
    following, is_cut = None, False
    if len(rows) == limit * 2:
        # The last one's messages may be cut off: the next page begins with them.
        last = rows[-1][0].id
        shown = [row for row in rows if row[0].id != last] or rows
        following = shown[-1][0].id
    else:
        ends = session.scalars(window.offset(MOST_LOOKED_AT - 1).limit(2)).all()
        following, is_cut = (ends[0], True) if len(ends) > 1 else (None, False)
    details = {"campaign": campaign_id, "shown": len(shown), "more": before is not None}
    audit_log.record(session, action="supporter.read_all", actor=actor, details=details, now=now)
    return WordsPage(_together([_words(*row) for row in shown]), following, is_cut)


def _written(window: Select[int], *, only_marked: bool) -> Select[Signature, Message, str, int, QuoteState]:
    """What was written by those in the window that are looked at, each with its mark."""
    looked = window.limit(MOST_LOOKED_AT).subquery()
    return (
        select(
            legible_row(Signature), legible_row(Message), Official.name, MessageMark.message_id, Quote.state
        )
        .join(looked, looked.c.id == Signature.id)
        .join(Message, Message.signature_id == Signature.id)
        .join(Official, Official.id == Message.official_id)
        .join(MessageMark, MessageMark.message_id == Message.id, isouter=not only_marked)
        .outerjoin(Quote, Quote.signature_id == Signature.id)
        .where(Message.words != "")
        .order_by(Signature.id.desc(), Official.position)
    )


def _together(messages: Sequence[WordsShown]) -> tuple[WordsShown, ...]:
    """The same words of one person once, with everybody they went to; in the order they came in."""
    found: dict[tuple[int, str, str], WordsShown] = {}
    for one in messages:
        same = (one.signature_id, one.subject, one.words)
        first = found.get(same)
        found[same] = one if first is None else _with(first, one)
    return tuple(found.values())


def _with(first: WordsShown, other: WordsShown) -> WordsShown:
    return replace(
        first,
        official_names=first.official_names + other.official_names,
        own_words=other.own_words if first.own_words is None else first.own_words,
        is_marked=first.is_marked or other.is_marked,
    )


def mark(
    session: Session, campaign_id: int, message_id: int, *, is_marked: bool, actor: Actor, now: datetime
) -> None:
    """Mark a message to come back to, or take the mark away, with those that say the same to others.

    NotFoundError for another campaign's.
    """
    signature_id = session.scalar(
        select(Signature.id)
        .join(Message, Message.signature_id == Signature.id)
        .where(Message.id == message_id, Signature.campaign_id == campaign_id)
    )
    if signature_id is None:
        raise NotFoundError("There is no such message in this campaign.")
    ids = _that_say_the_same(session, signature_id, message_id)
    if is_marked:
        values = [{"message_id": id_, "at": now, "organizer_id": actor.organizer_id} for id_ in ids]
        session.execute(inserting(session, message_mark).values(values).on_conflict_do_nothing())
    else:
        session.execute(delete(MessageMark).where(MessageMark.message_id.in_(ids)))
    details = {"campaign": campaign_id, "signature": signature_id}
    action = "supporter.words_marked" if is_marked else "supporter.words_unmarked"
    audit_log.record(session, action=action, actor=actor, details=details, now=now)


def _that_say_the_same(session: Session, signature_id: int, message_id: int) -> list[int]:
    """A message and all of its writer's with the same words; only what is decrypted can be compared."""
    of_writer = select(legible_row(Message)).where(Message.signature_id == signature_id)
    texts = {one.id: (one.subject, one.words) for one in session.scalars(of_writer)}
    return [id_ for id_, text in texts.items() if text == texts[message_id]]


def _window(campaign_id: int, before: int | None) -> Select[int]:
    """Signatures that count, newest first; of somebody who withdrew nothing is read any more."""
    statement = select(Signature.id).where(
        Signature.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED
    )
    if before is not None:
        statement = statement.where(Signature.id < before)
    return statement.order_by(Signature.id.desc())


def _words(
    signature: Signature, message: Message, official: str, marked: int | None, quote: QuoteState | None
) -> WordsShown:
    return WordsShown(
        message_id=message.id,
        signature_id=signature.id,
        name=signature.name,
        visibility=signature.visibility,
        language=signature.language,
        official_names=(official,),
        subject=message.subject,
        words=message.words,
        own_words=message.own_words,
        written_at=message.created_at,
        is_marked=marked is not None,
        quote=quote,
    )
