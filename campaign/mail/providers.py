"""The provider an installation has chosen."""

from campaign.mail.email import Provider
from campaign.mail.local import LocalProvider
from campaign.settings import Settings


def build_provider(settings: Settings) -> Provider:
    """The provider named in the settings."""
    return LocalProvider(settings.outbox_folder, sender=settings.mail_from)
