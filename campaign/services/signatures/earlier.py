"""The signature that a mailbox has on a letter already, and how much of it whoever signs again may learn."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.domain.signature import MAY_BE_REMOVED, SignatureState
from campaign.domain.signing import SignatureForm
from campaign.domain.signing_form import FormState
from campaign.errors import ConflictError
from campaign.i18n import to_translate
from campaign.services.compose import stored_messages
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures import sealed_signers
from campaign.store.tables import Message, OutboxEmail, Signature, SigningForm, Supporter

REMOVED = to_translate(
    "The organizers have taken this signature off the letter. Write to them if that is a mistake."
)
OTHER_SPELLING = to_translate(
    "This mailbox has already signed the letter, with its address spelled another way. It counts once. To"
    " change that signature, use the link in the email we sent you then."
)


class SignedWithOtherSpellingError(ConflictError):
    """The mailbox signed already, with its address spelled another way; `stands` tells if that holds."""


def is_known(signature: Signature | None, form: SignatureForm) -> bool:
    """Whether whoever signs with its mailbox may learn of a signature.

    Never of one that is sealed, or whose signer was forgotten, and of one with secret words only with these:
    somebody who has got hold of the mailbox must not find it out by signing.
    """
    return signature is not None and bool(signature.name) and signature.secret_hash == form.secret_hash


def signatures_of(
    session: Session, row: SigningForm, form: SignatureForm, *, key: bytes
) -> Sequence[Signature | None]:
    """The signature that this mailbox has on the letter, and its twin; a withdrawn one too may come back."""
    hashes = AddressHashes.of(row.email, key=key)
    unknown = sealed_signers.hashes_of(hashes, row.campaign_id, key=key)
    rows: Sequence[Row[Signature, str | None, str, str | None]] = session.execute(
        select(Signature, Supporter.spelling_hash, Supporter.address_hash, Supporter.email)
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(
            Supporter.address_hash.in_({hashes.canonical, unknown.canonical}),
            Signature.campaign_id == row.campaign_id,
        )
    ).all()
    if not rows:
        return None, None
    found, *others = sorted(rows, key=lambda one: one.address_hash == unknown.canonical)
    signature, spelling, canonical, email = found
    twin = others[0][0] if others else None
    if form.secret_hash is not None and form.secret_hash != signature.secret_hash:
        # To somebody who may have the mailbox alone not even a refusal is told.
        return signature, twin
    if signature.state in (SignatureState.REMOVED, SignatureState.INVALIDATED):
        raise ConflictError(REMOVED)
    if AddressHashes.of_supporter(spelling, canonical, email, key=key) not in (hashes, unknown):
        raise SignedWithOtherSpellingError(OTHER_SPELLING, stands=signature.state in MAY_BE_REMOVED)
    return signature, twin


def written_to(session: Session, signature_id: int) -> frozenset[int]:
    """The officials with a message of this supporter that was not cancelled, or is about to be written."""
    state = func.coalesce(OutboxEmail.state, OutboxState.QUEUED)
    written = set(
        session.scalars(
            select(Message.official_id)
            .outerjoin(OutboxEmail, OutboxEmail.message_id == Message.id)
            .where(Message.signature_id == signature_id, state != OutboxState.CANCELLED)
        )
    )
    for composed in session.scalars(
        select(SigningForm.composed).where(
            SigningForm.signature_id == signature_id,
            SigningForm.state.in_((FormState.CONFIRMED, FormState.RESTORED)),
        )
    ):
        written |= {message.official_id for message in stored_messages.decode(composed)}
    return frozenset(written)
