"""The emails of a campaign as they will be, written to nobody: the links in them lead nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.official import Channel, message_channel
from campaign.domain.outbox import EmailKind
from campaign.domain.publisher import Publisher
from campaign.domain.signing import Author, PersonalMessage
from campaign.domain.signing_form import CONFIRM_WITHIN
from campaign.domain.tokens import TokenPurpose
from campaign.domain.updates import NAME_PLACE
from campaign.i18n import catalogue, to_translate
from campaign.mail.render import Rendered
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import ComposedMessage, compose_all
from campaign.services.compose.quiet_words import quiet_words
from campaign.services.compose.supporter_email import render_for_supporter
from campaign.services.digests.as_read import whole_email

# Stands where each supporter's own secret would.
NOWHERE = "preview"
_CODE = "123456"
YOUR_WORDS = to_translate("[Your own words stand here, exactly as you wrote them.]")
SOMEBODY = to_translate("Name of the supporter")
SOMEBODYS_EMAIL = to_translate("[Email address of the supporter]")
_TO_CONFIRM = (TokenPurpose.CONFIRM, TokenPurpose.WITHDRAW)
_TO_SEE = (TokenPurpose.MANAGE, TokenPurpose.WITHDRAW, TokenPurpose.UNSUBSCRIBE)


@dataclass(frozen=True)
class PreviewedEmails:
    """What a supporter gets, in their language, and what each official does, in the letter's."""

    confirmation: Rendered
    thanks: Rendered
    messages: Sequence[ComposedMessage]

    @property
    def are_together(self) -> bool:
        """Whether one of them is among those of others."""
        return any(one.official.gets_among_others(has_words=True) for one in self.messages)


def emails_of(
    page: CampaignPage,
    *,
    language: str,
    publisher: Publisher,
    context: MailContext,
    own_words: Mapping[EmailKind, Sequence[str]],
) -> PreviewedEmails:
    """Every email that one signature causes, with the organizers' paragraphs in it, and a message to all."""
    messages = _messages(page, context, publisher)
    if page.head.is_quiet:
        return _quiet(context, language, messages)
    somebody = catalogue(language).gettext(SOMEBODY)
    to_supporter = partial(
        render_for_supporter,
        context,
        publisher=publisher,
        slug=page.head.slug,
        campaign_title=page.title,
        language=language,
        accent=page.head.accent,
    )
    confirmation = to_supporter(
        EmailKind.CONFIRMATION,
        dict.fromkeys(_TO_CONFIRM, NOWHERE),
        code=_CODE,
        days=CONFIRM_WITHIN.days,
        forms=(),
        own_words=own_words[EmailKind.CONFIRMATION],
    )
    thanks = to_supporter(
        EmailKind.THANKS,
        dict.fromkeys(_TO_SEE, NOWHERE),
        name=somebody,
        own_words=[words.replace(NAME_PLACE, somebody) for words in own_words[EmailKind.THANKS]],
        messages=_subjects(messages, Channel.EMAIL),
        by_hand=_subjects(messages, Channel.HAND),
        by_form=_subjects(messages, Channel.WEB_FORM),
    )
    return PreviewedEmails(confirmation, thanks, messages)


def _quiet(context: MailContext, language: str, messages: Sequence[ComposedMessage]) -> PreviewedEmails:
    confirmation = quiet_words(context, EmailKind.CONFIRMATION, language=language, code=_CODE)
    return PreviewedEmails(confirmation, quiet_words(context, EmailKind.THANKS, language=language), messages)


def _subjects(messages: Sequence[ComposedMessage], channel: Channel) -> list[tuple[str, str]]:
    return [
        (message.official.name, message.subject)
        for message in messages
        if message_channel(message.official.channel) is channel
    ]


def _messages(page: CampaignPage, context: MailContext, publisher: Publisher) -> Sequence[ComposedMessage]:
    """A message to each official, with a place where its author's words will stand.

    An office that gets many in one email gets that email, with this message in it.
    """
    words = catalogue(page.authoritative.letter.language)
    author = Author(name=words.gettext(SOMEBODY))
    message = PersonalMessage(author=author, words=words.gettext(YOUR_WORDS))
    reply_to = _answered_at(page, context, words.gettext(SOMEBODYS_EMAIL))
    return [
        replace(
            one,
            rendered=whole_email(page, one, message, context=context, publisher=publisher, reply_to=reply_to),
        )
        if one.official.gets_among_others(has_words=True)
        else one
        for one in compose_all(page, {official.id: message for official in page.officials}, context=context)
    ]


def _answered_at(page: CampaignPage, context: MailContext, email: str) -> str | None:
    """Where an office answers somebody whose message came with others': an address made for it, or theirs."""
    if context.replies_come_here:
        return f"{NOWHERE}@{context.replies.domain}"
    return None if page.head.is_quiet else email
