"""Held forms from the command line: counted, let be asked about, deleted."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from campaign.runtime import Runtime, build_runtime
from campaign.settings import load_settings
from tests import make

FLOOD, CROWD = "a1b2c3d4" + "0" * 24, "b1b2c3d4" + "0" * 24


@pytest.fixture
def runtime(migrated: Path, instance: Path) -> Iterator[Runtime]:
    """A campaign of which three forms of one network are held, and two of another."""
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance)}))
    now = datetime.now(UTC)
    page = make.campaign(runtime, now=now)
    for network, number in ((FLOOD, 40), (CROWD, 39)):
        forms = [
            make.new_form(page, now=now, email=f"{network[0]}{n}@mail.example", network=network)
            for n in range(number)
        ]
        make.keep(runtime, *forms)
        make.settle(runtime, now=now)
    yield runtime
    runtime.close()


def test_held_forms_are_counted_and_nobody_is_named(
    runtime: Runtime, campaign: Callable[..., Result]
) -> None:
    lines = campaign("form", "held", make.SLUG).output.splitlines()
    assert lines[0] == "Held forms: 5"
    assert [line.split("\t")[:2] for line in lines[1:]] == [["a1b2c3d4", "3"], ["b1b2c3d4", "2"]]
    assert "@" not in "".join(lines)
    wrong = campaign("form", "held", make.SLUG, "--network", "192.0.2.0")
    assert (wrong.exit_code, wrong.output) == (1, "Enter a network as it is shown here.\n")


def test_those_of_one_network_are_let_be_asked_and_the_rest_deleted(
    runtime: Runtime, campaign: Callable[..., Result]
) -> None:
    of_crowd = ("form", "release", make.SLUG, "--network", "b1b2c3d4")
    assert campaign(*of_crowd, "--dry-run").output == "Held forms: 2\n"
    assert campaign(*of_crowd).output == "Held forms: 2\nForms now waiting for their email: 2.\n"
    assert campaign("form", "delete", make.SLUG).output == "Held forms: 3\nDeleted: 3.\n"
    assert campaign("form", "held", make.SLUG).output == "Held forms: 0\n"
    assert campaign("form", "held", "no-such-letter").exit_code == 1
