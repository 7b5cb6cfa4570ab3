"""Signing: what a supporter sends in is stored unconfirmed, its messages held, with a mail to confirm it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.addresses import address_hash
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import SignatureState
from campaign.domain.tokens import TokenPurpose
from campaign.mail.render import Rendered
from campaign.services.compose.message import ComposedMessage
from campaign.services.compose.supporter_email import one_click_url, render_for_supporter, supporter_email
from campaign.services.outbox.enqueue import NewEmail, insert_emails
from campaign.services.signatures.link_tokens import new_links, store_links
from campaign.services.signatures.mail_limits import UnaskedMail, may_mail_at, unasked_mails
from campaign.services.signatures.messages import HeldMessages, drop_held, store_held, written_to
from campaign.services.signatures.submission import Submission
from campaign.store.insert_new import InsertNew, InsertOrLock
from campaign.store.prepared import Prepared
from campaign.store.tables import Signature, Supporter
from campaign.store.tables.core import consent, signature

# Held to the end: two forms sent at once for one mailbox, even on two campaigns, see each other's mails.
_SUPPORTER = InsertOrLock(
    Supporter,
    columns=("address_hash", "email", "created_at"),
    unique="address_hash",
    returning=("id", "email"),
)
_FORM_COLUMNS = (
    *("letter_version_id", "name", "capacity", "organization", "role", "country", "postal_code"),
    *("visibility", "updates", "language", "source", "signed_at"),
)
_NEW_SIGNATURE = InsertNew(
    Signature,
    columns=(*_FORM_COLUMNS, "campaign_id", "supporter_id", "state", "revision"),
    unique=("campaign_id", "supporter_id"),
)
_KNOWN_SIGNATURE = (
    select(signature.c.id, signature.c.state)
    .where(
        signature.c.campaign_id == bindparam("campaign_id"),
        signature.c.supporter_id == bindparam("supporter_id"),
    )
    # Not the key: the worker's rows refer to it, and hold it shared while they change.
    .with_for_update(key_share=True)
)
_NEW_CONSENT = Prepared(insert(consent), columns=("signature_id", "wording", "language", "given_at"))


@dataclass(frozen=True)
class _StoredForm:
    """A submission with its rows; `messages` are those that are still to be held for it."""

    submission: Submission
    supporter_id: int
    email: str
    signature_id: int
    messages: tuple[ComposedMessage, ...]


def sign(session: Session, submission: Submission) -> None:
    """Store a signature until the owner of its mailbox confirms it.

    Does and returns the same, to whoever looks on, for an address that is new and for one that is known: only
    the mailbox's owner learns which.
    """
    sign_all(session.connection(), [submission])


def sign_all(connection: Connection, submissions: Sequence[Submission]) -> None:
    """Store several signatures as `sign` does one, in as few statements as they have in common.

    Mailboxes are held in the same order by everybody, so that no two transactions wait for each other.
    """
    hashed = sorted(
        (
            (address_hash(submission.context.address_key, submission.form.email), place)
            for place, submission in enumerate(submissions)
        )
    )
    fresh: list[_StoredForm] = []
    for digest, place in hashed:
        submission = submissions[place]
        supporter_id, email = _mailbox(connection, submission, digest)
        signature_id = _NEW_SIGNATURE.run(
            connection,
            {
                **_values(submission),
                "campaign_id": submission.page.head.id,
                "supporter_id": supporter_id,
                "state": SignatureState.PENDING,
                "revision": 1,
            },
        )
        if signature_id is not None:
            fresh.append(_StoredForm(submission, supporter_id, email, signature_id, submission.messages))
        else:
            # What it repeats may stand in this very list, and must be stored before it can be replaced.
            _store_fresh(connection, fresh)
            fresh = []
            _sign_again(connection, submission, supporter_id, email)
    _store_fresh(connection, fresh)


def _store_fresh(connection: Connection, new: Sequence[_StoredForm]) -> None:
    """Store what hangs on new signatures: consents, messages, links, and the mails that ask to confirm."""
    if not new:
        return
    _store_consents(connection, new)
    emails = _hold_messages(connection, new) + _confirmations(connection, new, postpone=True)
    insert_emails(connection, emails, now=new[0].submission.now)


def _sign_again(connection: Connection, submission: Submission, supporter_id: int, email: str) -> None:
    """Store what is sent for an address that has signed: the latest words count, and only once confirmed.

    The page that confirms shows what it confirms, so nobody can put words into another's mouth this way. A
    confirmed signature stays as it is but for messages to officials not written to yet.
    """
    known = connection.execute(
        _KNOWN_SIGNATURE, {"campaign_id": submission.page.head.id, "supporter_id": supporter_id}
    )
    row = known.one_or_none()
    if row is None:  # its owner erased it in this very moment
        sign_all(connection, [submission])
        return
    signature_id, state = row
    if state in (SignatureState.REMOVED, SignatureState.INVALIDATED):
        return
    drop_held(connection, signature_id)
    done = written_to(connection, signature_id)
    messages = tuple(composed for composed in submission.messages if composed.official.id not in done)
    stored = _StoredForm(submission, supporter_id, email, signature_id, messages)
    confirmed = state is SignatureState.CONFIRMED
    if not confirmed:
        _replace(connection, stored)
    emails = _hold_messages(connection, [stored])
    if messages or not confirmed:
        # While one is pending, the link mailed a moment ago confirms the latest words: no second mail is due.
        emails += _confirmations(connection, [stored], postpone=state is not SignatureState.PENDING)
    else:
        emails += _already_signed(connection, stored)
    insert_emails(connection, emails, now=submission.now)


def _hold_messages(connection: Connection, new: Sequence[_StoredForm]) -> list[NewEmail]:
    held = [
        HeldMessages(
            campaign_id=stored.submission.page.head.id,
            supporter_id=stored.supporter_id,
            signature_id=stored.signature_id,
            sender_name=stored.submission.form.name,
            email=stored.email,
            language=stored.submission.page.authoritative.letter.language,
            messages=stored.messages,
            written_at=stored.submission.now,
        )
        for stored in new
        if stored.messages
    ]
    return store_held(connection, held, replies=new[0].submission.context.replies)


def _mailbox(connection: Connection, submission: Submission, digest: str) -> tuple[int, str]:
    """A mailbox's owner, known or new; a known one is written to as they first spelled their address."""
    email = submission.form.email
    values = {"address_hash": digest, "email": email, "created_at": submission.now}
    supporter_id, known_email = _SUPPORTER.run(connection, values)
    return supporter_id, known_email or email


def _values(submission: Submission) -> dict[str, Any]:
    form = submission.form
    return {
        "letter_version_id": submission.page.letter.id,
        "name": form.name,
        "capacity": form.capacity,
        "organization": form.organization,
        "role": form.role,
        "country": form.country,
        "postal_code": form.postal_code,
        "visibility": form.visibility,
        "updates": form.updates,
        "language": form.language,
        "source": form.source,
        "signed_at": submission.now,
    }


def _replace(connection: Connection, stored: _StoredForm) -> None:
    """Put what was sent now in the place of an unconfirmed or withdrawn signature."""
    connection.execute(
        update(signature)
        .where(signature.c.id == stored.signature_id)
        .values(
            **_values(stored.submission),
            state=SignatureState.PENDING,
            revision=signature.c.revision + 1,
            number=None,
            confirmed_at=None,
            withdrawn_at=None,
        )
    )
    connection.execute(delete(consent).where(consent.c.signature_id == stored.signature_id))
    _store_consents(connection, [stored])


def _store_consents(connection: Connection, new: Sequence[_StoredForm]) -> None:
    consents = [
        {
            "signature_id": stored.signature_id,
            "wording": stored.submission.form.consent_wording,
            "language": stored.submission.form.language,
            "given_at": stored.submission.now,
        }
        for stored in new
        if stored.submission.form.updates
    ]
    if consents:
        _NEW_CONSENT.many(connection, consents)


def _confirmations(connection: Connection, new: Sequence[_StoredForm], *, postpone: bool) -> list[NewEmail]:
    """The mails that ask to confirm; where one went out lately, for later if `postpone`, or none."""
    mails = unasked_mails(connection, [stored.supporter_id for stored in new])
    emails, links = [], {}
    for stored in new:
        now = stored.submission.now
        due_at = may_mail_at(mails[stored.supporter_id], signature_id=stored.signature_id, now=now)
        if due_at is None or (due_at > now and not postpone):
            continue
        links[stored.signature_id] = stored.submission.links
        emails.append(_to_supporter(EmailKind.CONFIRMATION, stored, stored.submission.confirmation, due_at))
        mails[stored.supporter_id].append(UnaskedMail(due_at, stored.signature_id, OutboxState.QUEUED))
    if links:
        store_links(connection, links, now=new[0].submission.now)
    return emails


def _already_signed(connection: Connection, stored: _StoredForm) -> list[NewEmail]:
    """The mail that says: somebody, perhaps you, signed again; here is what stands."""
    submission = stored.submission
    mails = unasked_mails(connection, [stored.supporter_id])[stored.supporter_id]
    due_at = may_mail_at(mails, signature_id=stored.signature_id, now=submission.now)
    if due_at is None or due_at > submission.now:
        return []
    links = new_links(TokenPurpose.MANAGE, TokenPurpose.UNSUBSCRIBE)
    store_links(connection, {stored.signature_id: links}, now=submission.now)
    rendered = render_for_supporter(
        submission.context,
        EmailKind.ALREADY_SIGNED,
        links,
        slug=submission.page.head.slug,
        campaign_title=submission.page.title,
        language=submission.form.language,
        accent=submission.page.head.accent,
    )
    unsubscribe_url = one_click_url(submission.context, links)
    return [_to_supporter(EmailKind.ALREADY_SIGNED, stored, rendered, due_at, unsubscribe_url)]


def _to_supporter(
    kind: EmailKind,
    stored: _StoredForm,
    rendered: Rendered,
    due_at: datetime,
    unsubscribe_url: str | None = None,
) -> NewEmail:
    return supporter_email(
        kind,
        rendered,
        campaign_id=stored.submission.page.head.id,
        supporter_id=stored.supporter_id,
        signature_id=stored.signature_id,
        to_address=stored.email,
        language=stored.submission.form.language,
        due_at=due_at,
        unsubscribe_url=unsubscribe_url,
    )
