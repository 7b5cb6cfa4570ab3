"""Whether an email may still go: whoever wrote it stands by it, who gets news still takes it, and it tells
nothing of a campaign that has become quiet."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, exists, or_, select

from campaign.domain.outbox import EmailKind
from campaign.domain.signature import IS_REMOVED, SignatureState
from campaign.store.tables.core import campaign, outbox_campaign, outbox_email, signature

# By this reason an email is known that waits again once its signature is restored.
SIGNATURE_REMOVED = "not sent: the signature was removed"
_OF_WHO_STANDS = (EmailKind.MESSAGE, EmailKind.SPOT_CHECK, EmailKind.AFFIRMATION, EmailKind.QUOTE)


def is_stood_by(emails: FromClause = outbox_email) -> ColumnElement[bool]:
    """The condition that an email was not erased, that the signature that a message or a question is
    about still stands, that whoever gets an update still takes it, and that it does not tell."""
    stands_no_more = signature.c.state != SignatureState.CONFIRMED
    is_taken_back = emails.c.kind.in_(_OF_WHO_STANDS) & _has_signature(emails, stands_no_more)
    is_unwanted = (emails.c.kind == EmailKind.UPDATE) & _has_signature(
        emails, or_(stands_no_more, signature.c.updates.is_(False))
    )
    return emails.c.erased_at.is_(None) & ~is_taken_back & ~is_unwanted & ~tells(emails)


def tells(emails: FromClause = outbox_email) -> ColumnElement[bool]:
    """The condition that an email to a signer says what a campaign is about that is quiet by now.

    Only those to organizers and officials have no hash of their address.
    """
    is_quiet = campaign.c.quiet_at.is_not(None)
    of_own = exists(select(1).where(campaign.c.id == emails.c.campaign_id, is_quiet).correlate(emails))
    further = outbox_campaign.join(campaign, campaign.c.id == outbox_campaign.c.campaign_id)
    of_further = exists(
        select(1)
        .select_from(further)
        .where(outbox_campaign.c.email_id == emails.c.id, is_quiet)
        .correlate(emails)
    )
    return emails.c.to_hash.is_not(None) & emails.c.is_quiet.is_(False) & or_(of_own, of_further)


def reason_not_stood_by() -> ColumnElement[Any]:
    """What stands as the reason of a message that is cancelled because its signature no longer stands."""
    is_removed = _has_signature(outbox_email, signature.c.state.in_(IS_REMOVED))
    return case((is_removed, SIGNATURE_REMOVED), else_=None)


def _has_signature(emails: FromClause, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    of_email = signature.c.id == emails.c.signature_id
    return exists(select(1).where(of_email, condition).correlate(emails))
