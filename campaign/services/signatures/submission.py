"""One signing form made ready: all its mails written before anybody waits for the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.outbox import EmailKind
from campaign.domain.signing import (
    CONFIRM_WITHIN,
    SignatureForm,
    check_length,
    chosen_officials,
    stressed_asks,
)
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.mail.render import Rendered
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import ComposedMessage, compose_all
from campaign.services.compose.supporter_email import render_for_supporter
from campaign.services.signatures.link_tokens import new_links


@dataclass(frozen=True)
class Submission:
    """What was sent in, the message to each chosen official, and the links of its confirmation mail."""

    page: CampaignPage
    form: SignatureForm
    context: MailContext
    now: datetime
    messages: tuple[ComposedMessage, ...]
    links: Mapping[TokenPurpose, str]
    confirmation: Rendered


def prepare(page: CampaignPage, form: SignatureForm, *, context: MailContext, now: datetime) -> Submission:
    """Check the choices and write the mails; the slow part of signing, done outside any transaction.

    ConflictError when the campaign is closed, RefusedError when a choice is not the campaign's or words are
    longer than their official takes.
    """
    if not page.is_open(now):
        raise ConflictError("This campaign is closed. It takes no more signatures.")
    stressed_asks(page, form.asks)
    officials = chosen_officials(page, form.officials)
    for official in officials:
        check_length(form.words_to(official.id), [official])
    links = new_links(TokenPurpose.CONFIRM, TokenPurpose.WITHDRAW)
    return Submission(
        page=page,
        form=form,
        context=context,
        now=now,
        messages=compose_all(page, form.messages, context=context),
        links=links,
        confirmation=render_for_supporter(
            context,
            EmailKind.CONFIRMATION,
            links,
            slug=page.head.slug,
            campaign_title=page.title,
            language=form.language,
            accent=page.head.accent,
            name=form.name,
            messages_count=len(officials),
            days=CONFIRM_WITHIN.days,
        ),
    )
