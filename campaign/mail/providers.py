"""The providers an installation has chosen."""

from campaign.mail.email import Provider
from campaign.mail.local import LocalProvider
from campaign.mail.sendgrid import SendGridProvider
from campaign.mail.sendgrid_activity import SendGridActivity
from campaign.mail.smtp import SmtpProvider
from campaign.settings import Settings


def build_provider(name: str, settings: Settings) -> Provider:
    """The provider of a name, as the settings have it; nothing is connected yet."""
    match name:
        case "sendgrid":
            return SendGridProvider(
                host=settings.sendgrid_host,
                api_key=settings.sendgrid_api_key,
                sender=settings.mail_from,
                together=settings.sendgrid_together,
            )
        case "smtp":
            return SmtpProvider(settings.smtp_url, sender=settings.mail_from)
        case _:
            return LocalProvider(settings.outbox_folder, sender=settings.mail_from)


def build_activity(settings: Settings) -> SendGridActivity | None:
    """SendGrid's log, where the settings say that it may be read."""
    if not settings.reads_sendgrid_activity:
        return None
    return SendGridActivity(host=settings.sendgrid_host, api_key=settings.sendgrid_api_key)
