"""Mails to supporters about their own signature, and how often a mailbox may be written to."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaign.domain.signing import next_mail_at
from campaign.domain.states import EmailKind, OutboxState
from campaign.mail.render import Rendered
from campaign.services.outbox import NewEmail
from campaign.store.tables import OutboxEmail
from campaign.store.tables.base import table_of

_OUTBOX = table_of(OutboxEmail)
# A thank-you follows a click in the mailbox itself, so it is asked for; these two a stranger can cause.
_UNASKED = (EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED)
_MAILS = select(_OUTBOX.c.due_at, _OUTBOX.c.signature_id, _OUTBOX.c.state).where(
    _OUTBOX.c.supporter_id == bindparam("supporter_id"), _OUTBOX.c.kind.in_(_UNASKED)
)


def may_mail_at(session: Session, *, supporter_id: int, signature_id: int, now: datetime) -> datetime | None:
    """When this mailbox may be written to again unasked; None for never, or if such a mail waits already."""
    mails = session.connection().execute(_MAILS, {"supporter_id": supporter_id}).all()
    about_this = [mail for mail in mails if mail.signature_id == signature_id]
    if any(mail.due_at > now and mail.state is OutboxState.QUEUED for mail in about_this):
        return None
    return next_mail_at([mail.due_at for mail in mails], for_this_signature=len(about_this), now=now)


def supporter_email(
    kind: EmailKind,
    rendered: Rendered,
    *,
    campaign_id: int,
    supporter_id: int,
    signature_id: int,
    to_address: str,
    language: str,
    due_at: datetime,
) -> NewEmail:
    """A mail to a supporter, ready for the outbox."""
    return NewEmail(
        kind=kind,
        state=OutboxState.QUEUED,
        due_at=due_at,
        campaign_id=campaign_id,
        supporter_id=supporter_id,
        signature_id=signature_id,
        to_address=to_address,
        language=language,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
    )
