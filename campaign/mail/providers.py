"""The provider an installation has chosen."""

from campaign.mail.email import Provider
from campaign.mail.local import LocalProvider
from campaign.mail.sendgrid import SendGridProvider
from campaign.mail.smtp import SmtpProvider
from campaign.settings import Settings


def build_provider(settings: Settings) -> Provider:
    """The provider named in the settings; nothing is connected yet."""
    match settings.mail_provider:
        case "sendgrid":
            return SendGridProvider(
                host=settings.sendgrid_host, api_key=settings.sendgrid_api_key, sender=settings.mail_from
            )
        case "smtp":
            return SmtpProvider(settings.smtp_url, sender=settings.mail_from)
        case _:
            return LocalProvider(settings.outbox_folder, sender=settings.mail_from)
