"""The email of thanks, which has the links to see, change and withdraw a signature that counts."""

from dataclasses import dataclass
from datetime import datetime

from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind
from campaign.domain.publisher import Publisher
from campaign.domain.tokens import TokenPurpose
from campaign.domain.updates import NAME_PLACE
from campaign.mail.render import Rendered
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.patterns import filled, place
from campaign.services.compose.quiet_words import quiet_words
from campaign.services.compose.supporter_email import one_click_url, supporter_email
from campaign.services.outbox.enqueue import NewEmail
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.link_tokens import Links

LINKS = (TokenPurpose.MANAGE, TokenPurpose.WITHDRAW, TokenPurpose.UNSUBSCRIBE)


@dataclass(frozen=True, kw_only=True)
class Thanked:
    """Whoever is thanked, and for what; `written` names each official with the subject, and how it goes.

    `own_words` are the organizers', in paragraphs. Of a campaign that `is_quiet` the email says none of it.
    """

    signature_id: int
    supporter_id: int
    name: str
    email: str
    hashes: AddressHashes
    language: str
    campaign_id: int
    slug: str
    title: str
    accent: str | None
    written: tuple[tuple[str, str, Channel], ...]
    own_words: tuple[str, ...] = ()
    is_quiet: bool = False

    def subjects(self, channel: Channel) -> tuple[tuple[str, str], ...]:
        """Who is written to this way, with the subject."""
        return tuple((official, subject) for official, subject, way in self.written if way is channel)


def thanks(
    signer: Thanked, links: Links, *, publisher: Publisher, context: MailContext, now: datetime
) -> NewEmail:
    """The email, with links for its signer that are, or will be, stored."""
    if signer.is_quiet:
        rendered = quiet_words(context, EmailKind.THANKS, language=signer.language)
    else:
        rendered = _rendered(signer, links, publisher=publisher, context=context)
    return supporter_email(
        EmailKind.THANKS,
        rendered,
        publisher=context.quiet_publisher if signer.is_quiet else publisher,
        campaign_id=signer.campaign_id,
        supporter_id=signer.supporter_id,
        signature_id=signer.signature_id,
        to_address=signer.email,
        hashes=signer.hashes,
        language=signer.language,
        due_at=now,
        unsubscribe_url=one_click_url(context, links),
    )


def _rendered(signer: Thanked, links: Links, *, publisher: Publisher, context: MailContext) -> Rendered:
    return filled(
        context,
        EmailKind.THANKS,
        links,
        {"name": signer.name},
        publisher=publisher,
        slug=signer.slug,
        campaign_title=signer.title,
        language=signer.language,
        accent=signer.accent,
        messages=signer.subjects(Channel.EMAIL),
        by_hand=signer.subjects(Channel.HAND),
        by_form=signer.subjects(Channel.WEB_FORM),
        own_words=tuple(words.replace(NAME_PLACE, place("name")) for words in signer.own_words),
    )
