"""What becomes of an earlier signature of the same mailbox when a form is confirmed."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure
from campaign.domain.signature import IS_REMOVED, SignatureState, kept_moment
from campaign.services.signatures.awaiting import OpenForm
from campaign.services.signatures.counted import count, record_figure, uncount
from campaign.services.signatures.erasure import erase_twin
from campaign.services.signatures.link_tokens import locked_signature
from campaign.store.tables import Signature


def come_back(session: Session, form: OpenForm, signature: Signature, *, counts: bool, now: datetime) -> None:
    """Count a signature again that was taken back; one that an organizer took off stays off in silence."""
    if signature.state in IS_REMOVED:
        return
    signature.signed_at, signature.withdrawn_at = (
        kept_moment(signature.visibility, form.row.received_at),
        None,
    )
    signature.state = SignatureState.SUSPECTED
    if counts:
        count(session, signature, now=now)


def give_way(session: Session, earlier: Signature, *, now: datetime) -> None:
    """Let a mailbox count once.

    It was counted twice, since nothing led from one signature to the other; or its earlier one is sealed,
    forgotten, or has other secret words, and who signs now may see neither its day nor that there was one.
    """
    held = locked_signature(session, earlier.id)
    if held.state is SignatureState.CONFIRMED:
        record_figure(session, Figure.WITHDRAWN, held, now=now)
        uncount(session, held)
    erase_twin(session, held, now=now)
