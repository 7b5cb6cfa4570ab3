"""`campaign doctor`: one line a check, JSON for programs, and exit status 1 when one fails."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result

Campaign = Callable[..., Result]
NAMES = [
    "settings",
    "database",
    "migrations",
    "encryption",
    "worker",
    "disk",
    "backup",
    "provider",
    "spf",
    "dkim",
    "dmarc",
    "clock",
]


def test_a_fresh_installation_is_told_what_it_lacks_and_fails_at_nothing(campaign: Campaign) -> None:
    assert campaign("db", "upgrade").exit_code == 0
    told = campaign("doctor")
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert [line.split()[1] for line in lines] == NAMES
    assert {line.split()[0] for line in lines} == {"ok", "warn"}


@pytest.mark.slow
def test_programs_get_json_with_the_same_names(campaign: Campaign) -> None:
    campaign("db", "upgrade")
    found = json.loads(campaign("doctor", "--json").stdout)
    assert list(found) == ["checks"]
    assert [check["name"] for check in found["checks"]] == NAMES
    assert all(set(check) == {"name", "status", "message"} for check in found["checks"])


def test_a_database_without_tables_fails_with_what_to_do(campaign: Campaign) -> None:
    told = campaign("doctor", "--json")
    assert told.exit_code == 1
    checks = {check["name"]: check for check in json.loads(told.stdout)["checks"]}
    assert checks["migrations"]["status"] == "fail"
    assert "campaign db upgrade" in checks["migrations"]["message"]


def test_settings_that_cannot_be_used_fail_and_are_named(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_OFFICIAL_RATE", "many")
    told = campaign("doctor")
    assert told.exit_code == 1
    assert told.stdout.splitlines()[0].startswith("fail  settings")
    assert "CAMPAIGN_OFFICIAL_RATE" in told.stdout
