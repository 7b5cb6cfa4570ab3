"""The unit that the guide for operators shows: systemd understands it, and it never gives up."""

import configparser
import getpass
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from campaign.cli import cli
from campaign.cli.supervisor import STOP_SECONDS

GUIDE = Path(__file__).parents[2] / "docs" / "operating.md"
# The keys that systemd knows since 254; older ones say so and start the unit all the same.
NEWER = ("RestartSteps", "RestartMaxDelaySec")


@pytest.fixture(scope="module")
def text() -> str:
    [unit] = re.findall(r"```ini\n(\[Unit\].*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return str(unit)


@pytest.fixture(scope="module")
def unit(text: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    return unit


def test_it_starts_again_whatever_happens_and_leaves_time_for_a_clean_end(
    unit: configparser.ConfigParser,
) -> None:
    service = unit["Service"]
    assert service["Restart"] == "always"
    # Where it belongs: in [Service] it is not known, and five quick failures would be the end.
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert int(service["RestartSec"]) < int(service["RestartMaxDelaySec"]) <= 60
    assert int(service["TimeoutStopSec"]) > STOP_SECONDS + 2
    # A database that is restarted, or fails to start, must not take the web along.
    assert not {"Requires", "BindsTo", "PartOf"} & set(unit["Unit"])


def test_its_data_is_its_own_and_where_it_may_write(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    assert service["UMask"] == "0077"
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == service["WorkingDirectory"]


def test_what_it_starts_are_commands_there_are(unit: configparser.ConfigParser) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    [worker] = re.findall(r"`ExecStart=(.+?)`", guide)
    for line in (unit["Service"]["ExecStart"], worker):
        program, *arguments = line.split()
        assert program == "/opt/campaign/bin/campaign"
        with pytest.raises(SystemExit) as end:
            cli.main([*arguments, "--help"], prog_name="campaign")
        assert end.value.code == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_finds_nothing_wrong_with_it(text: str, tmp_path: Path) -> None:
    here = text.replace("/opt/campaign/bin/campaign", "/bin/true")
    here = here.replace("User=campaign", f"User={getpass.getuser()}")
    file = tmp_path / "campaign-web.service"
    file.write_text(here.replace("/var/lib/campaign", str(tmp_path)))
    verified = subprocess.run(
        ["systemd-analyze", "verify", file], check=False, capture_output=True, text=True
    )
    found = [line for line in verified.stderr.splitlines() if file.name in line]
    assert [line for line in found if not any(f"'{key}'" in line for key in NEWER)] == []
    assert verified.returncode == 0
