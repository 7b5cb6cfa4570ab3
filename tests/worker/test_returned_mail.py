"""Mail that comes back, or is refused at the door, and the worker that hears of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.official import OfficialPauseCause
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.outcomes import Refused
from campaign.runtime import Runtime, build_runtime
from campaign.services.feedback import suppressions
from campaign.services.officials import pauses
from campaign.settings import Settings
from campaign.worker import loop
from tests import make
from tests.conftest import Clock
from tests.fakes import ScriptedProvider
from tests.mail.test_bounces import EMAIL, maildir, returned
from tests.queueing import enqueue, stored

pytestmark = pytest.mark.slow_on_postgresql


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


def test_a_filter_a_size_and_a_full_box_silence_no_signer_and_pause_no_office_for_good(
    make_runtime: Callable[..., Runtime], tmp_path: Path, clock: Clock
) -> None:
    runtime = make_runtime(bounce_mailbox=tmp_path / "returned", official_rate=0)
    page = make.campaign(runtime, now=clock())
    for number in range(3):
        make.sign_and_confirm(
            runtime,
            page,
            now=clock(),
            name=f"Rana {number}",
            email=f"rana{number}@mail.example",
            officials=(page.officials[0].id,),
        )
    loop.drain(runtime, clock=clock)
    verdicts = ("554 looks like spam", "552 message size exceeds the limit", "552 mailbox full")
    sent = [mail for mail in make.emails(runtime) if mail.kind in ("message", "thanks")]
    maildir(
        tmp_path / "returned",
        [
            returned(status="5.0.0", diagnostic=f"smtp; {verdicts[number % 3]}").replace(
                EMAIL.encode(), mail.public_id.encode()
            )
            for number, mail in enumerate(sent)
        ],
    )
    loop.drain(runtime, clock=clock)
    loop.drain(runtime, clock=clock)
    assert {mail.state for mail in make.emails(runtime) if mail.kind == "message"} == {OutboxState.BOUNCED}
    with runtime.database.transaction() as session:
        assert suppressions.page(session, actor=COMMAND_LINE, now=clock()).suppressions == ()
        (paused,) = pauses.paused_by_system(session)
    assert paused.cause is OfficialPauseCause.TURNED_AWAY
    assert paused.until is not None
