"""An organizer accepts a signature that was suspected: it counts, and what waited with it leaves."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.signature import SignatureState
from campaign.errors import ConflictError, NotFoundError
from campaign.services.audit import audit_log
from campaign.services.compose.mail_context import MailContext
from campaign.services.signatures.counted import count_suspected
from campaign.services.signatures.link_tokens import locked_signature
from campaign.store.tables import Signature


def accept(
    session: Session,
    campaign_id: int,
    signature_id: int,
    *,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> None:
    """Count a suspected signature, let its messages leave, and thank whoever signed.

    NotFoundError when there is none in this campaign, ConflictError for one that is not suspected.
    """
    signature = locked_signature(session, signature_id) if session.get(Signature, signature_id) else None
    if signature is None or signature.campaign_id != campaign_id:
        raise NotFoundError("There is no such supporter in this campaign.")
    if signature.state is not SignatureState.SUSPECTED:
        raise ConflictError("Only a suspected signature can be accepted.")
    count_suspected(session, signature, context=context, now=now)
    audit_log.record(
        session,
        action="signature.accept",
        actor=actor,
        details={"campaign": campaign_id, "signature": signature_id},
        now=now,
    )
