"""Making a campaign quiet: no email to its supporters tells anything from then on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.imports import UNDER_WAY
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.quiet import QuietStanding, is_written, may_begin, may_end
from campaign.errors import ConflictError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.outbox import digest_members, telling
from campaign.services.outbox.enqueue import lock_rows
from campaign.services.outbox.withdrawn import tells
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.tables import Campaign, Signature
from campaign.store.tables.core import (
    outbox_campaign,
    outbox_email,
    signature,
    signature_import,
    signing_form,
)


@dataclass(frozen=True)
class TurnedQuiet:
    """What became of emails that tell: so many were called back, and so many were leaving at that moment."""

    called_back: int
    leaving: int


def turn_on(
    session: Session, slug: str, *, has_reply_domain: bool, actor: Actor, now: datetime
) -> TurnedQuiet | None:
    """Make a campaign quiet, whatever its state; None when it is so already.

    Emails to supporters that have not left tell what it is about, and never leave: nobody sends them again.
    One that is written at this moment finds the campaign quiet before it is sent. Without a reply domain the
    messages to officials that wait name their writers' mailboxes, where an answer would tell: no longer.
    """
    # Who writes messages at this moment may not have seen it: theirs are there once they have finished.
    take_advisory_lock(session, AdvisoryLock.QUIET)
    campaign = campaigns.campaign_row(session, slug)
    if not may_begin(_standing(session, campaign)):
        return None
    campaign.quiet_at = now
    session.flush()
    further = select(outbox_campaign.c.email_id).where(outbox_campaign.c.campaign_id == campaign.id)
    about = (outbox_email.c.campaign_id == campaign.id) | outbox_email.c.id.in_(further)
    called_back = telling.call_back(session, about, now=now)
    if not has_reply_domain:
        _let_answers_come_here(session, campaign.id, now=now)
    is_leaving = about & (outbox_email.c.state == OutboxState.SENDING) & tells()
    leaving = session.scalar(select(func.count()).select_from(outbox_email).where(is_leaving)) or 0
    _changed(session, campaign.id, "campaign.quiet", actor=actor, now=now)
    return TurnedQuiet(called_back, leaving)


def turn_off(session: Session, slug: str, *, actor: Actor, now: datetime) -> bool:
    """Have a draft's emails tell what they are about again; False when they do so already.

    ConflictError once it was open: those who signed were promised otherwise.
    """
    campaign = campaigns.campaign_row(session, slug)
    session.refresh(campaign, with_for_update=True)
    if campaign.quiet_at is None:
        return False
    if not may_end(_standing(session, campaign)):
        raise ConflictError(
            "People could already sign this campaign and were promised quiet emails. It stays quiet for good."
        )
    campaign.quiet_at = None
    session.flush()
    _changed(session, campaign.id, "campaign.quiet-ended", actor=actor, now=now)
    return True


def may_turn_off(session: Session, slug: str) -> bool:
    """Whether a campaign may stop being quiet."""
    return may_end(_standing(session, campaigns.campaign_row(session, slug)))


def refuse_questions(campaign: Campaign) -> None:
    """ConflictError where emails are quiet: a question to signers would say what it is about."""
    if campaign.quiet_at is not None:
        raise ConflictError(
            "The emails of this campaign are quiet, so nobody who signed can be asked by email."
        )


def is_written_to(session: Session, signer: Signature, kind: EmailKind) -> bool:
    """Whether an email of a kind is written to somebody who signed."""
    is_quiet = session.get_one(Campaign, signer.campaign_id).quiet_at is not None
    return is_written(kind, is_quiet=is_quiet, has_words=signer.secret_hash is not None)


def quiet_ids(session: Session) -> frozenset[int]:
    """The campaigns that are quiet: a few rows of a small table."""
    return frozenset(session.scalars(select(Campaign.id).where(Campaign.quiet_at.is_not(None))))


def _let_answers_come_here(session: Session, campaign_id: int, *, now: datetime) -> None:
    """Whatever of a campaign's messages may still go, alone or among others, names no mailbox from now on.

    One that is leaving, has failed, bounced or is in doubt may go again. A digest has the addresses in its
    words: it loses these, and is put together anew before it goes.
    """
    of_campaign = (outbox_email.c.campaign_id == campaign_id) & (outbox_email.c.kind == EmailKind.MESSAGE)
    naming = of_campaign & outbox_email.c.reply_to.is_not(None)
    lock_rows(session, naming)
    digest_members.take_out(session, naming, now=now)
    digest_members.delete_bodies(session, naming)
    session.execute(update(outbox_email).where(naming).values(reply_to=None))


def _standing(session: Session, campaign: Campaign) -> QuietStanding:
    has_signed = exists().where(signature.c.campaign_id == campaign.id)
    has_sent = exists().where(signing_form.c.campaign_id == campaign.id)
    is_entered = exists().where(
        signature_import.c.campaign_id == campaign.id, signature_import.c.state.in_(UNDER_WAY)
    )
    return QuietStanding(
        is_quiet=campaign.quiet_at is not None,
        state=campaign.state,
        was_open=campaign.opened_at is not None,
        has_people=bool(session.scalar(select(has_signed | has_sent | is_entered))),
    )


def _changed(session: Session, campaign_id: int, action: str, *, actor: Actor, now: datetime) -> None:
    campaigns.raise_version(session, campaign_id)
    audit_log.record(session, action=action, actor=actor, details={"campaign": campaign_id}, now=now)
