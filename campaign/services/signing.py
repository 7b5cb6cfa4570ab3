"""Signing: what a supporter sends in is kept, unconfirmed, with messages held and one mail to confirm it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.addresses import address_hash
from campaign.domain.states import EmailKind, SignatureState, TokenPurpose
from campaign.services.links import keep_links, new_links
from campaign.services.messages import drop_held, hold, written_to
from campaign.services.outbox import NewEmail, enqueue
from campaign.services.submission import Submission, render_for_supporter
from campaign.services.supporter_mail import may_mail_at, supporter_email
from campaign.store.insert_new import InsertNew, InsertOrLock
from campaign.store.tables import Consent, Signature, Supporter
from campaign.store.tables.base import table_of

_SIGNATURE = table_of(Signature)
_CONSENT = table_of(Consent)

# Held to the end: two forms sent at once for one mailbox, even on two campaigns, see each other's mails.
_SUPPORTER = InsertOrLock(Supporter, unique="address_hash", returning=("id", "email"))
_NEW_SIGNATURE = InsertNew(Signature, unique=("campaign_id", "supporter_id"))
_KNOWN_SIGNATURE = (
    select(_SIGNATURE.c.id, _SIGNATURE.c.state)
    .where(
        _SIGNATURE.c.campaign_id == bindparam("campaign_id"),
        _SIGNATURE.c.supporter_id == bindparam("supporter_id"),
    )
    .with_for_update()
)
_NEW_CONSENT = insert(_CONSENT)


@dataclass(frozen=True)
class _Mailbox:
    """Who a supporter is to us, and where to write to them."""

    supporter_id: int
    email: str


def sign(session: Session, submission: Submission) -> None:
    """Keep a signature until the owner of its mailbox confirms it.

    Does and returns the same, to whoever looks on, for an address that is new and for one that is known: only
    the mailbox's owner learns which.
    """
    mailbox = _mailbox(session, submission)
    values = {
        **_values(submission),
        "campaign_id": submission.page.head.id,
        "supporter_id": mailbox.supporter_id,
        "state": SignatureState.PENDING,
        "revision": 1,
    }
    signature_id = _NEW_SIGNATURE.run(session.connection(), values)
    if signature_id is None:
        _sign_again(session, submission, mailbox)
        return
    _keep_consent(session, submission, signature_id)
    _, emails = hold(
        session,
        submission,
        signature_id,
        supporter_id=mailbox.supporter_id,
        reply_to=mailbox.email,
    )
    emails += _confirmation(session, submission, mailbox, signature_id, postpone=True)
    enqueue(session, emails, now=submission.now)


def _sign_again(session: Session, submission: Submission, mailbox: _Mailbox) -> None:
    """Take in what is sent for an address that has signed: the latest words count, and only once confirmed.

    The page that confirms shows what it confirms, so nobody can put words into another's mouth this way. A
    confirmed signature stays as it is but for messages to officials not written to yet.
    """
    known = session.connection().execute(
        _KNOWN_SIGNATURE,
        {"campaign_id": submission.page.head.id, "supporter_id": mailbox.supporter_id},
    )
    found = known.one_or_none()
    if found is None:  # its owner erased it in this very moment
        sign(session, submission)
        return
    signature_id, state = found
    if state in (SignatureState.REMOVED, SignatureState.INVALIDATED):
        return
    confirmed = state is SignatureState.CONFIRMED
    if not confirmed:
        _replace(session, submission, signature_id)
    drop_held(session, signature_id)
    messages, emails = hold(
        session,
        submission,
        signature_id,
        supporter_id=mailbox.supporter_id,
        reply_to=mailbox.email,
        written_to=written_to(session, signature_id),
    )
    if messages or not confirmed:
        # While one is pending, the link mailed a moment ago confirms the latest words: no second mail is due.
        pending = state is SignatureState.PENDING
        emails += _confirmation(session, submission, mailbox, signature_id, postpone=not pending)
    else:
        emails += _already_signed(session, submission, mailbox, signature_id)
    enqueue(session, emails, now=submission.now)


def _mailbox(session: Session, submission: Submission) -> _Mailbox:
    """The mailbox's owner, known or new; a known one is written to as they first spelled their address."""
    email = submission.details.email
    hashed = address_hash(submission.desk.address_key, email)
    values = {"address_hash": hashed, "email": email, "created_at": submission.now}
    row = _SUPPORTER.run(session.connection(), values)
    return _Mailbox(row.id, row.email or email)


def _values(submission: Submission) -> dict[str, Any]:
    details = submission.details
    return {
        "letter_version_id": submission.page.letter.id,
        "name": details.name,
        "capacity": details.capacity,
        "organization": details.organization,
        "role": details.role,
        "country": details.country,
        "postal_code": details.postal_code,
        "visibility": details.visibility,
        "updates": details.updates,
        "language": details.language,
        "source": details.source,
        "signed_at": submission.now,
    }


def _replace(session: Session, submission: Submission, signature_id: int) -> None:
    """Put what was sent now in the place of an unconfirmed or withdrawn signature."""
    session.connection().execute(
        update(_SIGNATURE)
        .where(_SIGNATURE.c.id == signature_id)
        .values(
            **_values(submission),
            state=SignatureState.PENDING,
            revision=_SIGNATURE.c.revision + 1,
            number=None,
            confirmed_at=None,
            withdrawn_at=None,
        )
    )
    session.connection().execute(delete(_CONSENT).where(_CONSENT.c.signature_id == signature_id))
    _keep_consent(session, submission, signature_id)


def _keep_consent(session: Session, submission: Submission, signature_id: int) -> None:
    if submission.details.updates:
        session.connection().execute(
            _NEW_CONSENT,
            {
                "signature_id": signature_id,
                "wording": submission.details.consent_wording,
                "language": submission.details.language,
                "given_at": submission.now,
            },
        )


def _confirmation(
    session: Session, submission: Submission, mailbox: _Mailbox, signature_id: int, *, postpone: bool
) -> list[NewEmail]:
    """The mail that asks to confirm; where one went out lately, for later if `postpone`, or none."""
    due_at = _may_mail_at(session, submission, mailbox, signature_id)
    if due_at is None or (due_at > submission.now and not postpone):
        return []
    keep_links(session, signature_id, submission.links, now=submission.now)
    return [
        supporter_email(
            EmailKind.CONFIRMATION,
            submission.confirmation,
            campaign_id=submission.page.head.id,
            supporter_id=mailbox.supporter_id,
            signature_id=signature_id,
            to_address=mailbox.email,
            language=submission.details.language,
            due_at=due_at,
        )
    ]


def _already_signed(
    session: Session, submission: Submission, mailbox: _Mailbox, signature_id: int
) -> list[NewEmail]:
    """The mail that says: somebody, perhaps you, signed again; here is what stands."""
    due_at = _may_mail_at(session, submission, mailbox, signature_id)
    if due_at is None or due_at > submission.now:
        return []
    links = new_links(TokenPurpose.MANAGE)
    keep_links(session, signature_id, links, now=submission.now)
    language = submission.details.language
    rendered = render_for_supporter(
        submission.desk,
        EmailKind.ALREADY_SIGNED,
        links,
        slug=submission.page.head.slug,
        campaign_title=submission.page.head.title,
        language=language,
    )
    return [
        supporter_email(
            EmailKind.ALREADY_SIGNED,
            rendered,
            campaign_id=submission.page.head.id,
            supporter_id=mailbox.supporter_id,
            signature_id=signature_id,
            to_address=mailbox.email,
            language=language,
            due_at=due_at,
        )
    ]


def _may_mail_at(
    session: Session, submission: Submission, mailbox: _Mailbox, signature_id: int
) -> datetime | None:
    return may_mail_at(
        session, supporter_id=mailbox.supporter_id, signature_id=signature_id, now=submission.now
    )
