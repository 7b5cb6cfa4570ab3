"""One look at everything: each check with its finding, in bounded time, no transaction open meanwhile."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from sqlalchemy import select

from campaign.domain import installation_checks as rules
from campaign.domain import sender_records
from campaign.domain.alerts import AlertKind
from campaign.domain.installation_checks import (
    CheckName,
    Finding,
    HealthStatus,
    InstallationCheck,
    fail,
    ok,
    warn,
)
from campaign.domain.outbox import PauseCause
from campaign.domain.sender_records import DnsRecord
from campaign.errors import CampaignError
from campaign.i18n import to_translate
from campaign.mail.dns_lookup import TextLookup
from campaign.services.installation import encryption
from campaign.services.monitoring import health
from campaign.services.outbox import heartbeat, provider_pauses
from campaign.services.outbox.rate_limits import limits_of
from campaign.settings import Settings
from campaign.settings.web import LOOPBACK_HOSTS
from campaign.store import schema
from campaign.store.database import Database, Session
from campaign.store.statements import inserting
from campaign.store.tables.core import audit_entry, job

_AT_ONCE = 24


@dataclass(frozen=True)
class Examined:
    """What is looked at: the settings, the database, and who answers questions to the DNS."""

    settings: Settings
    database: Database
    lookup: TextLookup

    @property
    def mail_stays_here(self) -> bool:
        """Whether no email leaves this machine, so that no domain needs any record."""
        return not any(self.settings.mail.uses(provider) for provider in ("smtp", "sendgrid"))

    @property
    def sender_domains(self) -> list[str]:
        """The domains that our email comes from, that of messages to officials first."""
        mail = self.settings.mail
        senders = filter(None, (mail.from_address, mail.supporter_from_address))
        domains = [parseaddr(sender)[1].rpartition("@")[2].lower() for sender in senders]
        return list(dict.fromkeys(domains))


def examine(here: Examined, *, now: datetime, machine_now: datetime) -> tuple[InstallationCheck, ...]:
    """Every check; one that cannot be made because of another says so. Nothing is raised, nothing hangs."""
    findings = {
        CheckName.SETTINGS: ok(to_translate("The settings can be used.")),
        **_of_database(here, now),
        CheckName.DISK: _disk(here.settings),
        **_of_sender(here),
        CheckName.CLOCK: rules.clock_finding(machine_now, now),
    }
    if findings[CheckName.DATABASE].status is HealthStatus.FAIL:
        del findings[CheckName.CLOCK]
    return _in_order(findings)


def settings_refused(problem: str) -> tuple[InstallationCheck, ...]:
    """The checks when the settings cannot be used, or the program cannot start: nothing else can be told."""
    refused = fail(to_translate("The program cannot start: %(problem)s"), problem=problem)
    return _in_order({CheckName.SETTINGS: refused})


def records_to_copy(here: Examined) -> tuple[DnsRecord, ...]:
    """The records that the domains of the senders should have, as far as they can be known."""
    if here.mail_stays_here:
        return ()
    mail = here.settings.mail
    host = urlsplit(mail.smtp_url).hostname or ""
    host = here.settings.web.public_host if host in LOOPBACK_HOSTS else host
    return tuple(
        record
        for domain in here.sender_domains
        for record in sender_records.records_to_copy(
            domain, here.lookup(domain), by_sendgrid=mail.uses("sendgrid"), smtp_host=host
        )
    )


def _in_order(findings: dict[CheckName, Finding]) -> tuple[InstallationCheck, ...]:
    return tuple(InstallationCheck(name, findings.get(name, rules.NOT_CHECKED)) for name in CheckName)


def _of_database(here: Examined, now: datetime) -> dict[CheckName, Finding]:
    database = here.database
    try:
        current, head = schema.current_revision(database.engine), schema.head_revision()
    except CampaignError as error:
        return {CheckName.DATABASE: _told(error)}
    try:
        schema.check(database)
    except CampaignError as error:
        return {
            CheckName.DATABASE: ok(to_translate("The database can be used.")),
            CheckName.MIGRATIONS: _told(error),
        }
    try:
        with database.transaction() as session:
            # Nothing less than a write tells whether writing is possible.
            written = inserting(session, job).values(name="readiness", next_at=now)
            session.execute(written.on_conflict_do_update(index_elements=["name"], set_={"next_at": now}))
            found = _in_session(session, here.settings, now)
    except CampaignError as error:
        return {CheckName.DATABASE: _told(error)}
    return {
        CheckName.DATABASE: ok(to_translate("The database can be read and written.")),
        CheckName.MIGRATIONS: ok(
            to_translate("The database has the schema that this version needs: %(schema)s."),
            schema=current or head,
        ),
        **found,
    }


def _told(error: CampaignError) -> Finding:
    return fail(error.message, **{name: str(value) for name, value in error.values.items()})


def _in_session(session: Session, settings: Settings, now: datetime) -> dict[CheckName, Finding]:
    mail = settings.mail
    providers = tuple(filter(None, (mail.provider, mail.second_provider)))
    report = health.check(session, limits=limits_of(settings), providers=providers, now=now)
    alive = heartbeat.workers_alive(session, now=now)
    last_backup = session.execute(
        select(audit_entry.c.at, audit_entry.c.details)
        .where(audit_entry.c.action == "database.backup")
        .order_by(audit_entry.c.id.desc())
        .limit(1)
    ).first()
    is_public = not settings.web.is_local
    return {
        CheckName.ENCRYPTION: rules.encryption_finding(is_under_way=encryption.is_under_way(session)),
        CheckName.WORKER: rules.worker_finding(alive, is_missed=report.has(AlertKind.NO_WORKER)),
        CheckName.BACKUP: rules.backup_finding(
            last_backup and last_backup.at,
            is_encrypted=bool(last_backup and last_backup.details.get("encrypted")),
            is_public_site=is_public,
            now=now,
        ),
        CheckName.PROVIDER: _provider(session, settings, is_public=is_public),
    }


def _provider(session: Session, settings: Settings, *, is_public: bool) -> Finding:
    mail = settings.mail
    cause = provider_pauses.cause_of_pause(session, mail.provider)
    if cause is PauseCause.UNAUTHORIZED:
        return fail(
            to_translate("%(provider)s refuses our key. Put a new one into the settings."),
            provider=mail.provider,
        )
    if cause is PauseCause.ORGANIZER:
        return warn(to_translate("An organizer has paused all email. Resume it on the desk, under Queue."))
    if cause is not None:
        return warn(rules.PROVIDER_AWAY, provider=mail.provider)
    if mail.provider == "local" and is_public:
        return warn(rules.NO_PROVIDER)
    if mail.provider == "local":
        return ok(to_translate("Email stays on this machine, for you to read in the outbox."))
    if mail.uses("sendgrid") and not mail.sendgrid_webhook_key:
        return warn(rules.NO_REPORTS)
    return ok(rules.SENT_THROUGH, provider=mail.provider)


def _disk(settings: Settings) -> Finding:
    try:
        return rules.disk_finding(shutil.disk_usage(settings.instance).free)
    except OSError:
        return fail(to_translate("The instance folder cannot be read. Check that it is there."))


def _of_sender(here: Examined) -> dict[CheckName, Finding]:
    """SPF, DKIM and DMARC of every sender's domain, the gravest finding of each; all is asked at once."""
    if here.mail_stays_here:
        nothing = ok(to_translate("Email stays on this machine, so no record is needed."))
        return dict.fromkeys((CheckName.SPF, CheckName.DKIM, CheckName.DMARC), nothing)
    mail = here.settings.mail
    by_sendgrid = mail.provider == "sendgrid"
    selectors: tuple[str, ...] = (mail.dkim_selector,)
    if not mail.dkim_selector:
        selectors = sender_records.SENDGRID_SELECTORS if by_sendgrid else sender_records.USUAL_SELECTORS
    domains = here.sender_domains
    names = {name for domain in domains for name in _names(domain, selectors)}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = dict(zip(names, pool.map(here.lookup, names), strict=True))
    return {
        CheckName.SPF: rules.worst(
            sender_records.spf_finding(domain, answers[domain], by_sendgrid=by_sendgrid) for domain in domains
        ),
        CheckName.DKIM: rules.worst(
            sender_records.dkim_finding(
                domain,
                {selector: answers[_key_name(selector, domain)] for selector in selectors},
                is_sure=by_sendgrid or bool(mail.dkim_selector),
            )
            for domain in domains
        ),
        CheckName.DMARC: rules.worst(
            sender_records.dmarc_finding(
                domain, answers[_policy_name(domain)], answers[_policy_above(domain)]
            )
            for domain in domains
        ),
    }


def _names(domain: str, selectors: tuple[str, ...]) -> list[str]:
    keys = [_key_name(selector, domain) for selector in selectors]
    return [domain, _policy_name(domain), _policy_above(domain), *keys]


def _key_name(selector: str, domain: str) -> str:
    return f"{selector}._domainkey.{domain}"


def _policy_name(domain: str) -> str:
    return f"_dmarc.{domain}"


def _policy_above(domain: str) -> str:
    return _policy_name(sender_records.organizational_domain(domain))
