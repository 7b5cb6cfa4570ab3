"""Whether an installation is well: what is checked, how it stands, and what to do about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from campaign.i18n import to_translate


class HealthStatus(StrEnum):
    """How one check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class CheckName(StrEnum):
    """What is checked, in the order in which it is told; programs know the checks by these names."""

    SETTINGS = "settings"
    DATABASE = "database"
    MIGRATIONS = "migrations"
    ENCRYPTION = "encryption"
    WORKER = "worker"
    DISK = "disk"
    BACKUP = "backup"
    PROVIDER = "provider"
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    CLOCK = "clock"


@dataclass(frozen=True)
class Finding:
    """How something stands, in one sentence that says what to do; `values` fill the places of `message`."""

    status: HealthStatus
    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class InstallationCheck:
    """One check and what it found."""

    name: CheckName
    finding: Finding

    @property
    def status(self) -> HealthStatus:
        """How it came out."""
        return self.finding.status

    @property
    def sentence(self) -> str:
        """What it found, in English."""
        values = self.finding.values
        return self.finding.message % values if values else self.finding.message

    def as_stored(self) -> dict[str, Any]:
        """The same for a column of JSON."""
        return {
            "name": self.name.value,
            "status": self.status.value,
            "message": self.finding.message,
            "values": dict(self.finding.values),
        }

    @classmethod
    def stored(cls, entry: Mapping[str, Any]) -> "InstallationCheck":
        """The same from such a column."""
        finding = Finding(HealthStatus(entry["status"]), entry["message"], entry["values"])
        return cls(CheckName(entry["name"]), finding)


def ok(message: str, **values: object) -> Finding:
    """Nothing to do."""
    return Finding(HealthStatus.OK, message, values)


def warn(message: str, **values: object) -> Finding:
    """Something to look at."""
    return Finding(HealthStatus.WARN, message, values)


def fail(message: str, **values: object) -> Finding:
    """Something that has to be mended."""
    return Finding(HealthStatus.FAIL, message, values)


def worst(findings: Iterable[Finding]) -> Finding:
    """The gravest of several, the first one among like ones."""
    return max(findings, key=lambda finding: list(HealthStatus).index(finding.status))


def has_failed(checks: Sequence[InstallationCheck]) -> bool:
    """Whether any of them says that something has to be mended."""
    return any(check.status is HealthStatus.FAIL for check in checks)


PROVIDER_AWAY = to_translate("%(provider)s takes no email at the moment. It is tried again automatically.")
SENT_THROUGH = to_translate("Email is sent through %(provider)s.")
NO_PROVIDER = to_translate("Email stays on this machine, so nobody who signs can confirm. Set up a provider.")
NO_REPORTS = to_translate(
    "SendGrid cannot tell us what becomes of our email. Set up its signed event webhook."
)
NOT_CHECKED = warn(to_translate("Not checked, because of what is wrong above."))

LITTLE_ROOM = 1_000_000_000
NO_ROOM = 200_000_000


def disk_finding(free_bytes: int) -> Finding:
    """Whether there is room for what comes in."""
    free = f"{free_bytes / 1e9:.1f}"
    if free_bytes < NO_ROOM:
        return fail(to_translate("The disk is full: %(free)s GB are free. Make room now."), free=free)
    if free_bytes < LITTLE_ROOM:
        return warn(to_translate("The disk is nearly full: %(free)s GB are free. Make room soon."), free=free)
    return ok(to_translate("There is room on the disk: %(free)s GB are free."), free=free)


BACKUP_IS_OLD = timedelta(days=7)
BACKUP_IS_TOO_OLD = timedelta(days=30)
BACKUP_IS_PLAIN = to_translate(
    "The last backup, from %(day)s, is not encrypted: anyone who gets it reads every name."
)


def backup_finding(
    last: datetime | None, *, is_encrypted: bool, is_public_site: bool, now: datetime
) -> Finding:
    """Whether what people entrusted could be put back, and only by those who should."""
    if last is None:
        return warn(
            to_translate("No backup has been taken yet. Take one with “campaign db backup”, each night.")
        )
    day = last.date().isoformat()
    age = now - last
    if age >= BACKUP_IS_TOO_OLD and is_public_site:
        return fail(to_translate("The last backup is from %(day)s. Take one now, and each night."), day=day)
    if age >= BACKUP_IS_OLD:
        return warn(to_translate("The last backup is from %(day)s. Take one each night."), day=day)
    if is_public_site and not is_encrypted:
        return warn(BACKUP_IS_PLAIN, day=day)
    return ok(to_translate("The last backup is from %(day)s."), day=day)


CLOCK_IS_OFF = timedelta(seconds=5)
CLOCK_IS_WRONG = timedelta(minutes=1)


def clock_finding(own: datetime, of_database: datetime) -> Finding:
    """Whether this machine and the database agree on the time."""
    apart = abs(own - of_database)
    seconds = round(apart.total_seconds())
    if apart >= CLOCK_IS_WRONG:
        return fail(
            to_translate(
                "The clock of this machine and that of the database are %(seconds)d seconds apart. Let both"
                " follow a time server."
            ),
            seconds=seconds,
        )
    if apart >= CLOCK_IS_OFF:
        return warn(
            to_translate(
                "The clock of this machine and that of the database are %(seconds)d seconds apart. Check that"
                " both follow a time server."
            ),
            seconds=seconds,
        )
    return ok(to_translate("The clock agrees with that of the database."))


def encryption_finding(*, is_under_way: bool) -> Finding:
    """Whether all that people gave is encrypted under the newest key."""
    if is_under_way:
        return warn(
            to_translate(
                "People’s data is being encrypted under the newest key. A worker does it; “campaign db"
                " reencrypt” does it faster. Until then, keep every earlier key."
            )
        )
    return ok(to_translate("People’s data in the database is encrypted under the newest key."))


def worker_finding(alive: int, *, is_missed: bool) -> Finding:
    """Whether somebody sends; `is_missed` when email is due and nobody does."""
    if alive:
        return ok(to_translate("A worker is running."))
    if is_missed:
        return fail(to_translate("Email is due and no worker is running. Start one with “campaign worker”."))
    return warn(to_translate("No worker is running, so nothing is sent. Start one with “campaign worker”."))
