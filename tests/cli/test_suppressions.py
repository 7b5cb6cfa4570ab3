"""Suppressions and returned mail from the command line."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.mail.test_bounces import returned


def test_addresses_are_added_listed_and_removed(migrated: Path, campaign: Callable[..., Result]) -> None:
    added = campaign("suppression", "add", "Rana@mail.example", "--note", "asked by phone")
    assert added.output == "Nothing is written to R…@mail.example any more.\n"
    (line,) = campaign("suppression", "list").output.splitlines()
    assert line.split("\t")[:4] == ["R…@mail.example", "organizer", "command", "1"]
    assert campaign("suppression", "remove", "rana@MAIL.example").exit_code == 0
    assert campaign("suppression", "list").output == ""
    gone = campaign("suppression", "remove", "rana@mail.example")
    assert (gone.exit_code, gone.output) == (1, "This address is not suppressed.\n")
    assert campaign("suppression", "add", "nobody").exit_code == 1


def test_a_mail_server_may_hand_returned_mail_over(migrated: Path, campaign: Callable[..., Result]) -> None:
    assert campaign("bounces", "-", stdin=returned()).output == "1 report about our email.\n"
    assert campaign("bounces", "-", stdin=b"Subject: hi\n\n").output == "0 reports about our email.\n"
    assert campaign("bounces", "nowhere.eml").exit_code == 1
