"""The providers an installation has chosen."""

from campaign.domain.tokens import derived_key
from campaign.mail.email import Provider
from campaign.mail.providers.local import LocalProvider
from campaign.mail.providers.sendgrid import SendGridProvider
from campaign.mail.providers.sendgrid_activity import SendGridActivity
from campaign.mail.providers.smtp import SmtpProvider
from campaign.mail.verp import ReturnAddress
from campaign.settings import Settings


def build_provider(name: str, settings: Settings) -> Provider:
    """The provider of a name, as the settings have it; nothing is connected yet."""
    match name:
        case "sendgrid":
            return SendGridProvider(
                host=settings.sendgrid_host,
                api_key=settings.sendgrid_api_key,
                sender=settings.mail_from,
                supporter_sender=settings.supporter_mail_from,
                together=settings.sendgrid_together,
            )
        case "smtp":
            return SmtpProvider(
                settings.smtp_url,
                sender=settings.mail_from,
                supporter_sender=settings.supporter_mail_from,
                return_address=return_address(settings),
            )
        case _:
            return LocalProvider(
                settings.outbox_folder,
                sender=settings.mail_from,
                supporter_sender=settings.supporter_mail_from,
            )


def return_address(settings: Settings) -> ReturnAddress | None:
    """Where undeliverable mail comes back to; None when it goes to the sender."""
    if not settings.bounce_address:
        return None
    secrets = (settings.secret_key, *settings.secret_key_fallbacks)
    return ReturnAddress(
        settings.bounce_address, keys=[derived_key(secret, "return-address") for secret in secrets]
    )


def build_activity(settings: Settings) -> SendGridActivity | None:
    """SendGrid's log, where the settings say that it may be read."""
    if not settings.reads_sendgrid_activity:
        return None
    return SendGridActivity(host=settings.sendgrid_host, api_key=settings.sendgrid_api_key)
