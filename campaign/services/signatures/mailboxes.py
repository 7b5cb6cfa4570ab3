"""A mailbox's owner, new or known, held while what it confirms becomes a signature."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure
from campaign.domain.signature import SignatureState
from campaign.services.compose.mail_context import MailContext
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures import kept_forms, sealed_signers
from campaign.services.signatures.awaiting import OpenForm
from campaign.services.signatures.counted import record_figure, uncount
from campaign.services.signatures.erasure import erase_twin
from campaign.services.signatures.link_tokens import locked_signature
from campaign.store.insert_new import InsertOrLock
from campaign.store.tables import Signature, SigningForm, Supporter

# Held to the end: two forms of one mailbox that are confirmed at once see each other's signature.
_SUPPORTER = InsertOrLock(
    Supporter,
    columns=("address_hash", "spelling_hash", "email", "created_at"),
    unique="address_hash",
    returning=("id",),
)


def lock_mailbox(session: Session, row: SigningForm, *, context: MailContext, now: datetime) -> int:
    """Hold the mailbox's owner, new or known, until the transaction ends; the supporter's id."""
    # The form of somebody who signed before spellings were kept has none yet.
    row.spelling_hash = AddressHashes.of(row.email, key=context.address_key).spelling
    values = {
        "address_hash": row.address_hash,
        "spelling_hash": row.spelling_hash,
        "email": None if kept_forms.is_sealed(row.content or "") else row.email,
        "created_at": now,
    }
    supporter_id: int
    (supporter_id,) = _SUPPORTER.run(session.connection(), values)
    return supporter_id


def supporter_of(session: Session, form: OpenForm, holder_id: int, *, key: bytes, now: datetime) -> int:
    """Whom the signature will belong to: the mailbox's owner, or if sealed somebody known by nothing."""
    if form.stored.form.sealed is None:
        return holder_id
    hashes = AddressHashes.of(form.row.email, key=key)
    return sealed_signers.own_supporter(session, hashes, form.campaign.id, key=key, now=now)


def give_way(session: Session, earlier: Signature, *, now: datetime) -> None:
    """Let a mailbox count once.

    It was counted twice, since nothing led from one signature to the other; or its earlier one is sealed,
    forgotten, or has other secret words, and who signs now may see neither its day nor that there was one.
    """
    held = locked_signature(session, earlier.id, unread=True)
    if held.state is SignatureState.CONFIRMED:
        record_figure(session, Figure.WITHDRAWN, held, now=now)
        uncount(session, held)
    erase_twin(session, held, now=now)
