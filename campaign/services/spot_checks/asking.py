"""Asking whoever was drawn, once and at a pace, and publishing what came of it when the time is over.

Each transaction does its part whole or not at all, so that a worker may end at any instant: a pick is marked
as asked in the transaction that writes its email.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import WORKER
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.publisher import Publisher
from campaign.domain.rate_limit import Pace
from campaign.domain.signature import SignatureState, Visibility
from campaign.domain.spot_check import (
    ASKED_AGAIN_AFTER,
    ASKED_AN_HOUR,
    PickState,
    SpotCheckResult,
    SpotCheckState,
)
from campaign.domain.tokens import TokenPurpose
from campaign.services.audit import audit_log
from campaign.services.campaigns import versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.supporter_email import one_click_url, render_for_supporter, supporter_email
from campaign.services.installation import publisher as publishers
from campaign.services.outbox.enqueue import NewEmail, cancel, enqueue
from campaign.services.outbox.rate_limits import Buckets, lock_buckets, store_buckets
from campaign.services.outbox.suppression_check import AddressHashes, suppression_of
from campaign.services.signatures.link_tokens import new_links, store_links
from campaign.services.spot_checks.announcing import forget_picks
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.legible import legible
from campaign.store.statements import inserting
from campaign.store.tables import Campaign, SpotCheck
from campaign.store.tables.core import (
    outbox_email,
    signature,
    spot_check,
    spot_check_asked,
    spot_check_pick,
    supporter,
)
from campaign.store.tables.spot_checks import IS_ASKING

# So few wait in the queue of the emails that people wait for.
ASKED_AT_ONCE = 10
# What became of an email that did not arrive.
_DID_NOT_ARRIVE = (
    *(OutboxState.BOUNCED, OutboxState.FAILED, OutboxState.CANCELLED),
    *(OutboxState.HELD, OutboxState.QUEUED, OutboxState.LEASED),
)
SignerRow = Row[*tuple[Any, ...]]


def at_work(session: Session) -> tuple[int, ...]:
    """The spot checks that ask at this moment: a look at an index of those few."""
    return tuple(session.scalars(select(spot_check.c.id).where(IS_ASKING).order_by(spot_check.c.id)))


def go_on(session: Session, check_id: int, *, context: MailContext, now: datetime) -> bool:
    """Do the next small part of a spot check; False when there is nothing more to do at this moment.

    One that another worker holds is left to it.
    """
    row = session.scalar(
        select(SpotCheck)
        .where(SpotCheck.id == check_id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None or row.state is not SpotCheckState.ASKING or row.closes_at is None:
        return False
    if row.closes_at <= now:
        _publish(session, row, now=now)
        return False
    return _ask_some(session, row, context=context, now=now)


def _ask_some(session: Session, row: SpotCheck, *, context: MailContext, now: datetime) -> bool:
    buckets = Buckets(now)
    key = f"spot-check:{row.id}"
    lock_buckets(session, {key: Pace(per_hour=ASKED_AN_HOUR, burst=ASKED_AT_ONCE)}, buckets)
    room = min(buckets.allowed(key), ASKED_AT_ONCE)
    if room <= 0:
        return False
    # Whoever is drawn for two letters at once is asked for one of them.
    take_advisory_lock(session, AdvisoryLock.SPOT_CHECK)
    picks = spot_check_pick.c
    of_check = picks.spot_check_id == row.id
    next_ones = (
        select(picks.position, picks.signature_id)
        .where(of_check, picks.state == PickState.WAITING)
        .order_by(picks.position)
        .limit(room)
    )
    waiting = session.execute(next_ones).all()
    signers = _signers(session, [one.signature_id for one in waiting if one.signature_id is not None])
    is_quiet = session.get_one(Campaign, row.campaign_id).quiet_at is not None
    states = {
        one.position: PickState.NO_MAIL
        if is_quiet
        else _state_of(session, signers.get(one.signature_id), context=context, now=now)
        for one in waiting
    }
    for state in set(states.values()):
        marked = [position for position, given in states.items() if given is state]
        values: dict[str, Any] = {"state": state}
        if state is PickState.ASKED:
            values["asked_on"] = now.date()
        session.execute(update(spot_check_pick).where(of_check, picks.position.in_(marked)).values(values))
    asked = [signers[one.signature_id] for one in waiting if states[one.position] is PickState.ASKED]
    if asked:
        _note_asked(session, [signer.id for signer in asked], now=now)
        enqueue(session, _emails(session, row, asked, context=context, now=now), now=now)
        buckets.charge(key, len(asked))
    store_buckets(session, buckets)
    return bool(waiting)


def _note_asked(session: Session, signature_ids: Sequence[int], *, now: datetime) -> None:
    """Write down that they were asked, by which they are not asked again too soon."""
    rows = [{"signature_id": id_, "asked_on": now.date()} for id_ in signature_ids]
    statement = inserting(session, spot_check_asked)
    later = {"asked_on": statement.excluded.asked_on}
    session.execute(statement.on_conflict_do_update(index_elements=["signature_id"], set_=later), rows)


def _signers(session: Session, ids: Sequence[int]) -> Mapping[int | None, SignerRow]:
    """Who made these signatures; nobody changes them until their emails are written."""
    rows = session.execute(
        select(
            *(signature.c[name] for name in ("id", "supporter_id", "state", "visibility", "import_id")),
            *(signature.c.language, legible(supporter.c.email)),
            *(supporter.c.address_hash, supporter.c.spelling_hash),
        )
        .join(supporter, supporter.c.id == signature.c.supporter_id)
        .where(signature.c.id.in_(ids))
        .order_by(signature.c.id)
        .with_for_update(of=signature, key_share=True)
    )
    return {row.id: row for row in rows}


def _state_of(
    session: Session, signer: SignerRow | None, *, context: MailContext, now: datetime
) -> PickState:
    """Whether one who was drawn is asked, or why not."""
    # Of one who was erased, nothing leads here any more.
    if signer is None or signer.state is not SignatureState.CONFIRMED:
        return PickState.LEFT_SINCE
    if signer.import_id is not None:
        return PickState.ON_PAPER
    if signer.visibility is Visibility.SEALED or not signer.email:
        return PickState.NO_ADDRESS
    if suppression_of(session.connection(), _hashes(signer, context), EmailKind.SPOT_CHECK):
        return PickState.NO_MAIL
    recently = (
        select(spot_check_asked.c.signature_id)
        .join(signature, signature.c.id == spot_check_asked.c.signature_id)
        .where(
            signature.c.supporter_id == signer.supporter_id,
            spot_check_asked.c.asked_on > (now - ASKED_AGAIN_AFTER).date(),
        )
    )
    if session.execute(recently.limit(1)).first() is not None:
        return PickState.ASKED_BEFORE
    return PickState.ASKED


def _emails(
    session: Session, row: SpotCheck, signers: Sequence[SignerRow], *, context: MailContext, now: datetime
) -> list[NewEmail]:
    campaign = session.get_one(Campaign, row.campaign_id)
    publisher = publishers.current(session, default=context.default_publisher)
    links = {one.id: new_links(TokenPurpose.VOUCH, TokenPurpose.UNSUBSCRIBE) for one in signers}
    store_links(session.connection(), links, now=now)
    return [
        _email(session, row, campaign, one, links[one.id], publisher=publisher, context=context, now=now)
        for one in signers
    ]


def _email(
    session: Session,
    row: SpotCheck,
    campaign: Campaign,
    signer: SignerRow,
    links: Mapping[TokenPurpose, str],
    *,
    publisher: Publisher,
    context: MailContext,
    now: datetime,
) -> NewEmail:
    """The question: it names the letter, and not who signed."""
    rendered = render_for_supporter(
        context,
        EmailKind.SPOT_CHECK,
        links,
        publisher=publisher,
        **versions.named_in(session, campaign, signer.language),
        days=((row.closes_at or now) - now).days,
    )
    return supporter_email(
        EmailKind.SPOT_CHECK,
        rendered,
        publisher=publisher,
        campaign_id=campaign.id,
        supporter_id=signer.supporter_id,
        signature_id=signer.id,
        to_address=signer.email,
        hashes=_hashes(signer, context),
        language=signer.language,
        due_at=now,
        unsubscribe_url=one_click_url(context, links),
    )


def _hashes(signer: SignerRow, context: MailContext) -> AddressHashes:
    return AddressHashes.of_supporter(
        signer.spelling_hash, signer.address_hash, signer.email, key=context.address_key
    )


def _publish(session: Session, row: SpotCheck, *, now: datetime) -> None:
    """Write down what came of it, all at once, and forget who was drawn."""
    _mark_not_reached(session, row, now=now)
    picks = spot_check_pick.c
    by_state = session.execute(
        select(picks.state, func.count()).where(picks.spot_check_id == row.id).group_by(picks.state)
    )
    numbers = {PickState(state): number for state, number in by_state}
    row.result = SpotCheckResult.of(numbers, yes=row.yes, no=row.no).as_json()
    row.state, row.ended_on = SpotCheckState.PUBLISHED, now.date()
    session.flush()
    forget_picks(session, row)
    details = {"campaign": row.campaign_id, "spot_check": row.number}
    audit_log.record(session, action="spot_check.publish", actor=WORKER, details=details, now=now)


def _mark_not_reached(session: Session, row: SpotCheck, *, now: datetime) -> None:
    """Of those who did not answer, tell apart to whom the question never came; no more of it is sent."""
    picks = spot_check_pick.c
    of_check = picks.spot_check_id == row.id
    asked = select(picks.signature_id).where(of_check, picks.state == PickState.ASKED)
    questions = (
        (outbox_email.c.kind == EmailKind.SPOT_CHECK)
        & outbox_email.c.signature_id.in_(asked)
        & (outbox_email.c.created_at >= row.drawn_at)
    )
    cancel(session, questions, now=now)
    did_not_arrive = select(outbox_email.c.signature_id).where(
        questions, outbox_email.c.state.in_(_DID_NOT_ARRIVE)
    )
    missed = (picks.state == PickState.ASKED) & picks.signature_id.in_(did_not_arrive)
    session.execute(
        update(spot_check_pick)
        .where(of_check, missed | (picks.state == PickState.WAITING))
        .values(state=PickState.NOT_REACHED)
    )
