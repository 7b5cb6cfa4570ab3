"""The mails that ask to confirm and that thank, as a reader gets them, with no link that works."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind
from campaign.mail.render import Rendered, in_paragraphs
from campaign.services.campaigns import mail_texts, versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.quiet_words import quiet_words
from campaign.services.installation import publisher as publishers
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.asking import TO_CONFIRM, LetterAsked, question
from campaign.services.signatures.thanks import LINKS, Thanked, thanks
from campaign.store.tables import Campaign

_NO_TOKEN = "this-is-a-preview"  # noqa: S105 - no secret
_NO_CODE = "123456"


def preview(
    session: Session,
    campaign_id: int,
    kind: EmailKind,
    language: str,
    *,
    name: str,
    context: MailContext,
    now: datetime,
) -> Rendered:
    """The mail with the organizers' own words as they are stored."""
    campaign = session.get_one(Campaign, campaign_id)
    if campaign.quiet_at is not None:
        code = _NO_CODE if kind is EmailKind.CONFIRMATION else ""
        words = quiet_words(context, kind, language=language, code=code)
        return replace(words, html=in_paragraphs(words.text, language))
    publisher = publishers.current(session, default=context.default_publisher)
    own_words = mail_texts.own_words(session, campaign_id, kind, language)
    title = versions.title_in(session, campaign, language)
    if kind is EmailKind.CONFIRMATION:
        letter = LetterAsked(campaign.slug, title, campaign.accent, own_words)
        links = dict.fromkeys(TO_CONFIRM, _NO_TOKEN)
        return question(context, kind, letter, links, _NO_CODE, language=language, publisher=publisher)
    signer = Thanked(
        signature_id=0,
        supporter_id=0,
        name=name,
        email="",
        hashes=AddressHashes("", ""),
        language=language,
        campaign_id=campaign_id,
        slug=campaign.slug,
        title=title,
        accent=campaign.accent,
        written=(),
        own_words=own_words,
    )
    links = dict.fromkeys(LINKS, _NO_TOKEN)
    email = thanks(signer, links, publisher=publisher, context=context, now=now)
    return Rendered(email.subject, email.text, email.html)
