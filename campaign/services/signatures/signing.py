"""Signing: what a supporter sends in is kept, unconfirmed, with messages held and one mail to confirm it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.addresses import address_hash
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import SignatureState
from campaign.domain.tokens import TokenPurpose
from campaign.mail.render import Rendered
from campaign.services.compose.supporter_email import one_click_url, render_for_supporter, supporter_email
from campaign.services.outbox.enqueue import NewEmail, insert_emails
from campaign.services.signatures.link_tokens import keep_links, new_links
from campaign.services.signatures.mail_limits import SentMail, may_mail_at, unasked_mails
from campaign.services.signatures.messages import drop_held, hold, written_to
from campaign.services.signatures.submission import Signing, Submission
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
_DETAILS = (
    *("letter_version_id", "name", "capacity", "organization", "role", "country", "postal_code"),
    *("visibility", "updates", "language", "source", "signed_at"),
)
_NEW_SIGNATURE = InsertNew(
    Signature,
    columns=(*_DETAILS, "campaign_id", "supporter_id", "state", "revision"),
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


def sign(session: Session, submission: Submission) -> None:
    """Keep a signature until the owner of its mailbox confirms it.

    Does and returns the same, to whoever looks on, for an address that is new and for one that is known: only
    the mailbox's owner learns which.
    """
    sign_all(session.connection(), [submission])


def sign_all(connection: Connection, submissions: Sequence[Submission]) -> None:
    """Keep several signatures as `sign` does one, storing in one go what they have in common.

    Mailboxes are held in the same order by everybody, so that no two transactions wait for each other.
    """
    hashed = sorted(
        (
            (address_hash(one.desk.address_key, one.details.email), place)
            for place, one in enumerate(submissions)
        )
    )
    fresh: list[Signing] = []
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
            fresh.append(Signing(submission, supporter_id, email, signature_id, submission.messages))
        else:
            # What it repeats may stand in this very list, and must be stored before it can be replaced.
            _keep_fresh(connection, fresh)
            fresh = []
            _sign_again(connection, submission, supporter_id, email)
    _keep_fresh(connection, fresh)


def _keep_fresh(connection: Connection, signings: Sequence[Signing]) -> None:
    """Store what hangs on new signatures: consents, messages, links, and the mails that ask to confirm."""
    if not signings:
        return
    _keep_consents(connection, signings)
    emails = hold(connection, signings) + _confirmations(connection, signings, postpone=True)
    insert_emails(connection, emails, now=signings[0].submission.now)


def _sign_again(connection: Connection, submission: Submission, supporter_id: int, email: str) -> None:
    """Take in what is sent for an address that has signed: the latest words count, and only once confirmed.

    The page that confirms shows what it confirms, so nobody can put words into another's mouth this way. A
    confirmed signature stays as it is but for messages to officials not written to yet.
    """
    known = connection.execute(
        _KNOWN_SIGNATURE, {"campaign_id": submission.page.head.id, "supporter_id": supporter_id}
    )
    found = known.one_or_none()
    if found is None:  # its owner erased it in this very moment
        sign_all(connection, [submission])
        return
    signature_id, state = found
    if state in (SignatureState.REMOVED, SignatureState.INVALIDATED):
        return
    drop_held(connection, signature_id)
    done = written_to(connection, signature_id)
    messages = tuple(message for message in submission.messages if message[0].id not in done)
    signing = Signing(submission, supporter_id, email, signature_id, messages)
    confirmed = state is SignatureState.CONFIRMED
    if not confirmed:
        _replace(connection, signing)
    emails = hold(connection, [signing])
    if messages or not confirmed:
        # While one is pending, the link mailed a moment ago confirms the latest words: no second mail is due.
        emails += _confirmations(connection, [signing], postpone=state is not SignatureState.PENDING)
    else:
        emails += _already_signed(connection, signing)
    insert_emails(connection, emails, now=submission.now)


def _mailbox(connection: Connection, submission: Submission, digest: str) -> tuple[int, str]:
    """A mailbox's owner, known or new; a known one is written to as they first spelled their address."""
    email = submission.details.email
    values = {"address_hash": digest, "email": email, "created_at": submission.now}
    supporter_id, known_email = _SUPPORTER.run(connection, values)
    return supporter_id, known_email or email


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


def _replace(connection: Connection, signing: Signing) -> None:
    """Put what was sent now in the place of an unconfirmed or withdrawn signature."""
    connection.execute(
        update(signature)
        .where(signature.c.id == signing.signature_id)
        .values(
            **_values(signing.submission),
            state=SignatureState.PENDING,
            revision=signature.c.revision + 1,
            number=None,
            confirmed_at=None,
            withdrawn_at=None,
        )
    )
    connection.execute(delete(consent).where(consent.c.signature_id == signing.signature_id))
    _keep_consents(connection, [signing])


def _keep_consents(connection: Connection, signings: Sequence[Signing]) -> None:
    consents = [
        {
            "signature_id": signing.signature_id,
            "wording": signing.submission.details.consent_wording,
            "language": signing.submission.details.language,
            "given_at": signing.submission.now,
        }
        for signing in signings
        if signing.submission.details.updates
    ]
    if consents:
        _NEW_CONSENT.many(connection, consents)


def _confirmations(connection: Connection, signings: Sequence[Signing], *, postpone: bool) -> list[NewEmail]:
    """The mails that ask to confirm; where one went out lately, for later if `postpone`, or none."""
    mails = unasked_mails(connection, [signing.supporter_id for signing in signings])
    emails, links = [], {}
    for signing in signings:
        now = signing.submission.now
        due_at = may_mail_at(mails[signing.supporter_id], signature_id=signing.signature_id, now=now)
        if due_at is None or (due_at > now and not postpone):
            continue
        links[signing.signature_id] = signing.submission.links
        emails.append(_to_supporter(EmailKind.CONFIRMATION, signing, signing.submission.confirmation, due_at))
        mails[signing.supporter_id].append(SentMail(due_at, signing.signature_id, OutboxState.QUEUED))
    if links:
        keep_links(connection, links, now=signings[0].submission.now)
    return emails


def _already_signed(connection: Connection, signing: Signing) -> list[NewEmail]:
    """The mail that says: somebody, perhaps you, signed again; here is what stands."""
    submission = signing.submission
    mails = unasked_mails(connection, [signing.supporter_id])[signing.supporter_id]
    due_at = may_mail_at(mails, signature_id=signing.signature_id, now=submission.now)
    if due_at is None or due_at > submission.now:
        return []
    links = new_links(TokenPurpose.MANAGE, TokenPurpose.UNSUBSCRIBE)
    keep_links(connection, {signing.signature_id: links}, now=submission.now)
    rendered = render_for_supporter(
        submission.desk,
        EmailKind.ALREADY_SIGNED,
        links,
        slug=submission.page.head.slug,
        campaign_title=submission.page.title,
        language=submission.details.language,
        accent=submission.page.head.accent,
    )
    unsubscribe_url = one_click_url(submission.desk, links)
    return [_to_supporter(EmailKind.ALREADY_SIGNED, signing, rendered, due_at, unsubscribe_url)]


def _to_supporter(
    kind: EmailKind,
    signing: Signing,
    rendered: Rendered,
    due_at: datetime,
    unsubscribe_url: str | None = None,
) -> NewEmail:
    return supporter_email(
        kind,
        rendered,
        campaign_id=signing.submission.page.head.id,
        supporter_id=signing.supporter_id,
        signature_id=signing.signature_id,
        to_address=signing.email,
        language=signing.submission.details.language,
        due_at=due_at,
        unsubscribe_url=unsubscribe_url,
    )
