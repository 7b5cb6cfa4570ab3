"""Mails to supporters about their own signature: rendered, and made ready for the outbox."""

from collections.abc import Mapping
from datetime import datetime

from campaign.domain.colour import DEFAULT_ACCENT, accent_of
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.publisher import Publisher
from campaign.domain.tokens import TokenPurpose
from campaign.i18n import path_prefix
from campaign.mail.render import Rendered
from campaign.services.compose.mail_context import MailContext
from campaign.services.outbox.enqueue import NewEmail
from campaign.services.outbox.suppression_check import AddressHashes


def render_for_supporter(
    context: MailContext,
    kind: EmailKind,
    links: Mapping[TokenPurpose, str],
    *,
    publisher: Publisher,
    slug: str,
    campaign_title: str,
    language: str,
    accent: str | None = None,
    **values: object,
) -> Rendered:
    """A mail to a supporter in the campaign's colour; each link becomes `<purpose>_url` in its template."""
    shades = accent_of(accent or DEFAULT_ACCENT).light
    urls = {f"{purpose}_url": f"{context.public_url}/{purpose}/{token}" for purpose, token in links.items()}
    return context.renderer.render(
        kind,
        language=language,
        publisher=publisher,
        campaign_title=campaign_title,
        page_url=f"{context.public_url}{path_prefix(language)}/c/{slug}",
        accent=shades.accent,
        accent_ink=shades.ink,
        about_url=f"{context.public_url}{path_prefix(language)}/about-our-mail",
        **urls,
        **values,
    )


def supporter_email(
    kind: EmailKind,
    rendered: Rendered,
    *,
    publisher: Publisher,
    campaign_id: int,
    to_address: str,
    hashes: AddressHashes,
    language: str,
    due_at: datetime,
    supporter_id: int | None = None,
    signature_id: int | None = None,
    unsubscribe_url: str | None = None,
    update_id: int | None = None,
) -> NewEmail:
    """An email to a supporter, or to whoever will be one, in the publisher's name, ready for the outbox."""
    return NewEmail(
        kind=kind,
        state=OutboxState.QUEUED,
        due_at=due_at,
        campaign_id=campaign_id,
        supporter_id=supporter_id,
        signature_id=signature_id,
        to_address=to_address,
        from_name=publisher.name or None,
        hashes=hashes,
        language=language,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        unsubscribe_url=unsubscribe_url,
        update_id=update_id,
        is_quiet=rendered.is_quiet,
    )


def one_click_url(context: MailContext, links: Mapping[TokenPurpose, str]) -> str | None:
    """The address by which mail programs unsubscribe their reader; None where there is nothing to stop."""
    token = links.get(TokenPurpose.UNSUBSCRIBE)
    return f"{context.public_url}/{TokenPurpose.UNSUBSCRIBE}/{token}" if token else None
