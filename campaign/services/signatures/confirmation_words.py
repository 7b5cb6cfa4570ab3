"""Words added before the button that confirms: a supporter who wrote none is asked once, and may still."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing import SigningDetails, check_length
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.mail.render import Rendered
from campaign.services.campaigns import campaigns
from campaign.services.compose.supporter_email import SigningDesk
from campaign.services.outbox.enqueue import insert_emails
from campaign.services.signatures.link_tokens import held_signature, open_link
from campaign.services.signatures.messages import drop_held, hold
from campaign.services.signatures.submission import Signing, Submission, written_messages
from campaign.store.tables import Campaign, Message, Signature, Supporter

Held = Mapping[int, Row[int, str, str, list[int]]]


def add_words(session: Session, token: str, words: str, *, desk: SigningDesk, now: datetime) -> None:
    """Put words into each message of an unconfirmed signature that has none of its own, and write it anew.

    The revision goes up, so that the button confirms nothing its page has not shown. RefusedError when the
    words are longer than an official takes, ConflictError when there is no message to put them in.
    """
    signature_id = open_link(session, token, TokenPurpose.CONFIRM, now=now)
    signature = held_signature(session, signature_id)
    held = _held(session, signature_id)
    empty = {official_id for official_id, row in held.items() if not row.words}
    if not empty:
        raise ConflictError("There is no message here that waits for your words.")
    slug = session.get_one(Campaign, signature.campaign_id).slug
    page = campaigns.page(session, slug, language=signature.language)
    check_length(words, [one for one in page.officials if one.id in empty])
    supporter = session.get_one(Supporter, signature.supporter_id)
    details = _details(signature, page, held, words)
    messages = written_messages(page, details, desk=desk)
    # No second confirmation is due: the link that was followed here confirms the new words.
    submission = Submission(page, details, desk, now, messages, links={}, confirmation=Rendered("", "", ""))
    drop_held(session.connection(), signature_id)
    emails = hold(
        session.connection(),
        [Signing(submission, supporter.id, supporter.email or "", signature_id, messages)],
    )
    insert_emails(session.connection(), emails, now=now)
    signature.revision += 1


def _held(session: Session, signature_id: int) -> Held:
    rows = session.execute(
        select(Message.official_id, Message.words, Message.subject, Message.stressed_asks).where(
            Message.signature_id == signature_id, Message.released_at.is_(None)
        )
    )
    return {row.official_id: row for row in rows}


def _details(signature: Signature, page: CampaignPage, held: Held, words: str) -> SigningDetails:
    """The form as it was sent in, with the words added."""
    asks = {ask.id for ask in page.asks} & {id_ for row in held.values() for id_ in row.stressed_asks}
    return SigningDetails(
        name=signature.name,
        email="",
        capacity=signature.capacity,
        organization=signature.organization,
        role=signature.role,
        country=signature.country,
        postal_code=signature.postal_code,
        officials=tuple(sorted(held)),
        asks=tuple(sorted(asks)),
        subject=next(iter(held.values())).subject,
        words_for={official_id: row.words or words for official_id, row in held.items()},
        language=signature.language,
    )
