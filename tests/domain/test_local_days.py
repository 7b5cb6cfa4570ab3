"""Days and times that organizers type are those of the desk's own clocks."""

from datetime import UTC, date, datetime

from campaign.domain.checks_on_desk import message_on_desk
from campaign.domain.installation_checks import (
    CheckName,
    Finding,
    HealthStatus,
    InstallationCheck,
    backup_finding,
    worker_finding,
)
from campaign.domain.moderation import read_moment, read_rule
from campaign.domain.updates import Audience

BRUSSELS = "Europe/Brussels"


def test_a_day_begins_and_ends_by_the_clocks_of_the_zone() -> None:
    chosen = Audience(signed_from=date(2026, 3, 29), signed_until=date(2026, 3, 29), time_zone=BRUSSELS)
    # On this day the clocks go forward: it has 23 hours.
    assert chosen.begins == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert chosen.ends == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert Audience.from_json(chosen.as_json()) == chosen
    assert Audience(time_zone=BRUSSELS).is_everybody
    rule = read_rule(since="2026-03-04T18:30", time_zone=BRUSSELS)
    assert rule.since == datetime(2026, 3, 4, 17, 30, tzinfo=UTC)
    assert read_moment("2026-03-04T18:30+00:00", time_zone=BRUSSELS) == datetime(
        2026, 3, 4, 18, 30, tzinfo=UTC
    )


def test_the_desk_is_told_whom_to_ask_and_no_command() -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    for name, finding in (
        (CheckName.WORKER, worker_finding(0, is_missed=True)),
        (CheckName.WORKER, worker_finding(0, is_missed=False)),
        (CheckName.BACKUP, backup_finding(None, is_encrypted=False, is_public_site=True, now=now)),
        (CheckName.SETTINGS, Finding(HealthStatus.FAIL, "CAMPAIGN_PUBLIC_URL: %(problem)s")),
    ):
        told = message_on_desk(InstallationCheck(name, finding))
        assert "Ask the people who look after the server" in told
        assert "“campaign" not in told
        assert "CAMPAIGN_" not in told
