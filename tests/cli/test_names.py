"""Names hidden and shown from the command line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from click.testing import Result

from campaign.runtime import build_runtime
from campaign.services.audit import audit_log
from campaign.settings import load_settings
from tests import make


def test_names_are_hidden_and_shown_and_both_stand_in_the_audit_log(
    migrated: Path, instance: Path, campaign: Callable[..., Result]
) -> None:
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance)}))
    make.campaign(runtime, now=datetime.now(UTC))
    assert "No names are public" in campaign("names", "hide", make.SLUG).output
    assert "already hidden" in campaign("names", "hide", make.SLUG).output
    assert make.page(runtime).initial_signatories == ()
    assert "public again" in campaign("names", "show", make.SLUG).output
    assert "were not hidden" in campaign("names", "show", make.SLUG).output
    assert make.page(runtime).initial_count == len(make.page(runtime).initial_signatories) == 3
    with runtime.database.reading() as session:
        changes = [entry.action for entry in audit_log.entries(session) if "names" in entry.action]
    runtime.close()
    assert changes == ["campaign.names_shown", "campaign.names_hidden"]
    unknown = campaign("names", "hide", "no-such-letter")
    assert (unknown.exit_code, unknown.output) == (1, "There is no campaign named no-such-letter.\n")
