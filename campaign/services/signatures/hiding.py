"""An organizer takes one name off the wall: its signature counts on, and its owner is told and may differ."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.signature import SignatureState, Visibility
from campaign.errors import ConflictError
from campaign.services.audit import audit_log
from campaign.services.campaigns import first_signers, shown_counts
from campaign.services.compose.mail_context import MailContext
from campaign.services.signatures import correcting
from campaign.services.signatures.counted import is_shown_otherwise
from campaign.store.tables import Signature

# An organizer's second thought, and no longer: its owner has been told, and may have found it right.
UNDO_WITHIN = timedelta(hours=1)


def hide(
    session: Session,
    campaign_id: int,
    signature_id: int,
    *,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> None:
    """Show a name to nobody any more, as if its owner had chosen so.

    ConflictError where it stands no more, or is not shown in full.
    """
    signature = correcting.standing(session, campaign_id, signature_id)
    if signature.visibility is not Visibility.PUBLIC:
        raise ConflictError("How this name is shown has been changed since.")
    before = {"visibility": Visibility.PUBLIC.value}
    correcting.keep_before(session, signature.id, before, actor=actor, now=now)
    _show_as(session, signature, Visibility.HIDDEN)
    correcting.tell(session, signature, {}, context=context, now=now, is_hidden=True)
    _record(session, "signature.hide", signature, actor=actor, now=now)


def show(
    session: Session,
    campaign_id: int,
    signature_id: int,
    *,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> None:
    """Take that back within the hour; ConflictError later, and where anything was changed since."""
    signature = correcting.standing(session, campaign_id, signature_id)
    last = correcting.last_change(session, signature.id)
    is_ours = last is not None and last.fields == ["visibility"] and last.before is not None
    if last is None or not is_ours or last.undone_at or now - last.changed_at > UNDO_WITHIN:
        raise ConflictError("How this name is shown can no longer be changed back. Its owner can do it.")
    last.undone_at = now
    _show_as(session, signature, Visibility.PUBLIC)
    correcting.tell(session, signature, {}, context=context, now=now, is_hidden=True, is_undone=True)
    _record(session, "signature.show", signature, actor=actor, now=now)


def _show_as(session: Session, signature: Signature, is_now: Visibility) -> None:
    was, signature.visibility = signature.visibility, is_now
    session.flush()
    is_shown_otherwise(session, signature, was, is_now)
    first_signers.follow(session, [signature.id])
    if signature.state is SignatureState.CONFIRMED:
        is_entered = signature.import_id is not None
        shown_counts.show_otherwise(
            session, signature.campaign_id, was=was, is_now=is_now, is_entered=is_entered
        )


def _record(session: Session, action: str, signature: Signature, *, actor: Actor, now: datetime) -> None:
    details = {"campaign": signature.campaign_id, "signature": signature.id}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
