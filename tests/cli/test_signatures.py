"""Signatures removed and restored from the command line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from campaign.runtime import build_runtime
from campaign.settings import load_settings
from tests import make


@pytest.fixture
def signed(migrated: Path, instance: Path) -> None:
    """An open campaign that Rana Idris has signed, with a message to an official."""
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance)}))
    moment = datetime.now(UTC)
    page = make.campaign(runtime, now=moment)
    make.sign_and_confirm(runtime, page, now=moment, officials=(page.officials[0].id,))
    runtime.close()


@pytest.mark.slow
def test_one_signature_is_removed_for_a_reason_and_restored(
    signed: None, campaign: Callable[..., Result]
) -> None:
    of_rana = (make.SLUG, "Rana+again@mail.example")
    assert campaign("signature", "remove", *of_rana).exit_code == 2  # without a reason
    removed = campaign("signature", "remove", *of_rana, "--reason", "forged")
    assert removed.exit_code == 0
    assert "R…@mail.example is removed. Emails recalled: 3." in removed.output
    again = campaign("signature", "remove", *of_rana, "--reason", "forged")
    assert (again.exit_code, again.output) == (1, "This signature has already been removed.\n")
    restored = campaign("signature", "restore", *of_rana)
    assert "is restored. Emails waiting again: 3." in restored.output
    unknown = campaign("signature", "restore", make.SLUG, "nobody@mail.example")
    assert (unknown.exit_code, unknown.output) == (1, "Nobody has signed this campaign with that address.\n")


@pytest.mark.slow
def test_a_supporter_is_shown_among_the_first_once_they_have_agreed_and_no_longer(
    signed: None, campaign: Callable[..., Result]
) -> None:
    of_rana = ("signature", "first", make.SLUG, "rana@mail.example")
    refused = campaign(*of_rana)
    assert (refused.exit_code, refused.output) == (1, "Ask them first, then tick that they have agreed.\n")
    shown = campaign(*of_rana, "--agreed", "--position", "1")
    assert shown.output == "r…@mail.example is now shown among the first signatories.\n"
    assert campaign(*of_rana, "--agreed").exit_code == 1
    assert "no longer shown" in campaign(*of_rana, "--undo").output


def test_what_was_suspected_is_accepted(
    instance: Path, signed: None, campaign: Callable[..., Result]
) -> None:
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance)}))
    now = datetime.now(UTC)
    make.sign(runtime, make.page(runtime), now=now, email="lin@mail.example", is_suspected=True)
    make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=now)
    accepted = campaign("signature", "accept", make.SLUG, "lin@mail.example")
    assert accepted.output == (
        "The signature of l…@mail.example counts now, and its messages are on their way.\n"
    )
    assert make.signature_count(runtime) == 2
    runtime.close()
    again = campaign("signature", "accept", make.SLUG, "lin@mail.example")
    assert (again.exit_code, again.output) == (1, "Only a suspected signature can be accepted.\n")


@pytest.mark.slow
def test_many_are_invalidated_by_a_rule_after_a_look_and_come_back(
    signed: None, campaign: Callable[..., Result]
) -> None:
    rule = ("signature", "invalidate", make.SLUG, "--domain", "mail.example")
    seen = campaign(*rule, "--dry-run")
    assert seen.output.splitlines()[0] == "Matching signatures: 1"
    assert "r…@mail.example\tRana Idris" in seen.output
    assert campaign("signature", "invalidations", make.SLUG).output == ""

    done = campaign(*rule, "--reason", "one flood")
    assert done.output.splitlines()[2:] == [
        "1 of 1 invalidated",
        "“campaign signature undo 1” restores them all.",
    ]
    (line,) = campaign("signature", "invalidations", make.SLUG).output.splitlines()
    assert line.split("\t")[:3] == ["1", "done", "1 of 1 invalidated"]
    assert campaign(*rule).output == "Matching signatures: 0\n"
    assert campaign("signature", "undo", "1").output == "1 of 1 restored\n"
    again = campaign("signature", "undo", "1")
    assert (again.exit_code, again.output) == (1, "This has already been undone.\n")
    everybody = campaign("signature", "invalidate", make.SLUG)
    assert everybody.exit_code == 1
