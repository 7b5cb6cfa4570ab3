"""Officials who get many messages in one email, and the email as a worker writes it."""

from datetime import datetime

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.services.digests import composer, settings
from campaign.services.digests.settings import DigestDetails


def choose(
    runtime: Runtime,
    page: CampaignPage,
    now: datetime,
    mode: str = "daily",
    threshold: str = "",
    *,
    place: int = 0,
) -> int:
    """Have one of a letter's officials written to so; their id."""
    official_id = page.officials[place].id
    with runtime.database.transaction() as session:
        details = DigestDetails(mode, threshold)
        settings.change(session, page.head.id, official_id, details, actor=COMMAND_LINE, now=now)
    return official_id


def one_part(runtime: Runtime, official_id: int, now: datetime) -> bool:
    """Write what is due to an official in one email; whether another one follows."""
    with runtime.database.transaction() as session:
        return composer.compose(
            session,
            official_id,
            context=runtime.mail_context,
            manifest_keys=runtime.manifest_keys,
            now=now,
        )
