"""Who signed sealed, or was forgotten and still counts: known by a hash that leads nowhere else.

Such a signature has a supporter of its own, whose hashes are made for one campaign: in the database nothing
leads from it to what the same mailbox has signed elsewhere. Whoever has the secret key and an address can
still ask whether that address has signed, for else a mailbox would count twice.
"""

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.orm import Session

from campaign.domain.addresses import hash_within
from campaign.domain.signature import day_of
from campaign.domain.signing_form import FormState
from campaign.errors import ConflictError
from campaign.services.feedback import suppressions
from campaign.services.outbox.enqueue import cancel
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.anonymizing import anonymize
from campaign.services.signatures.confirm_codes import forget_tries
from campaign.services.signatures.erasure import empty_emails, questions_to
from campaign.store.insert_new import InsertOrLock
from campaign.store.legible import legible
from campaign.store.tables import Signature, SigningForm, Supporter
from campaign.store.tables.core import outbox_email, signing_form

_SUPPORTER = InsertOrLock(
    Supporter,
    columns=("address_hash", "spelling_hash", "email", "created_at"),
    unique="address_hash",
    returning=("id",),
)

# What of a form could lead to whoever sent it in.
_TELLING = ("content", "composed", "code_hash", "address_hash", "spelling_hash", "network", "mail_at")


def hashes_of(hashes: AddressHashes, campaign_id: int, *, key: bytes) -> AddressHashes:
    """By what a mailbox is known under one campaign that is to be known by nothing else."""
    return AddressHashes(
        hash_within(key, campaign_id, hashes.spelling), hash_within(key, campaign_id, hashes.canonical)
    )


def own_supporter(
    session: Session, hashes: AddressHashes, campaign_id: int, *, key: bytes, now: datetime
) -> int:
    """Whom such a signature belongs to, new or known; the caller holds the mailbox."""
    theirs = hashes_of(hashes, campaign_id, key=key)
    values = {
        "address_hash": theirs.canonical,
        "spelling_hash": theirs.spelling,
        "email": None,
        "created_at": day_of(now),
    }
    supporter_id: int
    (supporter_id,) = _SUPPORTER.run(session.connection(), values)
    return supporter_id


def strip(session: Session, signature: Signature, *, now: datetime) -> None:
    """Delete all that was known of a signature, held by the caller, which is sealed or forgotten from now on.

    What has not been sent of it never is. It keeps its number, and goes on counting; it belongs to nobody
    now, for the caller to replace.
    """
    cancel(session, outbox_email.c.signature_id == signature.id, now=now)
    session.flush()
    anonymize(session, [signature.id], keep_names=False, now=now)
    session.refresh(signature)
    signature.anonymized_at = None


def strip_removed(session: Session, signature: Signature, *, now: datetime) -> None:
    """The same of one that an organizer took off the letter, while its mailbox signs with other secret words.

    Off it stays, and nothing of it may be found by these: whoever has the mailbox alone may have chosen them.
    """
    nobody = Supporter(address_hash=secrets.token_hex(32), created_at=day_of(now))
    session.add(nobody)
    session.flush()
    # What its mailbox's owner wished of all our emails is theirs still.
    signature.supporter_id = nobody.id
    session.flush()
    strip(session, signature, now=now)


def forget_address(session: Session, row: SigningForm, holder_id: int, *, key: bytes, now: datetime) -> None:
    """Delete the address of a form that was just confirmed, wherever the campaign has it: it has served.

    What tells it under another campaign is left to what was said there. `holder_id` is the supporter that was
    held meanwhile.
    """
    assert row.signature_id is not None
    hashes, received_at = AddressHashes.of(row.email, key=key), row.received_at
    _forget_mailbox(session, row.campaign_id, row.signature_id, hashes, key=key, now=now)
    session.refresh(row)
    row.received_at, row.confirmed_at = day_of(received_at), day_of(now)
    forget_tries(session, hashes)
    drop_unused(session, holder_id)
    session.flush()


def forget_signer(session: Session, signature: Signature, *, key: bytes, now: datetime) -> None:
    """Delete all that tells who made a signature, which the caller holds: it counts, and nobody signs twice.

    What is left is the number, and until the campaign is purged a hash that keeps its mailbox from counting
    once more. It is made of the mailbox's hashes: an address that no key opens goes like any other.
    """
    columns = (Supporter.spelling_hash, Supporter.address_hash, legible(Supporter.email))
    person = session.execute(select(*columns).where(Supporter.id == signature.supporter_id)).one()
    hashes = AddressHashes.of_supporter(person.spelling_hash, person.address_hash, person.email, key=key)
    supporter_id = own_supporter(session, hashes, signature.campaign_id, key=key, now=now)
    _forget_mailbox(session, signature.campaign_id, signature.id, hashes, key=key, now=now)
    strip(session, signature, now=now)
    nobody_id, signature.supporter_id = signature.supporter_id, supporter_id
    # The emails that asked to confirm lead to it no more, as the page says.
    ended = {"state": FormState.ENDED, "signature_id": None}
    session.execute(
        update(signing_form).where(signing_form.c.signature_id == signature.id).values(**ended),
        execution_options={"synchronize_session": False},
    )
    session.flush()
    drop_unused(session, nobody_id)


def _forget_mailbox(
    session: Session,
    campaign_id: int,
    signature_id: int,
    hashes: AddressHashes,
    *,
    key: bytes,
    now: datetime,
) -> None:
    """Delete a mailbox from all forms and emails of a campaign; those that wait to be confirmed end.

    ConflictError while another transaction holds one of the forms: what a worker has begun to write out of it
    would be left, with the address.
    """
    of_mailbox = (signing_form.c.campaign_id == campaign_id) & (
        (signing_form.c.address_hash == hashes.canonical)
        | (signing_form.c.signature_id == signature_id)
        | signing_form.c.id.in_(_just_received(session, campaign_id, hashes, key=key))
    )
    spellings = session.scalars(select(signing_form.c.spelling_hash).where(of_mailbox).distinct())
    _empty(session, questions_to(campaign_id, {*filter(None, spellings), hashes.spelling}), now=now)
    # Not waited for: who confirms one of them at this moment waits for this mailbox.
    all_forms = select(signing_form.c.id).where(of_mailbox)
    free = session.scalars(all_forms.with_for_update(key_share=True, skip_locked=True)).all()
    if set(session.scalars(all_forms)) - set(free):
        raise ConflictError("Something of yours is being written right now. Please try again in a minute.")
    state = signing_form.c.state
    session.execute(
        update(signing_form)
        .where(signing_form.c.id.in_(free))
        .values(
            state=case(
                (state.in_((FormState.CONFIRMED, FormState.RESTORED, FormState.WRITTEN)), FormState.WRITTEN),
                else_=FormState.ENDED,
            ),
            **dict.fromkeys(_TELLING),
            email="",
        ),
        execution_options={"synchronize_session": False},
    )


def _just_received(session: Session, campaign_id: int, hashes: AddressHashes, *, key: bytes) -> list[int]:
    """The forms of this mailbox that no worker has looked at yet: no hash is stored of these.

    Of one that cannot be read nobody can tell whose it is: a worker ends it, and it goes with its time.
    """
    received = select(signing_form.c.id, legible(signing_form.c.email)).where(
        signing_form.c.campaign_id == campaign_id, signing_form.c.state == FormState.RECEIVED
    )
    return [
        row.id
        for row in session.execute(received)
        if row.email and AddressHashes.of(row.email, key=key).canonical == hashes.canonical
    ]


def _empty(session: Session, emails: ColumnElement[bool], *, now: datetime) -> None:
    cancel(session, emails, now=now)
    # By these a provider's own records would lead from an address to here.
    session.execute(update(outbox_email).where(emails).values(provider_message_id=None, reason=None))
    empty_emails(session, emails, now=now)


def drop_unused(session: Session, supporter_id: int) -> None:
    """Delete a supporter who has no signature: one that was made to hold a mailbox, or was left behind."""
    signed = select(Signature.id).where(Signature.supporter_id == supporter_id).limit(1)
    if session.execute(signed).first() is None:
        suppressions.forget(session, supporter_id)
        session.execute(
            delete(Supporter).where(Supporter.id == supporter_id),
            execution_options={"synchronize_session": False},
        )
