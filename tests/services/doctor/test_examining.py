"""Whether an installation is well, as its operator and its owners are told."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.installation_checks import CheckName, HealthStatus, InstallationCheck, has_failed
from campaign.domain.outbox import PauseCause
from campaign.mail.dns_lookup import DnsTexts
from campaign.runtime import Runtime
from campaign.services.backups import backing_up
from campaign.services.doctor import report
from campaign.services.doctor.examining import Examined, examine, settings_refused
from campaign.services.outbox import heartbeat, provider_pauses
from campaign.worker import loop
from tests import make, stub_dns
from tests.conftest import Clock

pytestmark = pytest.mark.slow_on_postgresql

OK, WARN, FAIL = HealthStatus.OK, HealthStatus.WARN, HealthStatus.FAIL
SENDER = "Letters <hello@letters.example.org>"
GOOD = {
    "letters.example.org": ["v=spf1 include:sendgrid.net -all"],
    "s1._domainkey.letters.example.org": ["v=DKIM1; p=MIGf"],
    "_dmarc.example.org": ["v=DMARC1; p=reject"],
}


def nobody(name: str) -> Sequence[str] | None:
    """A machine that reaches no name server."""
    del name
    return None


def look(
    runtime: Runtime, clock: Clock, lookup: Callable[[str], Sequence[str] | None] = nobody, **mail: object
) -> dict[CheckName, InstallationCheck]:
    settings = replace(runtime.settings, mail=replace(runtime.settings.mail, **mail))  # type: ignore[arg-type]
    here = Examined(settings, runtime.database, lookup)
    return {check.name: check for check in examine(here, now=clock(), machine_now=clock())}


def test_every_check_is_told_once_in_its_order_under_the_name_programs_know(
    runtime: Runtime, clock: Clock
) -> None:
    names = ["settings", "database", "migrations", "encryption", "worker", "disk", "backup", "provider"]
    names += ["spf", "dkim", "dmarc", "clock"]
    assert list(look(runtime, clock)) == names
    assert [check.name for check in settings_refused("No.")] == names


def test_an_installation_on_one_s_own_machine_fails_at_nothing(runtime: Runtime, clock: Clock) -> None:
    found = look(runtime, clock)
    assert not has_failed(list(found.values()))
    assert found[CheckName.SPF].status is OK
    assert found[CheckName.WORKER].status is WARN


def test_the_records_of_the_sender_s_domain_are_asked_for(runtime: Runtime, clock: Clock) -> None:
    sendgrid = {"provider": "sendgrid", "from_address": SENDER, "sendgrid_webhook_key": "key"}
    with stub_dns.answering(GOOD) as port:
        good = look(runtime, clock, DnsTexts(["127.0.0.1"], port=port), **sendgrid)
    with stub_dns.answering({}) as port:
        none = look(runtime, clock, DnsTexts(["127.0.0.1"], port=port), **sendgrid)
    for name in (CheckName.SPF, CheckName.DKIM, CheckName.DMARC):
        assert (good[name].status, none[name].status) == (OK, FAIL), name
    assert "letters.example.org" in none[CheckName.SPF].sentence


def test_the_gravest_of_two_senders_is_told(runtime: Runtime, clock: Clock) -> None:
    two = {"provider": "smtp", "from_address": SENDER, "supporter_from_address": "News <n@news.example.net>"}
    with stub_dns.answering(GOOD) as port:
        found = look(runtime, clock, DnsTexts(["127.0.0.1"], port=port), **two)
    assert found[CheckName.SPF].status is FAIL
    assert "news.example.net" in found[CheckName.SPF].sentence


def test_without_a_network_it_warns_and_does_not_hang(runtime: Runtime, clock: Clock) -> None:
    found = look(runtime, clock, provider="smtp", from_address=SENDER)
    assert {found[name].status for name in (CheckName.SPF, CheckName.DKIM, CheckName.DMARC)} == {WARN}


def test_a_named_selector_alone_is_asked_for(runtime: Runtime, clock: Clock) -> None:
    asked = []

    def note(name: str) -> Sequence[str]:
        asked.append(name)
        return ()

    found = look(runtime, clock, note, provider="smtp", from_address=SENDER, dkim_selector="k9")
    assert [name for name in asked if "_domainkey" in name] == ["k9._domainkey.letters.example.org"]
    assert found[CheckName.DKIM].status is FAIL


def test_the_last_backup_is_known_by_its_entry_in_the_audit_log(
    runtime: Runtime, make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    assert look(runtime, clock)[CheckName.BACKUP].status is WARN
    backing_up.back_up(
        runtime.database, io.BytesIO(), settings=runtime.settings, actor=COMMAND_LINE, now=clock()
    )
    assert look(runtime, clock)[CheckName.BACKUP].status is OK
    public = make_runtime(public_url="https://letters.example.org")
    told = look(public, clock)[CheckName.BACKUP]
    assert (told.status, "not encrypted" in told.sentence) == (WARN, True)
    clock.forward(days=7)
    assert look(runtime, clock)[CheckName.BACKUP].status is WARN


def test_a_worker_is_known_by_its_heartbeat_and_missed_when_email_is_due(
    runtime: Runtime, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        heartbeat.record(session, "w1", now=clock())
    assert look(runtime, clock)[CheckName.WORKER].status is OK
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock())
    clock.forward(minutes=10)
    assert look(runtime, clock)[CheckName.WORKER].status is FAIL


def test_a_refused_key_fails(runtime: Runtime, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        provider_pauses.pause(
            session,
            "local",
            cause=PauseCause.UNAUTHORIZED,
            reason="401",
            now=clock(),
            until=clock() + timedelta(hours=1),
        )
    assert look(runtime, clock)[CheckName.PROVIDER].status is FAIL


@pytest.mark.parametrize(("apart", "status"), [(0, OK), (20, WARN), (600, FAIL)])
def test_clocks_that_differ_are_told(
    runtime: Runtime, clock: Clock, apart: int, status: HealthStatus
) -> None:
    here = Examined(runtime.settings, runtime.database, nobody)
    checks = examine(here, now=clock(), machine_now=clock() + timedelta(seconds=apart))
    assert checks[-1].status is status


def test_a_worker_looks_once_a_day_and_the_desk_can_read_it(runtime: Runtime, clock: Clock) -> None:
    loop.drain(runtime, clock=clock)
    with runtime.database.reading() as session:
        first = report.kept(session)
    assert [check.name for check in first.checks] == list(CheckName)
    clock.forward(hours=1)
    loop.drain(runtime, clock=clock)
    with runtime.database.reading() as session:
        assert report.kept(session).at == first.at
    clock.forward(hours=24)
    loop.drain(runtime, clock=clock)
    with runtime.database.reading() as session:
        assert report.kept(session).at == clock()
