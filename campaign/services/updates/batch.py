"""An update on its way: its list and its emails, made and written by the worker in small transactions.

Each transaction does its part whole or not at all, so that a worker may end at any instant: a supporter is on
the list once, and is marked as written in the transaction that writes their email.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import WORKER
from campaign.domain.outbox import OutboxState
from campaign.domain.quiet import is_written
from campaign.domain.rate_limit import Pace
from campaign.domain.signature import SignatureState
from campaign.domain.updates import RecipientState, UpdateState
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.supporter_email import supporter_email
from campaign.services.outbox.enqueue import NewEmail, cancel, delete_bodies, enqueue, lock_rows
from campaign.services.outbox.rate_limits import Buckets, lock_buckets, store_buckets
from campaign.services.outbox.suppression_check import AddressHashes, suppression_of
from campaign.services.outbox.unreadable import has_not_left
from campaign.services.outbox.withdrawn import is_stood_by
from campaign.services.signatures.link_tokens import Links, new_links, store_links
from campaign.services.updates import gathering, questions
from campaign.services.updates.drafts import move, record, texts_of
from campaign.services.updates.mails import UpdateWriter
from campaign.store.legible import legible
from campaign.store.statements import rows_changed
from campaign.store.tables import Campaign, CampaignUpdate
from campaign.store.tables.core import campaign_update, outbox_email, signature, supporter, update_recipient
from campaign.store.tables.updates import IS_AT_WORK, IS_WAITING

# About 30 ms on two slow cores.
WRITTEN_AT_ONCE = 50
# Of all updates together no more wait in the queue: who pauses or changes one calls back so few.
MOST_QUEUED = 200
# What may be written at once is what the pace allows in so long, for the worker looks every few seconds.
BURST_SECONDS = 10


def at_work(session: Session, *, now: datetime) -> tuple[int, ...]:
    """The updates of which something is to be done now: a look at an index of those few."""
    is_time = or_(
        campaign_update.c.clears.is_(True),
        campaign_update.c.starts_at <= now,
        campaign_update.c.state == UpdateState.PREPARING,
    )
    ids = select(campaign_update.c.id).where(IS_AT_WORK, is_time).order_by(campaign_update.c.id)
    return tuple(session.scalars(ids))


def go_on(session: Session, update_id: int, *, context: MailContext, now: datetime) -> bool:
    """Do the next small part of an update; False when there is nothing more to do at this moment.

    An update that another worker holds is left to it.
    """
    row = session.scalar(
        select(CampaignUpdate)
        .where(CampaignUpdate.id == update_id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    if row.clears:
        return gathering.clear(session, row)
    if row.asks_wording is not None and not questions.is_current(session, row):
        return _end_outdated(session, row, now=now)
    if row.state is UpdateState.PREPARING:
        return gathering.gather(session, row, now=now)
    if row.state is UpdateState.SENDING and (row.starts_at is None or row.starts_at <= now):
        return _write(session, row, context=context, now=now)
    return False


def _end_outdated(session: Session, row: CampaignUpdate, *, now: datetime) -> bool:
    """Stop a question about a version that the letter has left behind, or that nobody can affirm any more."""
    move(row, UpdateState.STOPPED, now=now)
    called_back = call_back(session, row, keeps_list=False, now=now)
    session.flush()
    record(session, "update.outdated", row, actor=WORKER, now=now, emails=called_back)
    return True


def call_back(session: Session, row: CampaignUpdate, *, keeps_list: bool, now: datetime) -> int:
    """Cancel an update's emails that have not left; those on its list wait again, or the list ends.

    Whoever's email a provider may have seen before keeps the mark of having been written to.
    """
    of_update = outbox_email.c.update_id == row.id
    lock_rows(session, of_update & has_not_left())
    waiting = session.execute(
        select(outbox_email.c.id, outbox_email.c.first_tried_at).where(of_update, has_not_left())
    ).all()
    # By their ids: an update may have a million that were sent.
    called_back = cancel(session, outbox_email.c.id.in_([one.id for one in waiting]), now=now)
    # Nobody sends an old text again.
    unsent = (OutboxState.CANCELLED, OutboxState.FAILED, OutboxState.IN_DOUBT)
    delete_bodies(session, of_update & outbox_email.c.state.in_(unsent))
    cancelled = select(outbox_email.c.supporter_id).where(
        outbox_email.c.id.in_([one.id for one in waiting if one.first_tried_at is None]),
        outbox_email.c.state == OutboxState.CANCELLED,
    )
    again = (
        update(update_recipient)
        .where(update_recipient.c.update_id == row.id, update_recipient.c.supporter_id.in_(cancelled))
        .values(state=RecipientState.WAITING)
    )
    row.written -= rows_changed(session, again)
    row.clears = not keeps_list
    return called_back


def _write(session: Session, row: CampaignUpdate, *, context: MailContext, now: datetime) -> bool:
    """Write the next emails of the list into the outbox, as many as its pace and the queue let."""
    _cancel_unwanted(session, row, now=now)
    buckets = Buckets(now)
    room = min(_room(session, row, buckets), MOST_QUEUED - _queued(session), WRITTEN_AT_ONCE)
    if room <= 0:
        return False
    readers = _next(session, row, room)
    if not readers:
        if not _are_left(session, row):
            move(row, UpdateState.SENT, now=now)
        return False
    emails, passed_over = _emails(session, row, readers, context=context, now=now)
    enqueue(session, emails, now=now)
    written = [reader.supporter_id for reader in readers if reader.supporter_id not in passed_over]
    for state, marked in ((RecipientState.WRITTEN, written), (RecipientState.PASSED_OVER, passed_over)):
        session.execute(
            update(update_recipient)
            .where(update_recipient.c.update_id == row.id, update_recipient.c.supporter_id.in_(marked))
            .values(state=state)
        )
    row.written += len(emails)
    row.passed_over += len(passed_over)
    if emails:
        buckets.charge(_key(row), len(emails))
    store_buckets(session, buckets)
    return True


def _emails(
    session: Session,
    row: CampaignUpdate,
    readers: Sequence[Row[*tuple[Any, ...]]],
    *,
    context: MailContext,
    now: datetime,
) -> tuple[list[NewEmail], list[int]]:
    """The emails to those who still take news, and the supporters who do not."""
    campaign = session.get_one(Campaign, row.campaign_id)
    texts = texts_of(row)
    writer = UpdateWriter(session, campaign, texts, asks_wording=row.asks_wording, context=context)
    emails, passed_over, links = [], [], {}
    asked = _still_asked(session, row, readers)
    for reader in readers:
        hashes = AddressHashes.of_supporter(
            reader.spelling_hash, reader.address_hash, reader.email, key=context.address_key
        )
        is_stopped = suppression_of(session.connection(), hashes, writer.kind)
        takes_it = reader.updates if asked is None else reader.signature_id in asked
        takes_it = takes_it and reader.state is SignatureState.CONFIRMED
        has_words = reader.secret_hash is not None
        takes_it = takes_it and is_written(writer.kind, is_quiet=writer.is_quiet, has_words=has_words)
        if not (takes_it and reader.email and reader.name) or is_stopped:
            passed_over.append(reader.supporter_id)
            continue
        own: Links = {}
        if not writer.is_quiet:
            own = links[reader.signature_id] = new_links(*writer.purposes)
        emails.append(_email(row, reader, writer, hashes, links=own, now=now))
    store_links(session.connection(), links, now=now)
    return emails, passed_over


def _still_asked(
    session: Session, row: CampaignUpdate, readers: Sequence[Row[*tuple[Any, ...]]]
) -> frozenset[int] | None:
    """Of those on the list of a question, who has not affirmed or answered meanwhile; None for news."""
    if row.asks_wording is None:
        return None
    theirs = signature.c.id.in_([reader.signature_id for reader in readers])
    is_asked = questions.is_asked(session, row.campaign_id, row.asks_wording)
    return frozenset(session.scalars(select(signature.c.id).where(theirs, is_asked)))


def _email(
    row: CampaignUpdate,
    reader: Row[*tuple[Any, ...]],
    writer: UpdateWriter,
    hashes: AddressHashes,
    *,
    links: Links,
    now: datetime,
) -> NewEmail:
    """The email to one reader; of a quiet campaign, without a token, it says only that there is something."""
    language = writer.language_for(reader.language)
    return supporter_email(
        writer.kind,
        writer.write(language, name=reader.name, links=links) if links else writer.quiet(language),
        publisher=writer.publisher if links else writer.quiet_publisher,
        campaign_id=row.campaign_id,
        to_address=reader.email,
        hashes=hashes,
        language=language,
        due_at=now,
        supporter_id=reader.supporter_id,
        signature_id=reader.signature_id,
        unsubscribe_url=writer.end_url(links) if links else None,
        update_id=row.id,
    )


def _next(session: Session, row: CampaignUpdate, number: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The next on the list, whom nobody changes until their email is written; who is being changed follows.

    Whoever withdraws at this moment waits, and then finds the email and cancels it.
    """
    return session.execute(
        select(
            *(update_recipient.c.signature_id, update_recipient.c.supporter_id),
            *(signature.c[name] for name in ("language", "state", "updates", "secret_hash")),
            *(
                legible(signature.c.name),
                legible(supporter.c.email),
                supporter.c.address_hash,
                supporter.c.spelling_hash,
            ),
        )
        .join(signature, signature.c.id == update_recipient.c.signature_id)
        .join(supporter, supporter.c.id == update_recipient.c.supporter_id)
        .where(update_recipient.c.update_id == row.id, IS_WAITING)
        .order_by(update_recipient.c.signature_id)
        .limit(number)
        .with_for_update(of=[update_recipient, signature], skip_locked=True, key_share=True)
    ).all()


def _are_left(session: Session, row: CampaignUpdate) -> bool:
    left = select(update_recipient.c.signature_id).where(update_recipient.c.update_id == row.id, IS_WAITING)
    return session.execute(left.limit(1)).first() is not None


def _cancel_unwanted(session: Session, row: CampaignUpdate, *, now: datetime) -> None:
    """Cancel what waits in the queue for somebody who takes it no more, however that came to be."""
    waiting = (outbox_email.c.update_id == row.id) & (outbox_email.c.state == OutboxState.QUEUED)
    ids = session.scalars(select(outbox_email.c.id).where(waiting, ~is_stood_by())).all()
    if ids:
        cancel(session, outbox_email.c.id.in_(ids), now=now)


def _queued(session: Session) -> int:
    """How many emails of all updates wait, counted no further than MOST_QUEUED."""
    queued = (
        select(outbox_email.c.id)
        .where(outbox_email.c.state == OutboxState.QUEUED, outbox_email.c.update_id.is_not(None))
        .limit(MOST_QUEUED)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(queued)) or 0


def _room(session: Session, row: CampaignUpdate, buckets: Buckets) -> int:
    burst = max(1, row.hourly_rate * BURST_SECONDS // 3600)
    lock_buckets(session, {_key(row): Pace(per_hour=row.hourly_rate, burst=burst)}, buckets)
    return buckets.allowed(_key(row))


def _key(row: CampaignUpdate) -> str:
    return f"update:{row.id}"
