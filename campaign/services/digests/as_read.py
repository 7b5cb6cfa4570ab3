"""Messages as their writers see them before they are sent: as an office reads them, also in a digest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.publisher import Publisher
from campaign.domain.signing import PersonalMessage, stressed_asks
from campaign.mail.render import Rendered
from campaign.services.compose import message as alone
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import ComposedMessage
from campaign.services.digests.writing import DigestText, rendered


def as_read(
    page: CampaignPage,
    composed: Sequence[ComposedMessage],
    messages: Mapping[int, PersonalMessage],
    *,
    context: MailContext,
    email: str | None,
) -> tuple[ComposedMessage, ...]:
    """Messages to be shown: of one that surely goes together with others', what their common email has of it.

    `email` is its writer's, and stands below where offices answer to it. Reply addresses of ours are made
    once a message is.
    """
    return tuple(
        replace(
            one,
            subject="",
            rendered=replace(
                one.rendered,
                subject="",
                text=_among_others(page, one, messages[one.official.id], one.language, context, email),
            ),
        )
        if one.official.gets_among_others(has_words=bool(one.words))
        else one
        for one in composed
    )


def explained(
    page: CampaignPage,
    composed: Sequence[ComposedMessage],
    messages: Mapping[int, PersonalMessage],
    *,
    context: MailContext,
    language: str,
    email: str | None,
) -> str | None:
    """The first of them as its writer can read it; None for the office's language."""
    told = alone.explained(page, composed, messages, context=context, language=language)
    if told is None or not composed[0].official.gets_among_others(has_words=bool(composed[0].words)):
        return told
    return _among_others(page, composed[0], messages[composed[0].official.id], language, context, email)


def whole_email(
    page: CampaignPage,
    composed: ComposedMessage,
    message: PersonalMessage,
    *,
    context: MailContext,
    publisher: Publisher,
    reply_to: str | None,
) -> Rendered:
    """The email of many as its office gets it, with this message alone in it.

    Its code and its number are made once it is sent.
    """
    return rendered(
        page,
        composed.official.id,
        [_text(page, composed, message, composed.language, reply_to)],
        context=context,
        publisher=publisher,
        language=composed.language,
    )


def _among_others(
    page: CampaignPage,
    composed: ComposedMessage,
    message: PersonalMessage,
    language: str,
    context: MailContext,
    email: str | None,
) -> str:
    reply_to = None if context.replies_come_here or page.head.is_quiet else email
    text = _text(page, composed, message, language, reply_to)
    return context.renderer.part("digest/one.txt", language=language, one=text)


def _text(
    page: CampaignPage,
    composed: ComposedMessage,
    message: PersonalMessage,
    language: str,
    reply_to: str | None,
) -> DigestText:
    original = page.authoritative
    is_letters_own = composed.subject in ("", original.letter.subject or original.head.title)
    return DigestText(
        name=message.author.name,
        lines=alone.sender_lines(message.author, language),
        subject=None if is_letters_own else composed.subject,
        words=alone.paragraphs(message.words),
        stressed_asks=[
            ask.heading
            for ask in stressed_asks(original if language == composed.language else page, message.asks)
        ],
        reply_to=reply_to,
    )
