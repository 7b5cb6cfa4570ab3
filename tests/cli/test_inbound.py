"""Answers handed over by a mail server of one's own, at the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from campaign.runtime import build_runtime
from campaign.settings import load_settings
from tests import make
from tests.conftest import Clock
from tests.mail.mails import eml, mail

Campaign = Callable[..., Result]


@pytest.fixture
def address(migrated: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> str:
    """The reply address of a message that was sent."""
    monkeypatch.setenv("CAMPAIGN_REPLY_DOMAIN", "Replies.Letters.example")
    runtime = build_runtime(load_settings())
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    found = str(make.emails(runtime, kind="message")[0].reply_to)
    runtime.close()
    assert found.endswith("@replies.letters.example")
    return found


def test_an_answer_is_taken_in_from_a_file_or_a_pipe_once(
    campaign: Campaign, address: str, tmp_path: Path
) -> None:
    file = tmp_path / "answer.eml"
    file.write_bytes(eml("html-only", to="office-list@waters.example"))
    result = campaign("inbound", str(file), "--recipient", address)
    assert (result.exit_code, result.stdout) == (
        0,
        "It is kept, and passed on to the supporter it answers.\n",
    )
    again = campaign("inbound", "-", "--recipient", address, stdin=file.read_bytes())
    assert (again.exit_code, again.stdout) == (0, "It is here already.\n")


def test_each_mail_gets_one_sentence_and_a_status_that_mail_servers_understand(
    campaign: Campaign, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data, options, sentence in (
        (eml("absent-chinese", to=address), (), "automatic reply"),
        (mail(to=address), ("--sender", ""), "automatic reply"),
        (mail(to="r+" + "a" * 24 + "@replies.letters.example"), (), "none of its addresses"),
    ):
        result = campaign("inbound", "-", *options, stdin=data)
        assert (result.exit_code, result.stderr) == (0, "")
        assert sentence in result.stdout
    refused = campaign("inbound", "-", stdin=b"\x00\x01")
    assert refused.exit_code == 1
    assert "not a mail" in refused.stderr
    assert campaign("inbound", "missing.eml").exit_code == 1
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    later = campaign("inbound", "-", stdin=mail(to=address))
    assert later.exit_code == 75
    assert len(later.stderr.splitlines()) == 1


def test_without_a_reply_domain_it_says_so(campaign: Campaign, migrated: Path) -> None:
    result = campaign("inbound", "-", stdin=mail(to="a@b.example"))
    assert result.exit_code == 75
    assert "CAMPAIGN_REPLY_DOMAIN is not set" in result.stderr


def test_no_mail_is_lost_to_an_upgrade_that_is_still_to_come(
    campaign: Campaign, from_the_past: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_REPLY_DOMAIN", "replies.letters.example")
    result = campaign("inbound", "-", stdin=mail(to="a@b.example"))
    assert result.exit_code == 75
    assert "campaign db upgrade" in result.stderr
