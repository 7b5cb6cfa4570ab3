"""The search for what is left of somebody, on the command line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from campaign.runtime import build_runtime
from campaign.settings import load_settings
from tests import make


@pytest.mark.slow
def test_it_says_where_a_text_is_and_never_what(
    migrated: Path, instance: Path, campaign: Callable[..., Result], tmp_path: Path
) -> None:
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance)}))
    make.campaign(runtime, now=datetime.now(UTC))
    make.sign_and_confirm(runtime, make.page(runtime), now=datetime.now(UTC))
    runtime.close()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "old.log").write_text("it was rana@mail.example")
    found = campaign("traces", str(tmp_path / "logs"), stdin="rana@mail.example\n")
    assert found.exit_code == 1
    assert "supporter.email: 1" in found.output
    assert "old.log: 1" in found.output
    assert "campaign.db" not in found.output, "the file itself has it encrypted"
    assert "rana" not in found.output
    assert campaign("traces", stdin="nobody@nowhere.example\n").output == "Found nowhere.\n"
    for text in ("", "abc\n"):
        assert campaign("traces", stdin=text).exit_code == 1
    assert "no file or folder" in campaign("traces", "/no/such", stdin="nobody@nowhere.example").output
