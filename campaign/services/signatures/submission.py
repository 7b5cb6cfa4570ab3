"""One signing form made ready: all its mails written before anybody waits for the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign.domain.campaign_page import CampaignPage, OfficialShown
from campaign.domain.outbox import EmailKind
from campaign.domain.signing import (
    CONFIRM_WITHIN,
    SigningDetails,
    check_length,
    chosen_officials,
    stressed_asks,
)
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.mail.render import Rendered
from campaign.services.compose.message import compose
from campaign.services.compose.supporter_email import SigningDesk, render_for_supporter
from campaign.services.signatures.link_tokens import new_links


@dataclass(frozen=True)
class Submission:
    """What was sent in, the message to each chosen official, and the links of its confirmation mail."""

    page: CampaignPage
    details: SigningDetails
    desk: SigningDesk
    now: datetime
    messages: tuple[tuple[OfficialShown, Rendered], ...]
    links: Mapping[TokenPurpose, str]
    confirmation: Rendered


@dataclass(frozen=True)
class Signing:
    """A submission with its rows: its signature, whose it is, and the messages that are still to be held."""

    submission: Submission
    supporter_id: int
    email: str
    signature_id: int
    messages: tuple[tuple[OfficialShown, Rendered], ...]


def prepare(page: CampaignPage, details: SigningDetails, *, desk: SigningDesk, now: datetime) -> Submission:
    """Check the choices and write the mails; the slow part of signing, done outside any transaction.

    ConflictError when the campaign is closed, RefusedError when a choice is not the campaign's or words are
    longer than their official takes.
    """
    if not page.is_open(now):
        raise ConflictError("This campaign is closed. It takes no more signatures.")
    stressed_asks(page, details)
    officials = chosen_officials(page, details)
    for official in officials:
        check_length(details.words_to(official.id), [official])
    links = new_links(TokenPurpose.CONFIRM, TokenPurpose.WITHDRAW)
    return Submission(
        page=page,
        details=details,
        desk=desk,
        now=now,
        messages=written_messages(page, details, desk=desk),
        links=links,
        confirmation=render_for_supporter(
            desk,
            EmailKind.CONFIRMATION,
            links,
            slug=page.head.slug,
            campaign_title=page.title,
            language=details.language,
            accent=page.head.accent,
            name=details.name,
            messages_count=len(officials),
            days=CONFIRM_WITHIN.days,
        ),
    )


def written_messages(
    page: CampaignPage, details: SigningDetails, *, desk: SigningDesk
) -> tuple[tuple[OfficialShown, Rendered], ...]:
    """The finished message to each chosen official, in the letter's order."""
    return tuple(
        (
            official,
            compose(
                page,
                details,
                official,
                renderer=desk.renderer,
                public_url=desk.public_url,
                replies_come_here=bool(desk.replies.domain),
            ),
        )
        for official in chosen_officials(page, details)
    )
