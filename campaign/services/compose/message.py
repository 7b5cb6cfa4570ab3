"""Messages to officials as they will be read: the supporter's words between our salutation and sign-off."""

from dataclasses import dataclass
from functools import lru_cache

from campaign.domain.campaign_page import CampaignPage, OfficialShown
from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind
from campaign.domain.signing import SigningDetails, chosen_officials, stressed_asks
from campaign.i18n import catalogue, country_name
from campaign.mail.render import Rendered, Renderer


@dataclass(frozen=True)
class MessagePreview:
    """One finished message, before it goes or after."""

    official: OfficialShown
    channel: Channel
    subject: str
    text: str


def preview(
    page: CampaignPage,
    details: SigningDetails,
    *,
    renderer: Renderer,
    public_url: str,
    replies_come_here: bool = False,
) -> tuple[MessagePreview, ...]:
    """The finished message to each chosen official; RefusedError when one is not of this campaign."""
    messages = []
    for official in chosen_officials(page, details):
        rendered = compose(
            page,
            details,
            official,
            renderer=renderer,
            public_url=public_url,
            replies_come_here=replies_come_here,
        )
        messages.append(MessagePreview(official, official.channel, rendered.subject, rendered.text))
    return tuple(messages)


def compose(
    page: CampaignPage,
    details: SigningDetails,
    official: OfficialShown,
    *,
    renderer: Renderer,
    public_url: str,
    replies_come_here: bool = False,
) -> Rendered:
    """The message to one official, in the original letter's language around the supporter's own words.

    It says where an answer goes: to the supporter, or first to us where `replies_come_here`.
    """
    page = page.authoritative
    language = page.letter.language
    return renderer.render(
        EmailKind.MESSAGE,
        language=language,
        subject=message_subject(page, details),
        salutation=official.salutation or salutation_to(official.name, language),
        words=paragraphs(details.words_to(official.id)),
        stressed_asks=[ask.heading for ask in stressed_asks(page, details)],
        ask_count=len(page.asks),
        campaign_title=page.head.title,
        page_url=f"{public_url}/c/{page.head.slug}",
        sender_name=details.name,
        sender_lines=sender_lines(details, language),
        by_hand=official.channel is Channel.HAND,
        replies_come_here=replies_come_here,
    )


def message_subject(page: CampaignPage, details: SigningDetails) -> str:
    """The supporter's subject, else the original letter's."""
    page = page.authoritative
    return details.subject or page.letter.subject or page.head.title


def salutation_to(name: str, language: str) -> str:
    """How to begin where nobody has written a salutation down."""
    return catalogue(language).gettext("Dear %(name)s,") % {"name": name}


def paragraphs(words: str) -> list[str]:
    """Own words in paragraphs; none where somebody only signed."""
    return [paragraph.strip() for paragraph in words.split("\n\n") if paragraph.strip()]


def sender_lines(details: SigningDetails, language: str) -> list[str]:
    """What stands under a name: office and organization, place."""
    place = ", ".join(part for part in (details.postal_code, _country(details.country, language)) if part)
    affiliation = ", ".join(part for part in (details.role, details.organization) if part)
    return [line for line in (affiliation, place) if line]


@lru_cache(maxsize=2048)
def _country(code: str | None, language: str) -> str | None:
    return country_name(code, language) if code else None
