"""What signers mend of a signature that stands: name, visibility, and words that have not left."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import SUPPORTER
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import MAY_BE_REMOVED, Capacity, SignatureState, Visibility
from campaign.domain.signing import Author, PersonalMessage, check_length
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, RefusedError
from campaign.mail.render import Rendered
from campaign.services.audit import audit_log
from campaign.services.campaigns import first_signers, pages, public_quotes, shown_counts
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import ComposedMessage, compose_all
from campaign.services.digests.as_read import as_read, explained
from campaign.services.digests.deferral import defer
from campaign.services.feedback import suppressions
from campaign.services.office_check import codes as office_codes
from campaign.services.outbox.enqueue import lock_rows
from campaign.services.signatures import scoring, unfollowing, unsent
from campaign.services.signatures.counted import belongs_to_its_owner, is_shown_otherwise
from campaign.services.signatures.kinds import change_kind
from campaign.services.signatures.link_tokens import locked_signature, open_link
from campaign.services.signatures.unsent import MessageRow
from campaign.store.tables import Campaign, Message, Signature, SignatureChange, Supporter
from campaign.store.tables.core import outbox_body, outbox_email
from campaign.store.tables.encrypted import InRow

_OF_AUTHOR = ("name", "role", "organization", "country", "postal_code")
MAY_BE_MENDED = (*_OF_AUTHOR, "capacity", "visibility", "updates", "language")
_ON_THE_PAGE = frozenset({"name", "organization", "country", "capacity", "visibility"})


@dataclass(frozen=True)
class Mending:
    """New values by the names in MAY_BE_MENDED, and new words by the id of their message; the rest stays.

    `seen` names the messages that a preview has shown with this in them; empty without a preview.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[int, str] = field(default_factory=dict)
    seen: str = ""


class UnseenMessagesError(ConflictError):
    """The letter has changed since the messages were confirmed: what they would say has to be seen first."""


@dataclass(frozen=True)
class MendingPreview:
    """The messages that have not left as they would be; `explained` as on the preview of the signing form.

    `seen` names exactly these.
    """

    messages: tuple[ComposedMessage, ...]
    explained: str | None
    seen: str


def preview(
    session: Session, token: str, mending: Mending, *, context: MailContext, language: str, now: datetime
) -> MendingPreview:
    """What `mend` would make of the messages; changes nothing."""
    signature = session.get_one(Signature, open_link(session, token, TokenPurpose.MANAGE, now=now))
    campaign = session.get_one(Campaign, signature.campaign_id)
    page = pages.page(session, campaign.slug, language=language)
    rows = [row for row in unsent.messages_of(session, signature.id) if row.is_unsent]
    messages = _written(page, signature, rows, mending)
    composed = compose_all(page, messages, context=context, codes=_codes(session, rows))
    email = session.scalar(select(Supporter.email).where(Supporter.id == signature.supporter_id))
    told = explained(page, composed, messages, context=context, language=language, email=email)
    shown = as_read(page, composed, messages, context=context, email=email)
    return MendingPreview(shown, told, _name_of(composed))


def mend(session: Session, token: str, mending: Mending, *, context: MailContext, now: datetime) -> None:
    """Change a signature that stands, and its messages that have not left.

    RefusedError for what breaks a rule; ConflictError where the signature stands no more, where its messages
    are being written at this moment, or where one that is to be changed has left meanwhile;
    UnseenMessagesError where they would say what their author has not seen.
    """
    signature = locked_signature(session, open_link(session, token, TokenPurpose.MANAGE, now=now))
    if signature.state not in MAY_BE_REMOVED:
        raise ConflictError("This signature is no longer on the letter, so it cannot be changed.")
    lock_rows(session, outbox_email.c.signature_id == signature.id)
    rows = unsent.messages_of(session, signature.id)
    changed = _changed(signature, mending)
    reworded = _reworded(rows, mending)
    rewrites = bool(reworded or changed & set(_OF_AUTHOR))
    if rewrites and unsent.are_being_written(session, signature.id):
        raise ConflictError("Your messages are being written right now. Please try again in a minute.")
    written = [row for row in rows if row.is_unsent]
    composed = _as_seen(session, signature, written, mending, context=context) if rewrites else ()
    was_shown = signature.visibility
    _change(session, signature, changed, mending, now=now)
    if signature.state is SignatureState.CONFIRMED:
        _follow(session, signature, changed, was_shown)
    if rewrites:
        chosen = [row for row in written if row.id in reworded or changed & set(_OF_AUTHOR)]
        _rewrite(session, signature, chosen, composed, key=context.address_key)
    if reworded:
        _score(session, signature, rows, reworded, context=context, now=now)
    if changed or reworded:
        fields = [*sorted(changed), *(["words"] if reworded else [])]
        session.add(SignatureChange(signature_id=signature.id, changed_at=now, fields=fields))
        details = {
            "campaign": signature.campaign_id,
            "signature": signature.id,
            "fields": sorted(changed),
            "messages": len(reworded),
        }
        audit_log.record(session, action="signature.change", actor=SUPPORTER, details=details, now=now)


def _follow(session: Session, signature: Signature, changed: set[str], was_shown: Visibility) -> None:
    """What follows for the campaign from what its owner has changed of a signature that counts."""
    is_shown_otherwise(session, signature, was_shown, signature.visibility)
    if "name" in changed:
        public_quotes.follow_name(session, signature.id)
    if changed:
        belongs_to_its_owner(session, signature, was_shown)
    first_signers.follow(session, [signature.id], by_owner=True)
    if changed & _ON_THE_PAGE:
        shown_counts.show_otherwise(
            session, signature.campaign_id, was=was_shown, is_now=signature.visibility
        )


def _changed(signature: Signature, mending: Mending) -> set[str]:
    changed = {
        name
        for name in MAY_BE_MENDED
        if name in mending.values and mending.values[name] != getattr(signature, name)
    }
    said = {name: mending.values.get(name, getattr(signature, name)) for name in ("capacity", "organization")}
    if changed & said.keys() and said["capacity"] is Capacity.ORGANIZATION and not said["organization"]:
        raise RefusedError("Enter the organization you sign for.")
    return changed


def _reworded(rows: Sequence[MessageRow], mending: Mending) -> set[int]:
    reworded = {row.id for row in rows if mending.words.get(row.id, row.words) != row.words}
    if any(row.id in reworded and not row.is_unsent for row in rows):
        raise ConflictError(
            "One of your messages has been sent in the meantime. It can no longer be changed."
        )
    return reworded


def _change(
    session: Session, signature: Signature, changed: set[str], mending: Mending, *, now: datetime
) -> None:
    for name in changed - {"capacity"}:
        setattr(signature, name, mending.values[name])
    if "capacity" in changed:
        change_kind(signature, mending.values["capacity"])
    session.flush()
    if "updates" in changed and signature.updates:
        suppressions.resubscribe(session, signature.supporter_id, now=now)
    elif "updates" in changed:
        unfollowing.call_back(session, signature.id, now=now)


def _written(
    page: CampaignPage, signature: Signature, rows: Sequence[MessageRow], mending: Mending
) -> dict[int, PersonalMessage]:
    """The same as `written_messages`; RefusedError for words that an official does not take."""
    written = written_messages(page, signature, rows, mending)
    for official in page.officials:
        if official.id in written:
            check_length(written[official.id].words, [official])
    return written


def written_messages(
    page: CampaignPage, signature: Signature, rows: Sequence[MessageRow], mending: Mending
) -> dict[int, PersonalMessage]:
    """The messages by their officials, as they are once this is mended; for those the letter still names."""
    author = Author(**{name: mending.values.get(name, getattr(signature, name)) for name in _OF_AUTHOR})
    officials = {official.id for official in page.officials}
    asks = {ask.id for ask in page.asks}
    written = {}
    for row in rows:
        if row.official_id in officials:
            words = mending.words.get(row.id, row.words)
            written[row.official_id] = PersonalMessage(
                author=author,
                subject=row.subject,
                words=words,
                asks=tuple(ask for ask in row.stressed_asks if ask in asks),
            )
    return written


def _composed(
    session: Session,
    signature: Signature,
    rows: Sequence[MessageRow],
    mending: Mending,
    *,
    context: MailContext,
) -> tuple[ComposedMessage, ...]:
    campaign = session.get_one(Campaign, signature.campaign_id)
    page = pages.page(session, campaign.slug, language=campaign.language)
    messages = _written(page, signature, rows, mending)
    return compose_all(page, messages, context=context, codes=_codes(session, rows))


def _codes(session: Session, rows: Sequence[MessageRow]) -> dict[int, str]:
    """The codes by the ids of their officials."""
    codes = office_codes.codes_of(session, [row.id for row in rows])
    return {row.official_id: codes[row.id] for row in rows if row.id in codes}


def _name_of(composed: Iterable[ComposedMessage]) -> str:
    """A name for exactly these messages."""
    texts = [[one.official.id, one.rendered.subject, one.rendered.text] for one in composed]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _as_seen(
    session: Session,
    signature: Signature,
    rows: Sequence[MessageRow],
    mending: Mending,
    *,
    context: MailContext,
) -> tuple[ComposedMessage, ...]:
    """The messages as they would be; UnseenMessagesError where one would say what is not its author's change.

    Who has seen exactly these in a preview knows.
    """
    composed = _composed(session, signature, rows, mending, context=context)
    if mending.seen == _name_of(composed):
        return composed
    unchanged = _composed(session, signature, rows, Mending(), context=context)
    texts = {one.official.id: one.rendered.text for one in unchanged}
    ids = [row.email_id for row in rows if row.email_id is not None]
    bodies = select(outbox_body.c.email_id, outbox_body.c.text).where(outbox_body.c.email_id.in_(ids))
    stored = {body.email_id: body.text for body in session.execute(bodies)}
    if any(stored[row.email_id] != texts.get(row.official_id) for row in rows if row.email_id in stored):
        raise UnseenMessagesError(
            "What this page shows has just changed. Please look at it once more, then confirm."
        )
    return composed


def _rewrite(
    session: Session,
    signature: Signature,
    rows: Sequence[MessageRow],
    messages: Iterable[ComposedMessage],
    *,
    key: bytes,
) -> None:
    """Write messages anew that have not left, whose emails the caller holds."""
    composed = {one.official.id: one for one in messages}
    texts = {}
    for row in rows:
        message = composed.get(row.official_id)
        if message is None:
            continue
        texts[row.id] = (message.rendered.text, bool(message.words))
        words = update(Message).where(Message.id == row.id).values(words=InRow(row.id, message.words))
        # Objects would be given what the statement was: they are read anew before anybody looks.
        session.execute(words, execution_options={"synchronize_session": False})
        if row.email_id is None:
            continue
        _rewrite_email(session, row.email_id, signature.name, message.rendered)
    office_codes.reworded(session, texts, key=key)


def _rewrite_email(session: Session, email_id: int, from_name: str, rendered: Rendered) -> None:
    headers = {"from_name": InRow(email_id, from_name), "subject": InRow(email_id, rendered.subject)}
    session.execute(update(outbox_email).where(outbox_email.c.id == email_id).values(headers))
    words = {"text": InRow(email_id, rendered.text), "html": InRow(email_id, rendered.html)}
    session.execute(update(outbox_body).where(outbox_body.c.email_id == email_id).values(words))


def _score(
    session: Session,
    signature: Signature,
    rows: Sequence[MessageRow],
    reworded: set[int],
    *,
    context: MailContext,
    now: datetime,
) -> None:
    """Compare the new words with the letter and with others', as those they take the place of were."""
    texts = {row.id: session.get_one(Message, row.id, populate_existing=True).words for row in rows}
    before = {row.id: row.own_words for row in rows if row.id in reworded}
    scores = scoring.rescore(
        session,
        signature.campaign_id,
        signature.id,
        texts,
        before,
        address_key=context.address_key,
    )
    for message_id, score in scores.items():
        session.execute(update(Message).where(Message.id == message_id).values(own_words=score))
    defer(session, signature.id, now=now)
