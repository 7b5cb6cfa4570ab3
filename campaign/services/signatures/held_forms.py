"""Forms that are held, as part of a rush from one network: organizers see how many, and decide."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.networks import SHORT_VALUE
from campaign.domain.signing_form import FormState, released_at
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.mailbox_plan import MailboxPlan
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.tables.core import signing_form

# Forms decided about in one transaction: some hundredths of a second.
BATCH = 500
# Somebody who comes from many networks fills no page with them.
MOST_NETWORKS = 20
_RELEASE = (
    update(signing_form)
    .where(signing_form.c.id == bindparam("of_form"), signing_form.c.state == FormState.HELD)
    .values(state=FormState.WAITING, mail_at=bindparam("at"))
)


@dataclass(frozen=True)
class HeldOfNetwork:
    """How many forms of one network are held, and since when; `network` is the beginning of its value."""

    network: str
    number: int
    since: datetime


@dataclass(frozen=True)
class HeldForms:
    """What is held of a campaign, up to COUNTED_UP_TO forms; the networks with the most of them first."""

    number: int
    since: datetime | None
    networks: tuple[HeldOfNetwork, ...]

    @property
    def is_all(self) -> bool:
        """Whether there are no more than these."""
        return self.number < COUNTED_UP_TO


def held(
    session: Session, campaign_id: int, *, network: str | None = None, until: datetime | None = None
) -> HeldForms:
    """How many forms are held, of one network where one is named, and of those sent in by a time."""
    counted = (
        select(
            func.substr(signing_form.c.network, 1, SHORT_VALUE).label("network"), signing_form.c.received_at
        )
        .where(_is_held(campaign_id, network, until))
        .order_by(signing_form.c.id)
        .limit(COUNTED_UP_TO)
        .subquery()
    )
    number, since = func.count(), func.min(counted.c.received_at)
    rows = session.execute(
        select(counted.c.network, number, since)
        .group_by(counted.c.network)
        .order_by(number.desc(), counted.c.network)
    ).all()
    networks = tuple(HeldOfNetwork(*row) for row in rows)
    return HeldForms(
        sum(of_network.number for of_network in networks),
        min((of_network.since for of_network in networks), default=None),
        networks[:MOST_NETWORKS],
    )


def release(
    session: Session, slug: str, *, network: str | None, until: datetime, actor: Actor, now: datetime
) -> int:
    """Let the mailboxes of up to BATCH held forms be asked, at their network's pace; how many there were.

    A mailbox is asked no more often than otherwise. `network` is how its value begins, None for all; what
    came in after `until` stays held.
    """
    take_advisory_lock(session, AdvisoryLock.SETTLING)
    campaign_id = campaigns.campaign_row(session, slug).id
    columns = (signing_form.c[name] for name in ("id", "network", "address_hash", "spelling_hash"))
    held_of_campaign = select(*columns).where(_is_held(campaign_id, network, until))
    rows = session.execute(held_of_campaign.order_by(signing_form.c.id).limit(BATCH)).all()
    if not rows:
        return 0
    ahead = _waiting(session, {row.network for row in rows})
    plan = MailboxPlan(session, {row.address_hash for row in rows}, now=now)
    times = []
    for row in rows:
        hashes = AddressHashes(row.spelling_hash, row.address_hash)
        at = plan.mail_at(hashes, released_at(ahead.get(row.network, 0), now=now))
        times.append({"of_form": row.id, "at": at})
        ahead[row.network] = ahead.get(row.network, 0) + 1
    session.execute(_RELEASE, times)
    _record(session, "forms.release", campaign_id, network, len(rows), actor=actor, now=now)
    return len(rows)


def delete_held(
    session: Session, slug: str, *, network: str | None, until: datetime, actor: Actor, now: datetime
) -> int:
    """Delete up to BATCH held forms, of which nobody was told anything; how many there were.

    `network` is how its value begins, None for all; what came in after `until` stays.
    """
    take_advisory_lock(session, AdvisoryLock.SETTLING)
    campaign_id = campaigns.campaign_row(session, slug).id
    held_ids = select(signing_form.c.id).where(_is_held(campaign_id, network, until))
    ids = session.scalars(held_ids.order_by(signing_form.c.id).limit(BATCH)).all()
    if not ids:
        return 0
    session.execute(
        delete(signing_form).where(signing_form.c.id.in_(ids), signing_form.c.state == FormState.HELD)
    )
    _record(session, "forms.delete", campaign_id, network, len(ids), actor=actor, now=now)
    return len(ids)


def _is_held(campaign_id: int, network: str | None, until: datetime | None) -> ColumnElement[bool]:
    condition = (signing_form.c.campaign_id == campaign_id) & (signing_form.c.state == FormState.HELD)
    if network:
        condition &= signing_form.c.network.startswith(network, autoescape=True)
    return condition & (signing_form.c.received_at <= until) if until else condition


def _waiting(session: Session, networks: set[str]) -> dict[str, int]:
    """How many forms of each network wait for their mail: those released now come after them."""
    rows = session.execute(
        select(signing_form.c.network, func.count().label("number"))
        .where(signing_form.c.state == FormState.WAITING, signing_form.c.network.in_(networks))
        .group_by(signing_form.c.network)
    )
    return {row.network: row.number for row in rows}


def _record(
    session: Session,
    action: str,
    campaign_id: int,
    network: str | None,
    number: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    details = {"campaign": campaign_id, "network": network, "number": number}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
