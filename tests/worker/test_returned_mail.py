"""Mail that comes back, or is refused at the door, and the worker that hears of it."""

from collections.abc import Callable
from pathlib import Path

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.outcomes import Refused
from campaign.runtime import Runtime, build_runtime
from campaign.services.feedback import suppressions
from campaign.settings import Settings
from campaign.worker import loop
from tests import make
from tests.conftest import Clock
from tests.fakes import ScriptedProvider
from tests.mail.test_bounces import EMAIL, maildir, returned
from tests.queueing import enqueue, stored


def test_the_worker_reads_the_mailbox_of_returned_mail(
    make_runtime: Callable[..., Runtime], tmp_path: Path, clock: Clock
) -> None:
    runtime = make_runtime(bounce_mailbox=tmp_path / "returned")
    enqueue(runtime.database, clock(), kind=EmailKind.THANKS)
    (email,) = stored(runtime.database)
    mail = returned().replace(EMAIL.encode(), email.public_id.encode())
    maildir(tmp_path / "returned", [mail, b"Subject: I am away\n\n"])
    loop.drain(runtime, clock=clock)
    loop.drain(runtime, clock=clock)
    (email,) = stored(runtime.database)
    assert email.state is OutboxState.BOUNCED
    assert email.reason == "5.1.1: 550 5.1.1 <<address>>: user unknown"
    assert not list((tmp_path / "returned" / "new").iterdir())

    broken = make_runtime(bounce_mailbox=tmp_path / "file" / "returned")
    (tmp_path / "file").touch()
    assert loop.drain(broken, clock=clock) == 0


def test_a_recipient_whose_mail_server_knows_no_such_mailbox_gets_no_more(
    settings: Settings, clock: Clock
) -> None:
    refusal = Refused("550 5.1.1", no_such_mailbox=True)
    runtime = build_runtime(settings, provider=ScriptedProvider(lambda email, attempt: refusal))
    make.sign(runtime, make.campaign(runtime, now=clock()), now=clock())
    loop.drain(runtime, clock=clock)
    loop.drain(runtime, clock=clock)
    with runtime.database.transaction() as session:
        (one,) = suppressions.page(session, actor=COMMAND_LINE, now=clock()).suppressions
    assert (one.reason, one.source, one.note) == ("dropped", "smtp", "550 5.1.1")
    assert [mail.state for mail in make.emails(runtime)] == [OutboxState.FAILED]
    runtime.close()
