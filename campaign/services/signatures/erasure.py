"""Everything that deletes a person: their signature, their words wherever they are, and their answers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind
from campaign.domain.replies import ReplyState
from campaign.domain.signing_form import FormState
from campaign.services.campaigns import first_signers, public_quotes
from campaign.services.documents import prepared_files
from campaign.services.feedback import suppressions
from campaign.services.office_check import codes as office_codes
from campaign.services.outbox import digest_members
from campaign.services.outbox.enqueue import cancel, delete_bodies
from campaign.services.replies import review
from campaign.services.signatures import own_words
from campaign.services.signatures.link_tokens import locked_signature
from campaign.services.transparency.appending import forget_receipts
from campaign.store.tables import (
    Affirmation,
    Consent,
    LinkToken,
    Message,
    Reply,
    Signature,
    SigningForm,
    Supporter,
    UpdateRecipient,
)
from campaign.store.tables.core import outbox_email, signing_form


def held_to_erase(session: Session, signature_id: int) -> Signature:
    """The signature, held with its mailbox and all that was sent in for it; NotFoundError when it is gone.

    In the order in which whoever confirms a form holds them: the form, the mailbox, its signature. Else each
    of the two could wait for the other.
    """
    of_signature = Signature.id == signature_id
    mailbox = select(Supporter.address_hash, Signature.campaign_id).join_from(Signature, Supporter)
    found = session.execute(mailbox.where(of_signature)).first()
    if found is not None:
        of_mailbox = signing_form.c.address_hash == found.address_hash
        forms = (signing_form.c.signature_id == signature_id) | (
            of_mailbox & (signing_form.c.campaign_id == found.campaign_id)
        )
        in_order = select(signing_form.c.id).where(forms).order_by(signing_form.c.id)
        session.execute(in_order.with_for_update(key_share=True)).all()
        # Not the key: who holds the signature already, to send its owner something, refers to it.
        session.execute(mailbox.where(of_signature).with_for_update(of=Supporter, key_share=True)).all()
    return locked_signature(session, signature_id, unread=True)


def hold_mailboxes(session: Session, signature_ids: Sequence[int | str]) -> None:
    """Hold the forms of some signatures, then their mailboxes: before the signatures, as everybody does."""
    of_signatures = signing_form.c.signature_id.in_(signature_ids)
    in_order = select(signing_form.c.id).where(of_signatures).order_by(signing_form.c.id)
    session.execute(in_order.with_for_update(key_share=True)).all()
    theirs = select(Signature.supporter_id).where(Signature.id.in_(signature_ids))
    mailboxes = select(Supporter.id).where(Supporter.id.in_(theirs)).order_by(Supporter.id)
    session.execute(mailboxes.with_for_update(key_share=True)).all()


def erase_signature(session: Session, signature: Signature, *, now: datetime) -> None:
    """Delete a signature and all that hangs on it; its rows in the outbox stay, emptied, for the counts."""
    supporter_id = signature.supporter_id
    # One that is being sent keeps its state, since only its worker knows what becomes of it. What is part of
    # a digest that is being sent follows that.
    cancel(session, outbox_email.c.signature_id == signature.id, now=now)
    _forget_forms(session, signature, now=now)
    _erase_rows(session, signature, now=now)
    _drop_unused(session, supporter_id)


def erase_entered(session: Session, signature: Signature, *, now: datetime) -> None:
    """Delete a signature that organizers entered, and nothing of what its mailbox's owner has sent in.

    What asks them to confirm that is theirs too, though it told of the signature.
    """
    supporter_id = signature.supporter_id
    asks = (outbox_email.c.signature_id == signature.id) & (outbox_email.c.kind == EmailKind.ALREADY_SIGNED)
    session.execute(update(outbox_email).where(asks).values(signature_id=None, supporter_id=None))
    cancel(session, outbox_email.c.signature_id == signature.id, now=now)
    _erase_rows(session, signature, now=now)
    _drop_unused(session, supporter_id)


def erase_twin(session: Session, signature: Signature, *, now: datetime) -> None:
    """Delete a signature in whose place its mailbox has another by now; whoever made it stays.

    The caller sees to the count.
    """
    cancel(session, outbox_email.c.signature_id == signature.id, now=now)
    _end(session, signing_form.c.signature_id == signature.id)
    _erase_rows(session, signature, now=now)


def _erase_rows(session: Session, signature: Signature, *, now: datetime) -> None:
    signature_id = signature.id
    prepared_files.forget_people(session, [signature.campaign_id])
    office_codes.forget_all(session, [signature_id])
    empty_emails(session, outbox_email.c.signature_id == signature_id, now=now)
    own_words.forget(session.connection(), signature_id)
    _forget_replies(session, signature_id, now=now)
    public_quotes.forget(session, [signature_id])
    first_signers.forget(session, [signature_id])
    for table in (Affirmation, Consent, LinkToken, Message, UpdateRecipient):
        session.execute(delete(table).where(table.signature_id == signature_id))
    forget_receipts(session, [signature_id])
    session.execute(delete(Signature).where(Signature.id == signature_id))


def _drop_unused(session: Session, supporter_id: int) -> None:
    others = session.scalar(
        select(func.count()).select_from(Signature).where(Signature.supporter_id == supporter_id)
    )
    if not others:
        suppressions.forget(session, supporter_id)
        session.execute(delete(Supporter).where(Supporter.id == supporter_id))


def end_form(session: Session, form_id: int, *, now: datetime) -> None:
    """Delete what was typed into a form.

    With the last form of its address go all emails about it, and requests for one.
    """
    row = session.get_one(SigningForm, form_id, with_for_update={"key_share": True})
    campaign_id, canonical, spelling = row.campaign_id, row.address_hash, row.spelling_hash
    _end(session, signing_form.c.id == form_id)
    of_address = (
        (signing_form.c.address_hash == canonical)
        & (signing_form.c.spelling_hash == spelling)
        & (signing_form.c.campaign_id == campaign_id)
    )
    others = select(signing_form.c.id).where(of_address, signing_form.c.content.is_not(None))
    if spelling is not None and session.execute(others.limit(1)).first() is None:
        _end(session, of_address & signing_form.c.state.in_((FormState.WAITING, FormState.HELD)))
        _empty_questions(session, campaign_id, {spelling}, now=now)


def _forget_forms(session: Session, signature: Signature, *, now: datetime) -> None:
    """Delete every form that was sent in for a signature's mailbox, confirmed or not."""
    # By its hashes: an address that no key opens is erased like any other.
    hashes = select(Supporter.address_hash, Supporter.spelling_hash)
    supporter = session.execute(hashes.where(Supporter.id == signature.supporter_id)).one()
    of_mailbox = (signing_form.c.address_hash == supporter.address_hash) & (
        signing_form.c.campaign_id == signature.campaign_id
    )
    of_forms = session.scalars(select(signing_form.c.spelling_hash).where(of_mailbox).distinct())
    spellings = {*filter(None, of_forms), supporter.spelling_hash or supporter.address_hash}
    _empty_questions(session, signature.campaign_id, spellings, now=now)
    _end(session, of_mailbox | (signing_form.c.signature_id == signature.id))


def _end(session: Session, forms: ColumnElement[bool]) -> None:
    # The hashes stay for as long as the row: they keep to the pace at which the mailbox may be asked.
    ended = {"state": FormState.ENDED, "email": "", "content": None, "composed": None, "code_hash": None}
    session.execute(update(signing_form).where(forms).values(**ended, signature_id=None))


def questions_to(campaign_id: int, spellings: Collection[str]) -> ColumnElement[bool]:
    """The condition that an email asked one of these addresses to confirm."""
    return (
        outbox_email.c.to_hash.in_(spellings)
        & (outbox_email.c.campaign_id == campaign_id)
        & outbox_email.c.kind.in_((EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED))
    )


def _empty_questions(
    session: Session, campaign_id: int, spellings: Collection[str], *, now: datetime
) -> None:
    """Empty the emails that asked these addresses to confirm, and cancel those that have not left."""
    theirs = questions_to(campaign_id, spellings)
    cancel(session, theirs, now=now)
    empty_emails(session, theirs, now=now)


def empty_emails(session: Session, theirs: ColumnElement[bool], *, now: datetime) -> None:
    """Delete all that is personal of the emails that meet a condition; their rows stay, for the counts."""
    delete_bodies(session, theirs)
    digest_members.delete_bodies(session, theirs)
    session.execute(
        update(outbox_email)
        .where(theirs)
        .values(
            erased_at=now,
            to_address="",
            to_name=None,
            from_name=None,
            reply_to=None,
            to_hash=None,
            subject="",
            supporter_id=None,
            signature_id=None,
            message_id=None,
        )
    )


def _forget_replies(session: Session, signature_id: int, *, now: datetime) -> None:
    """Delete the answers to one supporter's messages.

    Of those that are published the organizers' own words stay, and nothing that leads to the supporter.
    """
    theirs = Reply.message_id.in_(select(Message.id).where(Message.signature_id == signature_id))
    published = theirs & (Reply.state == ReplyState.PUBLISHED)
    review.empty(session, published, now=now, message_id=None)
    session.execute(delete(Reply).where(theirs), execution_options={"synchronize_session": False})
