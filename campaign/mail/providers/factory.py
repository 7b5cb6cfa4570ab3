"""The providers an installation has chosen."""

from campaign.domain.tokens import derived_key
from campaign.mail.email import Provider
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.local import LocalProvider
from campaign.mail.providers.sendgrid import SendGridProvider
from campaign.mail.providers.sendgrid_activity import SendGridActivity
from campaign.mail.providers.smtp import SmtpProvider
from campaign.mail.verp import ReturnAddress
from campaign.settings import Settings
from campaign.settings.mail import MailSettings


def build_provider(name: str, settings: Settings) -> Provider:
    """The provider of a name, as the settings have it; nothing is connected yet."""
    mail = settings.mail
    match name:
        case "sendgrid":
            return SendGridProvider(
                host=mail.sendgrid_host,
                api_key=mail.sendgrid_api_key,
                from_addresses=from_addresses(mail),
                batch_size=mail.sendgrid_batch_size,
            )
        case "smtp":
            return SmtpProvider(
                mail.smtp_url,
                from_addresses=from_addresses(mail),
                return_address=return_address(settings),
            )
        case _:
            return LocalProvider(
                settings.outbox_folder,
                from_addresses=from_addresses(mail),
            )


def from_addresses(mail: MailSettings) -> FromAddresses:
    """The addresses that mail comes from."""
    return FromAddresses(mail.from_address, mail.supporter_from_address)


def return_address(settings: Settings) -> ReturnAddress | None:
    """Where undeliverable mail comes back to; None when it goes to the sender."""
    if not settings.mail.bounce_address:
        return None
    secrets = (settings.secret_key, *settings.secret_key_fallbacks)
    return ReturnAddress(
        settings.mail.bounce_address, keys=[derived_key(secret, "return-address") for secret in secrets]
    )


def build_activity_log(mail: MailSettings) -> SendGridActivity | None:
    """SendGrid's log, where the settings say that it may be read."""
    if not mail.reads_sendgrid_activity:
        return None
    return SendGridActivity(host=mail.sendgrid_host, api_key=mail.sendgrid_api_key)
