"""Suppressions and returned mail from the command line, and a worker that reads the mailbox."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from campaign import worker
from campaign.domain.states import EmailKind, OutboxState
from campaign.runtime import Runtime
from tests.conftest import Clock
from tests.mail.test_bounces import EMAIL, maildir, returned
from tests.queueing import enqueue, stored


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
    assert campaign("bounces", "-", stdin=returned()).output == "1 report about our mail.\n"
    assert campaign("bounces", "-", stdin=b"Subject: hi\n\n").output == "0 reports about our mail.\n"
    assert campaign("bounces", "nowhere.eml").exit_code == 1


def test_the_worker_reads_the_mailbox_of_returned_mail(
    make_runtime: Callable[..., Runtime], tmp_path: Path, clock: Clock
) -> None:
    runtime = make_runtime(bounce_mailbox=tmp_path / "returned")
    enqueue(runtime.database, clock(), kind=EmailKind.THANKS)
    (email,) = stored(runtime.database)
    mail = returned().replace(EMAIL.encode(), email.public_id.encode())
    maildir(tmp_path / "returned", [mail, b"Subject: I am away\n\n"])
    worker.drain(runtime, clock=clock)
    worker.drain(runtime, clock=clock)
    (email,) = stored(runtime.database)
    assert email.state is OutboxState.BOUNCED
    assert email.reason == "5.1.1: 550 5.1.1 <<address>>: user unknown"
    assert not list((tmp_path / "returned" / "new").iterdir())

    broken = make_runtime(bounce_mailbox=tmp_path / "file" / "returned")
    (tmp_path / "file").touch()
    assert worker.drain(broken, clock=clock) == 0
