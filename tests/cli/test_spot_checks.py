"""Spot checks and witnesses on the command line; each change is in the audit log, with where it came from."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import update

from campaign.domain.actor import COMMAND_LINE
from campaign.runtime import Runtime, build_runtime
from campaign.services.audit import audit_log
from campaign.services.spot_checks import announcing
from campaign.services.transparency import appending
from campaign.settings import load_settings
from campaign.store.tables import SpotCheck
from tests import make
from tests.domain.test_witnesses import KEY, SIGNATURE
from tests.updating import agree

Command = Callable[..., Result]


@pytest.fixture
def runtime(migrated: Path, instance: Path) -> Iterator[Runtime]:
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance)}))
    page = make.campaign(runtime, now=datetime.now(UTC))
    agree(runtime, page, 60, now=datetime.now(UTC))
    with runtime.database.transaction() as session:
        appending.append(session, page.head.id, now=datetime.now(UTC))
    yield runtime
    runtime.close()


def actions(runtime: Runtime) -> list[str]:
    with runtime.database.reading() as session:
        entries = reversed(audit_log.entries(session))
        return [entry.action for entry in entries if entry.details.get("by") == "command line"]


@pytest.mark.slow
def test_a_spot_check_by_command(runtime: Runtime, campaign: Command) -> None:
    assert campaign("spot-check", "show", make.SLUG).output == "There are none.\n"
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT12:00}"
    arguments = ("spot-check", "announce", make.SLUG, "--number", "20", "--known-at")
    soon = f"{datetime.now(UTC) + timedelta(minutes=40):%Y-%m-%dT%H:%M}"
    assert "at least an hour from now" in campaign(*arguments, soon, "--alone").stderr
    assert "waits for a second person" in campaign(*arguments, tomorrow).output
    assert campaign("spot-check", "show", make.SLUG).output == "There are none.\n"
    waits = campaign(*arguments, tomorrow, "--alone")
    assert (waits.exit_code, "Another spot check is waiting" in waits.stderr) == (1, True)
    with runtime.database.transaction() as session:
        announcing.take_back(session, make.SLUG, 1, actor=COMMAND_LINE, now=datetime.now(UTC))
    announced = campaign(*arguments, tomorrow, "--alone")
    assert "https://api.drand.sh/" in announced.output
    early = campaign("spot-check", "draw", make.SLUG, "1", "ab" * 32)
    assert (early.exit_code, "not known yet" in early.stderr) == (1, True)
    with runtime.database.transaction() as session:
        session.execute(update(SpotCheck).values(known_at=datetime.now(UTC)))
    assert "Answers until" in campaign("spot-check", "draw", make.SLUG, "1", "ab" * 32).output
    assert campaign("spot-check", "give-up", make.SLUG, "1", "--reason", "a wrong value").exit_code == 0
    assert "Given up: a wrong value" in campaign("spot-check", "show", make.SLUG).output
    assert actions(runtime)[-3:] == ["spot_check.announce-alone", "spot_check.draw", "spot_check.abandon"]


def test_a_witness_by_command(runtime: Runtime, campaign: Command, tmp_path: Path) -> None:
    key, signature = tmp_path / "key.pub", tmp_path / "checkpoint.sig"
    key.write_text(KEY)
    signature.write_text(SIGNATURE)
    assert "SHA256:" in campaign("witness", "add", make.SLUG, "River Watch", str(key)).output
    assert "has signed nothing yet" in campaign("witness", "list", make.SLUG).output
    refused = campaign("witness", "store", make.SLUG, "60", str(signature))
    assert (refused.exit_code, "not for this log" in refused.stderr) == (1, True)
    assert campaign("witness", "remove", make.SLUG, "River Watch").exit_code == 0
    assert actions(runtime)[-2:] == ["witness.add", "witness.remove"]
