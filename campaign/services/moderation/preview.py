"""What a rule would remove: a number and a few examples, before anything is done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.addresses import masked_address
from campaign.domain.moderation import InvalidationRule, is_of_domain
from campaign.domain.signature import SignatureState
from campaign.services.audit import audit_log
from campaign.services.moderation.invalidation import candidates, until_now
from campaign.store.legible import legible
from campaign.store.tables.core import signature, supporter

# Signatures that one preview looks at, the newest first: about a second.
MOST_LOOKED_AT = 200_000
EXAMPLES = 10


@dataclass(frozen=True)
class Example:
    """One signature that fits; the address is masked, None when it was erased.

    What is suspected counts from no time: `confirmed_at` is then when its form came in.
    """

    signature_id: int
    name: str
    email: str | None
    state: SignatureState
    confirmed_at: datetime


@dataclass(frozen=True)
class Preview:
    """How many signatures a rule would remove; unless `is_all` there may be more, among older ones."""

    rule: InvalidationRule
    number: int
    is_all: bool
    examples: tuple[Example, ...]


def preview(session: Session, campaign_id: int, rule: InvalidationRule, *, now: datetime) -> Preview:
    """Count what fits a rule, and show the newest; the answer's rule is about nobody who confirms later."""
    rule = until_now(rule, now=now)
    looked_at = union_all(
        *(select(_newest(campaign_id, rule, state).subquery()) for state in sorted(rule.states))
    ).subquery()
    fitting = func.count().filter(looked_at.c.fits)
    number, all_looked_at = session.execute(select(fitting, func.count()).select_from(looked_at)).one()
    newest_first = (
        select(looked_at.c.id, looked_at.c.moment, looked_at.c.email)
        .where(looked_at.c.fits)
        .order_by(looked_at.c.moment.desc(), looked_at.c.id.desc())
    )
    if rule.domain is None:
        moments = [(row.id, row.moment) for row in session.execute(newest_first.limit(EXAMPLES))]
    else:
        number, moments = _of_domain(session, newest_first, rule)
    rows = session.execute(
        select(signature.c.id, legible(signature.c.name), signature.c.state, legible(supporter.c.email))
        .join(supporter, supporter.c.id == signature.c.supporter_id)
        .where(signature.c.id.in_([id_ for id_, _ in moments]))
    )
    by_id = {row.id: row for row in rows}
    examples = tuple(
        Example(id_, by_id[id_].name, _masked(by_id[id_].email), by_id[id_].state, moment)
        for id_, moment in moments
    )
    return Preview(rule, number, all_looked_at < MOST_LOOKED_AT, examples)


def _of_domain(
    session: Session, newest_first: Select[Any], rule: InvalidationRule
) -> tuple[int, list[tuple[int, datetime]]]:
    """How many of these are of the rule's domain, and the first of them: the database reads no address."""
    number, first = 0, []
    with session.execute(newest_first, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            if is_of_domain(rule, row.email):
                number += 1
                if number <= EXAMPLES:
                    first.append((row.id, row.moment))
    return number, first


def _newest(campaign_id: int, rule: InvalidationRule, state: SignatureState) -> Select[Any]:
    newest_first = signature.c.id if state is SignatureState.SUSPECTED else signature.c.confirmed_at
    statement = candidates(campaign_id, rule, state)
    return statement.order_by(newest_first.desc(), signature.c.id.desc()).limit(MOST_LOOKED_AT)


def _masked(email: str | None) -> str | None:
    return masked_address(email) if email else None


def record_look(session: Session, campaign_id: int, seen: Preview, *, actor: Actor, now: datetime) -> None:
    """Enter into the audit log who looked at which people."""
    audit_log.record(
        session,
        action="signatures.preview",
        actor=actor,
        details={
            "campaign": campaign_id,
            "number": seen.number,
            "signatures": [example.signature_id for example in seen.examples],
            **seen.rule.as_json(),
        },
        now=now,
    )
