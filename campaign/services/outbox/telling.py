"""Calling back emails that tell what a campaign is about which has become quiet since they were written."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, tuple_, union, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.domain.signing_form import FormState
from campaign.services.outbox.enqueue import cancel, delete_bodies, lock_rows
from campaign.services.outbox.unreadable import has_not_left
from campaign.services.outbox.withdrawn import tells
from campaign.store.tables.core import campaign, outbox_campaign, outbox_email, signing_form

QUIET_BY_NOW = "not sent: the emails of this campaign are quiet by now"
_AT_ONCE = 500


def call_back(session: Session, emails: ColumnElement[bool], *, now: datetime) -> int:
    """Cancel those of these emails that tell and have not begun to leave; how many there were.

    No words are left of them, nor of what was called back or has failed before: nobody sends it again. What
    one asked about other letters is asked anew.
    """
    telling = emails & tells()
    waiting = telling & has_not_left()
    lock_rows(session, waiting)
    _ask_anew(session, waiting, now=now)
    called_back = cancel(session, telling, now=now, reason=QUIET_BY_NOW)
    delete_bodies(session, telling & (outbox_email.c.state != OutboxState.SENDING))
    return called_back


def _ask_anew(session: Session, emails: ColumnElement[bool], *, now: datetime) -> None:
    """Let the other forms wait again that those of these emails ask about which are about several letters."""
    to_hash, email_id = outbox_email.c.to_hash, outbox_campaign.c.email_id
    of_email = outbox_email.join(outbox_campaign, email_id == outbox_email.c.id)
    letters = (outbox_email.c.campaign_id, outbox_campaign.c.campaign_id)
    asked = union(*(select(to_hash, letter).select_from(of_email).where(emails) for letter in letters))
    pairs = [tuple(row) for row in session.execute(asked)]
    is_quiet = select(campaign.c.id).where(campaign.c.quiet_at.is_not(None))
    for start in range(0, len(pairs), _AT_ONCE):
        form = tuple_(signing_form.c.spelling_hash, signing_form.c.campaign_id)
        again = update(signing_form).where(
            form.in_(pairs[start : start + _AT_ONCE]),
            signing_form.c.campaign_id.not_in(is_quiet),
            signing_form.c.state == FormState.MAILED,
            signing_form.c.content.is_not(None),
        )
        session.execute(again.values(state=FormState.WAITING, mail_at=now))
