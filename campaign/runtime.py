"""The composition root: settings, database, provider and renderer, built once for a process."""

from dataclasses import dataclass, field

from campaign.assets import folder
from campaign.domain.reply_addresses import ReplyAddresses
from campaign.domain.tokens import derived_key
from campaign.mail.email import Provider
from campaign.mail.inbound.bounces import ReturnedMail
from campaign.mail.inbound.webhook import WebhookKey
from campaign.mail.providers.factory import build_activity, build_provider, return_address
from campaign.mail.providers.sendgrid_activity import SendGridActivity
from campaign.mail.render import Renderer
from campaign.services.compose.mail_context import MailContext
from campaign.services.signatures.group_commit import SigningQueue
from campaign.settings import Settings
from campaign.store.database import Database


@dataclass(frozen=True)
class Runtime:
    """Everything a request, a command or a worker needs; `address_key` tells supporters apart."""

    settings: Settings
    database: Database
    provider: Provider
    second_provider: Provider | None
    renderer: Renderer
    address_key: bytes = field(repr=False)
    webhook_key: WebhookKey | None
    inbound_key: WebhookKey | None
    reply_addresses: ReplyAddresses
    signing_queue: SigningQueue
    returned_mail: ReturnedMail | None = None
    activity: SendGridActivity | None = None

    @property
    def provider_names(self) -> tuple[str, ...]:
        """The providers mail may go through, the first before the one that stands in for it."""
        second = (self.second_provider.name,) if self.second_provider else ()
        return (self.provider.name, *second)

    @property
    def mail_context(self) -> MailContext:
        """What writes the mails about signatures."""
        return MailContext(self.address_key, self.renderer, self.settings.public_url, self.reply_addresses)

    def close(self) -> None:
        """Give back connections and sockets."""
        self.provider.close()
        if self.second_provider:
            self.second_provider.close()
        if self.activity:
            self.activity.close()
        self.database.close()


def build_runtime(
    settings: Settings, *, provider: Provider | None = None, second_provider: Provider | None = None
) -> Runtime:
    """Build everything from the settings; a test hands in providers of its own."""
    database = Database(settings.database_url)
    if second_provider is None and settings.second_mail_provider:
        second_provider = build_provider(settings.second_mail_provider, settings)
    return Runtime(
        settings=settings,
        database=database,
        provider=provider or build_provider(settings.mail_provider, settings),
        second_provider=second_provider,
        renderer=Renderer(folder("templates")),
        address_key=derived_key(settings.first_secret_key, "address"),
        webhook_key=WebhookKey(settings.sendgrid_webhook_key) if settings.sendgrid_webhook_key else None,
        inbound_key=(
            WebhookKey(settings.sendgrid_inbound_key, setting="CAMPAIGN_SENDGRID_INBOUND_KEY")
            if settings.sendgrid_inbound_key
            else None
        ),
        reply_addresses=reply_addresses(settings),
        signing_queue=SigningQueue(database),
        returned_mail=(
            ReturnedMail(settings.bounce_mailbox, return_address(settings))
            if settings.bounce_mailbox
            else None
        ),
        activity=build_activity(settings),
    )


def reply_addresses(settings: Settings) -> ReplyAddresses:
    """The reply addresses of an installation; those signed before its secret was changed stay good."""
    secrets = (settings.secret_key, *settings.secret_key_fallbacks)
    return ReplyAddresses(settings.reply_domain, tuple(derived_key(secret, "reply") for secret in secrets))
