"""Messages to officials as they will be read: the supporter's words between our salutation and sign-off."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from campaign.domain.campaign_page import CampaignPage, OfficialShown
from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind
from campaign.domain.signing import Author, PersonalMessage, chosen_officials, stressed_asks
from campaign.i18n import catalogue, country_name
from campaign.mail.render import Rendered, Renderer
from campaign.services.compose.mail_context import MailContext


@dataclass(frozen=True)
class ComposedMessage:
    """One finished message to an official; `stressed_asks` are ids, in the letter's order."""

    official: OfficialShown
    subject: str
    words: str
    stressed_asks: list[int]
    rendered: Rendered


def compose_all(
    page: CampaignPage, messages: Mapping[int, PersonalMessage], *, context: MailContext
) -> tuple[ComposedMessage, ...]:
    """The finished messages, by the ids of their officials, in the letter's order.

    RefusedError when an official or an ask to stress is not of this campaign.
    """
    return tuple(
        _composed(page, official, messages[official.id], context)
        for official in chosen_officials(page, messages)
    )


def _composed(
    page: CampaignPage, official: OfficialShown, message: PersonalMessage, context: MailContext
) -> ComposedMessage:
    return ComposedMessage(
        official,
        message_subject(page, message),
        message.words,
        [ask.id for ask in stressed_asks(page, message.asks)],
        compose(
            page,
            official,
            message,
            renderer=context.renderer,
            public_url=context.public_url,
            replies_come_here=context.replies_come_here,
        ),
    )


def compose(
    page: CampaignPage,
    official: OfficialShown,
    message: PersonalMessage,
    *,
    renderer: Renderer,
    public_url: str,
    replies_come_here: bool = False,
) -> Rendered:
    """The message to one official, in the original letter's language around the author's own words.

    It says where an answer goes: to the author, or first to us where `replies_come_here`.
    """
    page = page.authoritative
    language = page.letter.language
    return renderer.render(
        EmailKind.MESSAGE,
        language=language,
        subject=message_subject(page, message),
        salutation=official.salutation or salutation_to(official.name, language),
        words=paragraphs(message.words),
        stressed_asks=[ask.heading for ask in stressed_asks(page, message.asks)],
        ask_count=len(page.asks),
        campaign_title=page.head.title,
        page_url=f"{public_url}/c/{page.head.slug}",
        sender_name=message.author.name,
        sender_lines=sender_lines(message.author, language),
        by_hand=official.channel is not Channel.EMAIL,
        replies_come_here=replies_come_here,
    )


def message_subject(page: CampaignPage, message: PersonalMessage) -> str:
    """The author's subject, else the original letter's."""
    page = page.authoritative
    return message.subject or page.letter.subject or page.head.title


def salutation_to(name: str, language: str) -> str:
    """How to begin where nobody has written a salutation down."""
    return catalogue(language).gettext("Dear %(name)s,") % {"name": name}


def paragraphs(words: str) -> list[str]:
    """Own words in paragraphs; none where somebody only signed."""
    return [paragraph.strip() for paragraph in words.split("\n\n") if paragraph.strip()]


def sender_lines(author: Author, language: str) -> list[str]:
    """What stands under a name: office and organization, place."""
    place = ", ".join(part for part in (author.postal_code, _country(author.country, language)) if part)
    affiliation = ", ".join(part for part in (author.role, author.organization) if part)
    return [line for line in (affiliation, place) if line]


@lru_cache(maxsize=2048)
def _country(code: str | None, language: str) -> str | None:
    return country_name(code, language) if code else None
