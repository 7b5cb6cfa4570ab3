"""The composition root: settings, database, provider and renderer, built once for a process."""

from dataclasses import dataclass, field

from campaign.assets import folder
from campaign.domain.audit_chain import chain_keys
from campaign.domain.data_keys import data_keys
from campaign.domain.manifest_keys import ManifestKeys, manifest_keys
from campaign.domain.publisher import Publisher
from campaign.domain.reply_addresses import ReplyAddresses
from campaign.domain.tokens import derived_key, key_fingerprint
from campaign.mail.email import ActivityLog, Provider
from campaign.mail.inbound.bounces import ReturnedMail
from campaign.mail.inbound.webhook import WebhookKey
from campaign.mail.providers.factory import build_activity_log, build_provider, return_address
from campaign.mail.render import Renderer
from campaign.services.accounts.mails import OrganizerMail
from campaign.services.compose.mail_context import MailContext
from campaign.services.monitoring.readiness import ReadinessCheck
from campaign.services.outbox.rate_limits import limits_of
from campaign.services.signatures.form_queue import FormQueue
from campaign.services.signatures.network_salts import NetworkValues
from campaign.settings import Settings
from campaign.store import schema
from campaign.store.clock import DatabaseClock
from campaign.store.database import Database
from campaign.store.write_guard import WriteGuard


@dataclass(frozen=True)
class Runtime:
    """Everything a request, a command or a worker needs; `address_key` tells supporters apart."""

    settings: Settings
    database: Database
    clock: DatabaseClock
    provider: Provider
    second_provider: Provider | None
    renderer: Renderer
    address_key: bytes = field(repr=False)
    manifest_keys: ManifestKeys = field(repr=False)
    webhook_key: WebhookKey | None
    inbound_key: WebhookKey | None
    reply_addresses: ReplyAddresses
    form_queue: FormQueue
    network_values: NetworkValues
    readiness: ReadinessCheck
    returned_mail: ReturnedMail | None = None
    activity: ActivityLog | None = None

    @property
    def provider_names(self) -> tuple[str, ...]:
        """The providers mail may go through, the first before the one that stands in for it."""
        second = (self.second_provider.name,) if self.second_provider else ()
        return (self.provider.name, *second)

    @property
    def mail_context(self) -> MailContext:
        """What writes the mails about signatures."""
        return MailContext(
            self.address_key,
            self.renderer,
            self.settings.web.public_url,
            self.reply_addresses,
            self.default_publisher,
            self.settings.mail.quiet_sender,
        )

    @property
    def organizer_mail(self) -> OrganizerMail:
        """What writes the mails to organizers about their logins."""
        return OrganizerMail(self.renderer, self.settings.web.public_url, self.default_publisher)

    @property
    def default_publisher(self) -> Publisher:
        """Who publishes here by the settings, until an owner has written it on the desk."""
        said = self.settings.publisher
        return Publisher(said.organization, said.legal_address, said.contact, said.time_zone or None)

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
    secrets = (settings.secret_key, settings.secret_key_fallbacks)
    keys = data_keys(*secrets)
    guard = WriteGuard(
        revision=schema.head_revision(),
        key_fingerprint=key_fingerprint(settings.first_secret_key),
        data_key=keys.newest.id,
    )
    database = Database(
        settings.database_url,
        guard=guard,
        chain_keys=chain_keys(*secrets),
        data_keys=keys,
    )
    mail = settings.mail
    if mail.second_provider:
        second_provider = second_provider or build_provider(mail.second_provider, settings)
    provider = provider or build_provider(mail.provider, settings)
    names = (provider.name, *((second_provider.name,) if second_provider else ()))
    return Runtime(
        settings=settings,
        database=database,
        clock=DatabaseClock(database),
        provider=provider,
        second_provider=second_provider,
        renderer=Renderer(folder("templates")),
        address_key=derived_key(settings.first_secret_key, "address"),
        manifest_keys=manifest_keys(*secrets),
        webhook_key=_webhook_key(mail.sendgrid_webhook_key, "CAMPAIGN_SENDGRID_WEBHOOK_KEY"),
        inbound_key=_webhook_key(mail.sendgrid_inbound_key, "CAMPAIGN_SENDGRID_INBOUND_KEY"),
        reply_addresses=reply_addresses(settings),
        form_queue=FormQueue(database),
        network_values=NetworkValues(database),
        readiness=ReadinessCheck(database, limits=limits_of(settings), providers=names),
        returned_mail=_returned_mail(settings),
        activity=build_activity_log(settings.mail),
    )


def reply_addresses(settings: Settings) -> ReplyAddresses:
    """The reply addresses of an installation; those signed before its secret was changed stay good."""
    secrets = (settings.secret_key, *settings.secret_key_fallbacks)
    keys = tuple(derived_key(secret, "reply") for secret in secrets)
    return ReplyAddresses(settings.mail.reply_domain, keys)


def _returned_mail(settings: Settings) -> ReturnedMail | None:
    mailbox = settings.mail.bounce_mailbox
    return ReturnedMail(mailbox, return_address(settings)) if mailbox else None


def _webhook_key(public_key: str, setting: str) -> WebhookKey | None:
    return WebhookKey(public_key, setting=setting) if public_key else None
