"""Messages as their writers see them before they are sent: as an office reads them, also in a digest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing import PersonalMessage, stressed_asks
from campaign.services.compose import message as alone
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import ComposedMessage
from campaign.services.digests.writing import DigestText


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


def _among_others(
    page: CampaignPage,
    composed: ComposedMessage,
    message: PersonalMessage,
    language: str,
    context: MailContext,
    email: str | None,
) -> str:
    original = page.authoritative
    is_letters_own = composed.subject in ("", original.letter.subject or original.head.title)
    text = DigestText(
        name=message.author.name,
        lines=alone.sender_lines(message.author, language),
        subject=None if is_letters_own else composed.subject,
        words=alone.paragraphs(message.words),
        stressed_asks=[
            ask.heading
            for ask in stressed_asks(original if language == composed.language else page, message.asks)
        ],
        reply_to=None if context.replies_come_here or page.head.is_quiet else email,
    )
    return context.renderer.part("digest/one.txt", language=language, one=text)
