"""Messages to officials as they will be read: the supporter's words between our salutation and sign-off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from campaign.domain.campaign_page import CampaignPage, OfficialShown
from campaign.domain.office_check import shown_code
from campaign.domain.official import PRINTED, Channel, OfficialRole
from campaign.domain.outbox import EmailKind
from campaign.domain.salutations import suggested_salutation
from campaign.domain.signing import Author, PersonalMessage, chosen_officials, stressed_asks
from campaign.i18n import catalogue, country_name, to_translate
from campaign.mail.render import Rendered, Renderer
from campaign.services.compose.mail_context import MailContext

CODE_TO_COME = to_translate("[a code, made when you confirm]")


@dataclass(frozen=True)
class ComposedMessage:
    """One finished message to an official; `stressed_asks` are ids, in the letter's order.

    `check_code` is what its office can check it by; None before there is one, empty where there is none.
    """

    official: OfficialShown
    subject: str
    words: str
    stressed_asks: list[int]
    rendered: Rendered
    language: str
    check_code: str | None = None


def compose_all(
    page: CampaignPage,
    messages: Mapping[int, PersonalMessage],
    *,
    context: MailContext,
    codes: Mapping[int, str] | None = None,
) -> tuple[ComposedMessage, ...]:
    """The finished messages, by the ids of their officials, in the letter's order.

    `codes` are by official too, empty for a message without one; without any, a place is kept for them.
    RefusedError when an official or an ask to stress is not of this campaign.
    """
    return tuple(
        _composed(
            page,
            official,
            messages[official.id],
            context,
            codes.get(official.id, "") if codes is not None else None,
        )
        for official in chosen_officials(page, messages)
    )


def _composed(
    page: CampaignPage,
    official: OfficialShown,
    message: PersonalMessage,
    context: MailContext,
    code: str | None,
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
            check_code=code,
        ),
        page.authoritative.letter.language,
        code,
    )


def compose(
    page: CampaignPage,
    official: OfficialShown,
    message: PersonalMessage,
    *,
    renderer: Renderer,
    public_url: str,
    replies_come_here: bool = False,
    check_code: str | None = "",
) -> Rendered:
    """The message to one official, in the original letter's language around the author's own words.

    It says where an answer goes: to the author, or first to us where `replies_come_here`. `check_code` is
    None before there is one, and empty where there will be none.
    """
    page = page.authoritative
    return _framed(
        page,
        official,
        message,
        paragraphs(message.words),
        salutation_of(page, official),
        page.letter.language,
        renderer=renderer,
        public_url=public_url,
        replies_come_here=replies_come_here or page.head.is_quiet,
        check_code=check_code,
    )


def explained(
    page: CampaignPage,
    composed: Sequence[ComposedMessage],
    messages: Mapping[int, PersonalMessage],
    *,
    context: MailContext,
    language: str,
) -> str | None:
    """The message as its writer can read it, own words untouched; None for the office's language.

    It is the first of the messages, by the same template: what is said there can be understood before it is
    sent, and is not what will be sent.
    """
    if not composed or language == composed[0].language:
        return None
    official = composed[0].official
    message = messages[official.id]
    own = page.letter.salutation if page.letter.language == language else None
    greeting = suggested_salutation(
        official.name, None, language=language, letters_own=own, addressees=addressee_names(page)
    )
    return _framed(
        page,
        official,
        message,
        paragraphs(message.words),
        greeting,
        language,
        renderer=context.renderer,
        public_url=context.public_url,
        replies_come_here=context.replies_come_here or page.head.is_quiet,
        check_code=composed[0].check_code,
    ).text


def _framed(
    page: CampaignPage,
    official: OfficialShown,
    message: PersonalMessage,
    words: list[str],
    salutation: str,
    language: str,
    *,
    renderer: Renderer,
    public_url: str,
    replies_come_here: bool,
    check_code: str | None,
) -> Rendered:
    stressed = stressed_asks(page, message.asks)
    return renderer.render(
        EmailKind.MESSAGE,
        language=language,
        subject=message_subject(page, message),
        salutation=salutation,
        words=words,
        asks=[ask.heading for ask in stressed or page.asks],
        are_stressed=bool(stressed),
        campaign_title=page.title,
        page_url=f"{public_url}/c/{page.head.slug}",
        sender_name=message.author.name,
        sender_lines=sender_lines(message.author, language),
        by_hand=official.channel in PRINTED,
        is_pasted=official.channel is Channel.WEB_FORM,
        replies_come_here=replies_come_here,
        check_code=catalogue(language).gettext(CODE_TO_COME)
        if check_code is None
        else shown_code(check_code),
        check_url=f"{public_url}/check",
    )


def message_subject(page: CampaignPage, message: PersonalMessage) -> str:
    """The author's subject, else the original letter's."""
    page = page.authoritative
    return message.subject or page.letter.subject or page.head.title


def salutation_of(page: CampaignPage, official: OfficialShown) -> str:
    """How messages to an official begin: as organizers have it, else as the original letter suggests."""
    letter = page.authoritative.letter
    return official.salutation or suggested_salutation(
        official.name,
        official.title,
        language=letter.language,
        letters_own=letter.salutation,
        addressees=addressee_names(page.authoritative),
    )


def addressee_names(page: CampaignPage) -> list[str]:
    """The names of all the letter is written to, as its officials have them."""
    return [official.name for official in page.officials if official.role is OfficialRole.ADDRESSEE]


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
