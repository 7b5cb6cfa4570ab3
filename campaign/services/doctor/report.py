"""What the last look at the installation found, kept for the desk; the worker looks once a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from campaign.domain.installation_checks import InstallationCheck
from campaign.domain.sender_records import DnsRecord
from campaign.services.doctor.examining import Examined, examine, records_to_copy
from campaign.services.installation import jobs
from campaign.services.setup import row

JOB = "doctor"
EVERY = timedelta(days=1)
# Longer than any look takes; one that died is then another worker's.
CLAIM_TIME = timedelta(minutes=5)


@dataclass(frozen=True)
class KeptReport:
    """The checks and when they were made; without a time, never yet."""

    checks: Sequence[InstallationCheck] = ()
    records: Sequence[DnsRecord] = ()
    at: datetime | None = None


def make(here: Examined, *, now: datetime, machine_now: datetime) -> KeptReport:
    """Look at everything; takes seconds where nobody answers, so no transaction may be open."""
    here = replace(here, lookup=cache(here.lookup))  # no question is put twice
    return KeptReport(examine(here, now=now, machine_now=machine_now), records_to_copy(here), now)


def keep(session: Session, found: KeptReport) -> None:
    """Store what was found, in place of what was found before."""
    checks = [check.as_stored() for check in found.checks]
    row.write(session, checks=checks, records=[vars(record) for record in found.records], checked_at=found.at)


def kept(session: Session) -> KeptReport:
    """What was found last."""
    found = row.read(session)
    if found is None or found.checked_at is None:
        return KeptReport()
    checks = [InstallationCheck.stored(entry) for entry in found.checks]
    return KeptReport(checks, [DnsRecord(**record) for record in found.records], found.checked_at)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether a worker is to look again; a time only a wrong clock can have written counts for nothing."""
    found = row.read(session)
    if found is not None and found.checked_at is not None and now - EVERY < found.checked_at <= now:
        return False
    return jobs.is_due(session, JOB, now=now)


def claim(session: Session, *, now: datetime) -> bool:
    """Whether the caller is the worker that looks now."""
    return jobs.claim(session, JOB, every=CLAIM_TIME, now=now)
