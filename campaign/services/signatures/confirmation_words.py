"""Words added before the button that confirms: a supporter who wrote none is asked once, and may still."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing import Author, PersonalMessage, check_length
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.services.campaigns import pages
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import compose_all
from campaign.services.outbox.enqueue import insert_emails
from campaign.services.signatures.link_tokens import locked_signature, open_link
from campaign.services.signatures.messages import HeldMessages, drop_held, store_held
from campaign.store.tables import Campaign, Message, Signature, Supporter

Waiting = Mapping[int, Row[int, str, str, list[int]]]


def add_words(session: Session, token: str, words: str, *, context: MailContext, now: datetime) -> None:
    """Put words into each message of an unconfirmed signature that has none of its own, and write it anew.

    The revision goes up, so that the button confirms nothing its page has not shown. RefusedError when the
    words are longer than an official takes, ConflictError when there is no message to put them in.
    """
    signature_id = open_link(session, token, TokenPurpose.CONFIRM, now=now)
    signature = locked_signature(session, signature_id)
    waiting = _waiting(session, signature_id)
    empty = {official_id for official_id, row in waiting.items() if not row.words}
    if not empty:
        raise ConflictError("There is no message here that waits for your words.")
    slug = session.get_one(Campaign, signature.campaign_id).slug
    page = pages.page(session, slug, language=signature.language)
    check_length(words, [official for official in page.officials if official.id in empty])
    supporter = session.get_one(Supporter, signature.supporter_id)
    composed = compose_all(page, _messages(signature, page, waiting, words), context=context)
    drop_held(session.connection(), signature_id)
    held = HeldMessages(
        campaign_id=signature.campaign_id,
        supporter_id=supporter.id,
        signature_id=signature_id,
        sender_name=signature.name,
        email=supporter.email or "",
        language=page.authoritative.letter.language,
        messages=composed,
        written_at=now,
    )
    # No second confirmation is due: the link that was followed here confirms the new words.
    emails = store_held(session.connection(), [held], replies=context.replies)
    insert_emails(session.connection(), emails, now=now)
    signature.revision += 1


def _waiting(session: Session, signature_id: int) -> Waiting:
    rows = session.execute(
        select(Message.official_id, Message.words, Message.subject, Message.stressed_asks).where(
            Message.signature_id == signature_id, Message.released_at.is_(None)
        )
    )
    return {row.official_id: row for row in rows}


def _messages(
    signature: Signature, page: CampaignPage, waiting: Waiting, words: str
) -> dict[int, PersonalMessage]:
    """The messages as they were sent in, with the words added where there were none.

    An ask that has left the letter since is stressed no more.
    """
    asks = {ask.id for ask in page.asks}
    author = Author(
        name=signature.name,
        role=signature.role,
        organization=signature.organization,
        country=signature.country,
        postal_code=signature.postal_code,
    )
    return {
        official_id: PersonalMessage(
            author=author,
            subject=row.subject,
            words=row.words or words,
            asks=tuple(id_ for id_ in row.stressed_asks if id_ in asks),
        )
        for official_id, row in waiting.items()
    }
