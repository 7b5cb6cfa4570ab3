"""Digests: when one is due, it takes the place of the messages that wait for an official."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.digest import (
    MOST_TEXTS,
    DigestMode,
    goes_in_one_mail,
    is_due,
    morning_of,
    number_that_fits,
)
from campaign.domain.manifest_keys import ManifestKeys
from campaign.domain.office_check import through_code
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.rate_limit import local_day
from campaign.domain.signature import SignatureState
from campaign.domain.similarity import COPIED_BELOW
from campaign.errors import NotFoundError
from campaign.mail.render import Rendered
from campaign.services.audit import audit_log
from campaign.services.campaigns import pages
from campaign.services.compose.mail_context import MailContext
from campaign.services.digests.writing import Digest, texts_of
from campaign.services.installation import publisher as publishers
from campaign.services.office_check import codes as office_codes
from campaign.services.office_check import manifests
from campaign.services.office_check.codes import NewCheck
from campaign.services.outbox import digest_members, unreadable
from campaign.services.outbox.enqueue import NewEmail, enqueue
from campaign.services.outbox.rate_limits import is_within
from campaign.services.queue.schedule import digests_of
from campaign.store.legible import is_there, is_whole, legible
from campaign.store.tables import Campaign, Official
from campaign.store.tables.core import campaign, message, official, outbox_email, signature

# So many of the messages that wait show what a digest is like.
MOST_PREVIEWED = 20
_TEXTS = (
    *(outbox_email.c[name] for name in ("to_address", "to_name", "reply_to")),
    *unreadable.TOLD_IN_DIGEST,
)
_Rows = Sequence[Row[*tuple[Any, ...]]]


def officials_due(session: Session, *, now: datetime) -> tuple[int, ...]:
    """The officials whose digest is to be composed now: a look at those few who get digests at all."""
    rows = session.execute(
        select(Official, Campaign)
        .join(Campaign, Campaign.id == Official.campaign_id)
        .where(Official.digest_mode != DigestMode.NEVER, *_may_be_written_to(now))
        .order_by(Official.id)
    )
    return tuple(official.id for official, campaign in rows if is_due(digests_of(official, campaign), now))


def compose(
    session: Session,
    official_id: int,
    *,
    context: MailContext,
    manifest_keys: ManifestKeys,
    now: datetime,
) -> bool:
    """Write the digest that is due, or note that none is needed today; True when a further part follows.

    One worker does it, whoever holds the official's row; for the others nothing is due any more.
    """
    locked = _locked(session, official_id, now=now)
    if locked is None:
        return False
    official, campaign = locked
    schedule = digests_of(official, campaign)
    if not is_due(schedule, now):
        return False
    today = local_day(now, schedule.time_zone)
    parts = _parts_since(session, official.id, morning_of(today, schedule.time_zone))
    waits = _waits_for(official)
    found = _waiting_messages(session, waits)
    rows = _whole(found)
    unreadable.fail(session, {row.id for row in found} - {row.id for row in rows}, now=now)
    are_more = len(found) == MOST_TEXTS
    is_left = are_more and not rows
    waiting = _number_waiting(session, waits, most=schedule.threshold + 1)
    if rows and goes_in_one_mail(schedule, waiting=waiting, is_continued=parts > 0):
        digest = _put_together(session, official, campaign, rows, context, part=parts + 1, today=today)
        email, manifest = digest.written(context, now=now)
        files = manifests.signed(session, manifest, keys=manifest_keys)
        _store(session, replace(email, files=files), digest, key=context.address_key, now=now)
        is_left = len(digest.texts) < len(rows) or are_more
    if not is_left:
        official.digested_on = today
        session.flush()
    return is_left


def preview(
    session: Session,
    campaign_id: int,
    official_id: int,
    *,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> Rendered | None:
    """What an official's next digest would say if it went now, as far as organizers look; None for nothing.

    Entered into the audit log. NotFoundError for another campaign's official.
    """
    found = select(Official, Campaign).join(Campaign, Campaign.id == Official.campaign_id)
    row = session.execute(found.where(Official.id == official_id, Campaign.id == campaign_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such official in this campaign.")
    official, campaign = row
    rows = _whole(_waiting_messages(session, _waits_for(official), most=MOST_PREVIEWED))
    details = {"campaign": campaign_id, "official": official_id, "messages": len(rows)}
    audit_log.record(session, action="digest.preview", actor=actor, details=details, now=now)
    if not rows:
        return None
    today = local_day(now, digests_of(official, campaign).time_zone)
    digest = _put_together(session, official, campaign, rows, context, part=1, today=today)
    return digest.preview(context)


def _put_together(
    session: Session,
    official: Official,
    campaign: Campaign,
    rows: _Rows,
    context: MailContext,
    *,
    part: int,
    today: date,
) -> Digest:
    """As many of these messages as one mail holds."""
    alike = _for_one_mail(rows)
    page = pages.page(session, campaign.slug, language=alike[0].language)
    texts = list(texts_of(session, page, alike))
    texts = texts[: number_that_fits([text.weight for text in texts])]
    publisher = publishers.current(session, default=context.default_publisher)
    return Digest(official, page, publisher, alike[: len(texts)], texts, part=part, sent_on=today)


def _locked(session: Session, official_id: int, *, now: datetime) -> tuple[Official, Campaign] | None:
    """An official, locked, and their campaign; None when another worker has them or nothing may be sent."""
    row = session.execute(
        select(Official, Campaign)
        .join(Campaign, Campaign.id == Official.campaign_id)
        .where(Official.id == official_id, *_may_be_written_to(now))
        # Not the key: whoever signs holds that shared, and would put a digest off as long as people sign.
        .with_for_update(of=Official, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def _number_waiting(session: Session, waits: ColumnElement[bool], *, most: int) -> int:
    """How many messages wait for a digest, counted no further than `most`."""
    joined = select(outbox_email.c.id).join(message, message.c.id == outbox_email.c.message_id)
    waiting_ids = joined.where(waits).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(waiting_ids)) or 0


def _may_be_written_to(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether a worker would send to an official at this moment, too."""
    tables = (official, campaign)
    not_paused = (Official.paused_at.is_(None), Campaign.sending_paused_at.is_(None))
    return (*not_paused, *(is_within(table, now) for table in tables))


def _waits_for(official: Official) -> ColumnElement[bool]:
    """The condition that a message, joined to its email, may go into an official's digest."""
    is_waiting = (outbox_email.c.state == OutboxState.QUEUED) & (outbox_email.c.kind == EmailKind.MESSAGE)
    theirs = is_waiting & (outbox_email.c.official_id == official.id)
    return theirs & reads_like_others() if official.digest_mode is DigestMode.ALIKE else theirs


def reads_like_others() -> ColumnElement[bool]:
    """The condition that a message says nothing that the letter or other supporters have not said.

    One without any words of its own is such a message: a name under the letter.
    """
    return or_(message.c.own_words.is_(None), message.c.own_words < COPIED_BELOW)


def _parts_since(session: Session, official_id: int, morning: datetime) -> int:
    """How many digests an official has got since the morning, those called off not counted."""
    of_today = (
        (outbox_email.c.official_id == official_id)
        & (outbox_email.c.kind == EmailKind.DIGEST)
        & (outbox_email.c.created_at >= morning)
        & (outbox_email.c.state != OutboxState.CANCELLED)
    )
    return session.scalar(select(func.count()).where(of_today)) or 0


def _waiting_messages(session: Session, waits: ColumnElement[bool], *, most: int = MOST_TEXTS) -> _Rows:
    """The oldest messages that wait, with what their supporters wrote: as many as a mail may hold.

    Signatures are locked with them: whoever withdraws one waits, and then finds the digest that holds it.
    """
    return session.execute(
        select(
            *(outbox_email.c.id, outbox_email.c.language, message.c.stressed_asks, message.c.released_at),
            *(signature.c.country, *map(legible, _TEXTS), *map(is_there, _TEXTS)),
        )
        .join(message, message.c.id == outbox_email.c.message_id)
        .join(signature, signature.c.id == message.c.signature_id)
        .where(waits, signature.c.state == SignatureState.CONFIRMED)
        .order_by(outbox_email.c.due_at, outbox_email.c.id)
        .limit(most)
        .with_for_update(read=True, of=[outbox_email, signature], skip_locked=True)
    ).all()


def _for_one_mail(rows: _Rows) -> _Rows:
    """The first of these messages and those for the same recipient in the same language.

    One mail has one of each: messages written for another wait for the next part.
    """
    first = rows[0]
    return [row for row in rows if (row.to_address, row.language) == (first.to_address, first.language)]


def _whole(rows: _Rows) -> _Rows:
    """Those of which everything can be read: nobody's message waits for one that cannot."""
    return [row for row in rows if is_whole(row, _TEXTS)]


def _store(session: Session, email: NewEmail, digest: Digest, *, key: bytes, now: datetime) -> None:
    """Write a digest into the outbox, and make messages part of it."""
    [digest_id] = enqueue(session, [email], now=now)
    digest_members.add(session, digest_id, [row.id for row in digest.rows], now=now)
    days = [row.released_at.date() for row in digest.rows]
    vouched = NewCheck(
        code=digest.code,
        campaign_id=digest.page.head.id,
        # Who publishes stands below the code, where mail systems add lines too.
        text=through_code(email.text, digest.code),
        messages=len(digest.rows),
        with_words=sum(bool(row.words) for row in digest.rows),
        first_on=min(days),
        last_on=max(days),
        digest_id=digest_id,
    )
    office_codes.store(session.connection(), [vouched], key=key)
