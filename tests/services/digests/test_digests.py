"""Digests in the queue, on both databases: put together, followed, taken apart, and never twice."""

import io
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from campaign.domain import digest as rules
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.office_check import shown_codes_in
from campaign.domain.office_manifest import compare as compare_manifest
from campaign.domain.office_manifest import read_manifest
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.outcomes import Accepted, NotBegun, NotSent, Outcome, Refused, Throttled
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.digests import composer, settings
from campaign.services.digests.settings import DigestDetails
from campaign.services.feedback import events
from campaign.services.installation import publisher as publishers
from campaign.services.installation.publisher import PublisherDetails
from campaign.services.office_check import codes as office_codes
from campaign.services.officials import directory
from campaign.services.outbox import claim, delivery, digest_members, enqueue, unreadable
from campaign.services.outbox.claim import Claimed, Route
from campaign.services.outbox.rate_limits import Limits
from campaign.services.outbox.restored import doubt_what_waited
from campaign.services.queue import decisions, lists
from campaign.services.queue.decisions import Decision
from campaign.services.queue.lists import EmailList
from campaign.services.signatures import self_service
from campaign.store.archive import restore_archive, write_archive
from campaign.store.database import Database
from campaign.store.tables import Campaign, Official, OutboxEmail
from tests import make
from tests.conftest import Clock
from tests.digesting import choose, one_part
from tests.unreadable import find_again, lose

pytestmark = pytest.mark.slow_on_postgresql

LEASE = timedelta(minutes=1)
LATER = datetime(2026, 11, 24, 9, tzinfo=UTC)
NAMES = ("Rana Idris", "Tom Abel", "Mina Sato")


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    return make.campaign(runtime, now=clock())


def write(runtime: Runtime, page: CampaignPage, now: datetime, *names: str, **details: Any) -> None:
    """Let supporters write to the minister, and confirm."""
    for name in names:
        filled = {
            "email": f"{name.split()[0].lower()}@mail.example",
            "officials": (page.officials[0].id,),
            "words": f"From {name}.\n\nStop the works.",
            **details,
        }
        make.sign_and_confirm(runtime, page, now=now, name=name, **filled)


def compose(runtime: Runtime, now: datetime) -> None:
    """What the worker does now and then."""
    with runtime.database.reading() as session:
        due = composer.officials_due(session, now=now)
    for official_id in due:
        while one_part(runtime, official_id, now):
            pass


def take(runtime: Runtime, now: datetime) -> tuple[Claimed, ...]:
    """Claim what may go to officials, and mark it as being sent."""
    with runtime.database.transaction() as session:
        claimed = claim.claim(
            session, "first", route=Route("local"), limits=Limits(), batch=100, lease=LEASE, now=now
        )
        to_officials = [one for one in claimed if one.official_id]
        return delivery.mark_sending(session, to_officials, provider="local", lease=LEASE, now=now)


def record(runtime: Runtime, one: Claimed, outcome: Outcome, now: datetime) -> None:
    with runtime.database.transaction() as session:
        delivery.record(session, [(one, outcome)], now=now)


def report(runtime: Runtime, public_id: str, kind: EventKind, now: datetime) -> None:
    with runtime.database.transaction() as session:
        events.store(session, [DeliveryReport(kind.value, public_id, kind, now, "no such box")], now=now)
        events.process(session, now=now)


def decide(runtime: Runtime, email_id: int, decision: Decision, now: datetime) -> None:
    with runtime.database.transaction() as session:
        decisions.decide(session, email_id, decision, actor=COMMAND_LINE, now=now)


def states(runtime: Runtime, kind: str = "message") -> list[str]:
    return [row.state.value for row in make.emails(runtime, kind=kind)]


@pytest.fixture
def morning(runtime: Runtime, page: CampaignPage, clock: Clock) -> datetime:
    """Three messages wait, and the next morning has come."""
    choose(runtime, page, clock(), "daily")
    write(runtime, page, clock(), *NAMES)
    clock.forward(hours=20)
    return clock()


def token(runtime: Runtime, name: str, purpose: str = "manage") -> str:
    """The link that a supporter has in their mail of thanks."""
    thanks = next(row for row in make.emails(runtime, kind="thanks") if f"Hello {name}," in row.text)
    return make.link(thanks, purpose)


PERSONAL = (
    "I fish below the weir, as my mother did. Since the dam the eels have gone, and with them half of what we"
    " earned each autumn. Come and look at our empty nets."
)


def test_where_an_official_wants_it_so_only_what_reads_like_others_waits_for_the_digest(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    choose(runtime, page, clock(), "alike")
    write(runtime, page, clock(), "Rana Idris", words=PERSONAL)
    write(runtime, page, clock(), "Tom Abel", words="")
    write(runtime, page, clock(), "Mina Sato", words=" ".join(ask.text for ask in page.asks))

    (alone,) = take(runtime, clock())
    assert alone.email.from_name == "Rana Idris"
    record(runtime, alone, Accepted("taken"), clock())
    clock.forward(hours=19, minutes=59)
    compose(runtime, clock())
    assert take(runtime, clock()) == ()

    clock.forward(minutes=1)
    compose(runtime, clock())
    (together,) = take(runtime, clock())
    record(runtime, together, Accepted("taken"), clock())

    assert together.email.kind == EmailKind.DIGEST
    assert "Tom Abel" in together.email.text
    assert "Mina Sato" in together.email.text
    assert "eels" not in together.email.text
    assert states(runtime) == ["accepted"] * 3


def test_one_mail_has_one_recipient_though_an_address_was_corrected_while_a_message_was_to_leave(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    write(runtime, page, clock(), "Rana Idris")
    with runtime.database.transaction() as session:
        claimed = claim.claim(
            session, "first", route=Route("local"), limits=Limits(), batch=100, lease=LEASE, now=clock()
        )
        details = directory.OfficialDetails(email="office@waters.example")
        to_minister = (session, page.head.id, page.officials[0].id, details)
        directory.change(*to_minister, actor=COMMAND_LINE, now=clock())
        delivery.release(session, claimed, now=clock())
    choose(runtime, page, clock(), "daily")
    write(runtime, page, clock(), "Tom Abel")
    clock.forward(hours=20)
    compose(runtime, clock())
    for digest in make.emails(runtime, kind="digest"):
        assert ("From Tom Abel." in digest.text) == (digest.to_address == "office@waters.example")
    assert states(runtime) == ["held", "held"]


def test_what_was_kept_back_goes_by_itself_when_no_digest_comes_or_is_wanted(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    choose(runtime, page, clock(), "alike")
    write(runtime, page, clock(), "Tom Abel", words="")
    assert take(runtime, clock()) == ()
    choose(runtime, page, clock(), "never")
    (one,) = take(runtime, clock())
    assert one.email.from_name == "Tom Abel"

    choose(runtime, page, clock(), "alike")
    write(runtime, page, clock(), "Mina Sato", words="")
    clock.forward(hours=20, days=2)
    (other,) = take(runtime, clock())
    assert other.email.from_name == "Mina Sato"


def test_many_messages_go_in_one_mail_the_next_morning_and_follow_what_becomes_of_it(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    choose(runtime, page, clock(), "daily")
    write(runtime, page, clock(), "Rana Idris", subject="Our wells", country="FR", postal_code="75011")
    write(runtime, page, clock(), "Tom Abel", words="", asks=(page.asks[1].id,), role="Fisher")
    compose(runtime, clock())
    assert take(runtime, clock()) == ()
    with runtime.database.reading() as session:
        campaign = campaigns.by_slug(session, make.SLUG)
        coming = settings.next_digests(session, campaign, now=clock())[page.officials[0].id]
    assert coming == clock() + timedelta(hours=20)

    clock.forward(hours=20)
    compose(runtime, clock())
    (mail,) = make.emails(runtime, kind="digest")
    assert (mail.to_address, mail.reply_to, mail.supporter_id) == ("minister@waters.example", None, None)
    assert mail.subject.startswith("2 messages to you: ")
    for words in (
        "2 people have signed",
        f"{runtime.settings.web.public_url}/c/{make.SLUG}",
        "1. Rana Idris\n75011, France\nSubject: Our wells\n",
        "\n    From Rana Idris.\n\n    Stop the works.\n",
        "To answer: rana@mail.example",
        "2. Tom Abel\nFisher\n",
        "No words of their own",
        "  - Stop the works.",
        "To answer: tom@mail.example",
    ):
        assert words in mail.text, mail.text
    for markup in ("<bdi>Tom Abel</bdi>", 'href="mailto:tom@mail.example"'):
        assert markup in mail.html
    assert states(runtime) == ["held", "held"]

    (sent,) = take(runtime, clock())
    assert sent.email.public_id == mail.public_id
    record(runtime, sent, Accepted("taken"), clock())
    assert states(runtime) == ["accepted", "accepted"]
    digest, *_ = make.emails(runtime, kind="digest")
    assert digest.text == ""
    assert all(row.text for row in make.emails(runtime, kind="message"))
    assert {row.settled_at for row in make.emails(runtime, kind="message")} == {clock()}
    with runtime.database.reading() as session:
        (status,) = self_service.managed_signature(session, token(runtime, "Tom Abel"), now=clock()).messages
    assert (status.state, status.together_at) == (OutboxState.ACCEPTED, clock())

    for kind, state in ((EventKind.DELIVERED, "delivered"), (EventKind.BOUNCED, "bounced")):
        report(runtime, mail.public_id, kind, clock())
        assert states(runtime) == [state, state]
    compose(runtime, clock())
    assert states(runtime, "digest") == ["bounced"]


def test_a_digest_is_from_whoever_publishes_the_letter_and_says_so_below_what_is_checked(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    said = PublisherDetails(
        name="Ufer & Brücke e.V.",
        legal_address="Am Ufer 4\n1011 Elmstad",
        contact="office@ufer.example",
        time_zone="",
        privacy_notices={},
    )
    with runtime.database.transaction() as session:
        publishers.change(session, said, default=runtime.default_publisher, actor=COMMAND_LINE, now=clock())
    choose(runtime, page, clock(), "daily")
    write(runtime, page, clock(), "Rana Idris")
    clock.forward(hours=20)
    compose(runtime, clock())

    (mail,) = make.emails(runtime, kind="digest")
    assert mail.from_name == "Ufer & Brücke e.V."
    code = shown_codes_in(mail.text)[-1]
    compared, below = mail.text.split(code)
    for line in (
        "Ufer & Brücke e.V.\n",
        "Am Ufer 4\n1011 Elmstad\n",
        "office@ufer.example\n",
        "/about-our-mail",
    ):
        assert line in below
        assert line.strip() not in compared
    footer = mail.html.split(code)[1]
    assert "<bdi>Ufer &amp; Brücke e.V.</bdi>" in footer
    assert 'href="mailto:office@ufer.example"' in footer
    manifest = read_manifest(take(runtime, clock())[0].email.files[0].text)
    with runtime.database.reading() as session:
        # Pasted with the foot, without it, and with another one, as a mail system or we may change it.
        for pasted in (mail.text, compared + code, f"{compared}{code}\n\nEarlier publisher"):
            checked = office_codes.check(session, code, [pasted], key=runtime.address_key)
            assert checked is not None
            assert checked.is_unchanged is True
            assert compare_manifest(manifest, [pasted]).is_whole
        changed = mail.text.replace("Stop the works.", "Go on.")
        checked = office_codes.check(session, code, [changed], key=runtime.address_key)
        assert checked is not None
        assert checked.is_unchanged is False


def test_who_withdraws_before_it_leaves_is_not_in_it(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    with runtime.database.transaction() as session:
        self_service.withdraw(session, token(runtime, "Tom Abel", "withdraw"), now=morning)
    assert states(runtime) == ["queued", "cancelled", "queued"]
    assert [(row.state.value, row.text) for row in make.emails(runtime, kind="digest")] == [("cancelled", "")]
    assert take(runtime, morning) == ()

    compose(runtime, morning)
    again = make.emails(runtime, kind="digest")[1]
    assert again.subject.startswith("2 messages")
    assert "Rana Idris" in again.text
    assert "Tom Abel" not in again.text
    assert states(runtime) == ["held", "cancelled", "held"]


def test_who_is_erased_while_it_leaves_is_in_no_second_try(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    (sent,) = take(runtime, morning)
    with runtime.database.transaction() as session:
        self_service.erase(session, token(runtime, "Tom Abel"), now=morning)
    assert [row.text for row in make.emails(runtime, kind="digest")] == [""]
    assert states(runtime) == ["held", "held", "held"]

    record(runtime, sent, NotSent("nobody there"), morning)
    assert states(runtime, "digest") == ["cancelled"]
    assert states(runtime) == ["queued", "cancelled", "queued"]
    compose(runtime, morning)
    (second,) = take(runtime, morning)
    assert "Mina Sato" in second.email.text
    assert "Tom Abel" not in second.email.text
    record(runtime, second, Accepted("taken"), morning)
    assert states(runtime) == ["accepted", "cancelled", "accepted"]


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("comes_back", [NotSent("nobody there"), Throttled(LATER, "slow down"), NotBegun()])
def test_who_withdraws_while_it_leaves_is_in_no_second_try(
    runtime: Runtime, page: CampaignPage, morning: datetime, comes_back: Outcome
) -> None:
    compose(runtime, morning)
    (sent,) = take(runtime, morning)
    assert "Tom Abel" in sent.email.text
    with runtime.database.transaction() as session:
        self_service.withdraw(session, token(runtime, "Tom Abel", "withdraw"), now=morning)
    assert states(runtime, "digest") == ["sending"]

    record(runtime, sent, comes_back, morning)
    assert states(runtime, "digest") == ["cancelled"]
    assert states(runtime) == ["queued", "cancelled", "queued"]
    compose(runtime, morning)
    (second,) = take(runtime, morning + timedelta(hours=1))
    assert "Mina Sato" in second.email.text
    assert "Tom Abel" not in second.email.text


def test_a_digest_that_is_erased_from_and_leaves_all_the_same_is_written_down_as_it_was(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    (sent,) = take(runtime, morning)
    with runtime.database.transaction() as session:
        self_service.erase(session, token(runtime, "Tom Abel"), now=morning)
    record(runtime, sent, Accepted("taken"), morning)
    assert states(runtime) == ["accepted", "accepted", "accepted"]
    assert make.emails(runtime, kind="message")[1].to_address == ""


def test_a_dead_worker_leaves_the_digest_and_its_messages_in_doubt_and_organizers_decide_about_the_digest(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    take(runtime, morning)
    later = morning + timedelta(minutes=2)
    with runtime.database.transaction() as session:
        assert delivery.expire_leases(session, now=later).in_doubt == 1
    assert states(runtime) == ["in_doubt"] * 3
    (digest,) = make.emails(runtime, kind="digest")
    with runtime.database.reading() as session:
        shown = lists.page(session, lists.EmailList.IN_DOUBT).emails
        assert [one.id for one in shown] == [digest.id]
        assert decisions.select_emails(session, Decision.SEND_AGAIN, campaign_id=page.head.id).number == 1
    with pytest.raises(ConflictError, match="together with others"):
        decide(runtime, make.emails(runtime, kind="message")[0].id, Decision.SEND_AGAIN, later)

    decide(runtime, digest.id, Decision.SEND_AGAIN, later)
    assert states(runtime, "digest") == ["cancelled"]
    assert states(runtime) == ["queued"] * 3
    compose(runtime, later)
    (sent,) = take(runtime, later)
    record(runtime, sent, Refused("no such box"), later)
    assert states(runtime) == ["failed"] * 3
    assert {row.reason for row in make.emails(runtime, kind="message")} == {"no such box"}

    with runtime.database.transaction() as session:
        number = decisions.decide_all(
            session, Decision.RETRY, campaign_id=None, up_to=sent.id, actor=COMMAND_LINE, now=later
        )
    assert number == 1
    choose(runtime, page, later, "never")
    compose(runtime, later)
    assert [one.email.kind.value for one in take(runtime, later)] == ["message"] * 3


def test_a_doubt_that_is_treated_as_sent_is_so_for_all_its_messages(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    take(runtime, morning)
    later = morning + timedelta(minutes=2)
    with runtime.database.transaction() as session:
        delivery.expire_leases(session, now=later)
    decide(runtime, make.emails(runtime, kind="digest")[0].id, Decision.TREAT_AS_SENT, later)
    assert states(runtime) == ["accepted"] * 3
    assert make.emails(runtime, kind="digest")[0].text == ""


def test_confirming_more_messages_lets_none_out_of_a_digest(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    signature_id = make.emails(runtime, kind="message")[0].signature_id
    with runtime.database.transaction() as session:
        assert enqueue.release(session, signature_id=signature_id, now=morning) == 0
    assert states(runtime) == ["held"] * 3


def test_a_worker_that_dies_while_it_composes_has_changed_nothing(
    runtime: Runtime, page: CampaignPage, morning: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = digest_members.add

    def add_and_die(*args: Any, **more: Any) -> None:
        add(*args, **more)
        raise ZeroDivisionError

    with monkeypatch.context() as dying:
        dying.setattr(digest_members, "add", add_and_die)
        with pytest.raises(ZeroDivisionError):
            one_part(runtime, page.officials[0].id, morning)
    assert states(runtime, "digest") == []
    assert states(runtime) == ["queued"] * 3
    compose(runtime, morning)
    assert states(runtime, "digest") == ["queued"]


def test_workers_that_compose_at_the_same_moment_write_one_digest(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    ready = threading.Barrier(4)

    def work() -> None:
        ready.wait()
        one_part(runtime, page.officials[0].id, morning)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(runtime, "digest") == ["queued"]
    assert states(runtime) == ["held"] * 3


def test_above_a_threshold_they_go_together_in_as_many_parts_as_it_takes(
    runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rules, composer):
        monkeypatch.setattr(module, "MOST_TEXTS", 2)
    choose(runtime, page, clock(), "above", "2")
    write(runtime, page, clock(), "Rana Idris", "Tom Abel")
    clock.forward(hours=20)
    compose(runtime, clock())
    assert states(runtime, "digest") == []
    write(runtime, page, clock(), "Mina Sato", "Ola Berg", "Ida Roy")
    compose(runtime, clock())
    assert states(runtime, "digest") == []

    clock.forward(days=1)
    compose(runtime, clock())
    mails = make.emails(runtime, kind="digest")
    assert [mail.subject.partition(":")[0] for mail in mails] == [
        "2 messages to you",
        "2 messages to you, part 2",
        "1 message to you, part 3",
    ]
    together = "".join(mail.text for mail in mails)
    for name in ("Rana Idris", "Tom Abel", "Mina Sato", "Ola Berg", "Ida Roy"):
        assert together.count(f". {name}\n") == 1
    assert states(runtime) == ["held"] * 5


def test_one_message_that_no_key_opens_keeps_no_later_part_waiting(
    runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rules, composer):
        monkeypatch.setattr(module, "MOST_TEXTS", 2)
    choose(runtime, page, clock(), "daily")
    write(runtime, page, clock(), *NAMES, "Ola Berg")
    with runtime.database.transaction() as session:
        first = "SELECT min(id) FROM message"
        session.execute(text(f"UPDATE message SET words = substr(words, 1, 60) WHERE id = ({first})"))
    clock.forward(hours=20)
    compose(runtime, clock())
    mails = make.emails(runtime, kind="digest")
    together = "".join(mail.text for mail in mails)
    assert [name in together for name in (*NAMES, "Ola Berg")] == [False, True, True, True]


def test_however_many_messages_no_key_opens_all_others_go_the_same_morning(
    runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rules, composer):
        monkeypatch.setattr(module, "MOST_TEXTS", 2)
    choose(runtime, page, clock(), "daily")
    write(runtime, page, clock(), "Ada Lu", "Bo Lin", "Cy Ray", "Di Fox", "Ed Kim", *NAMES)
    with runtime.database.transaction() as session:
        for column in ("name", "organization"):
            cut = f"UPDATE signature SET {column} = substr(name, 1, 60)"
            session.execute(text(f"{cut} WHERE id < (SELECT min(id) FROM signature) + 5 AND id % 2 = 0"))
        cut = "UPDATE message SET words = substr(subject, 1, 60)"
        session.execute(text(f"{cut} WHERE id < (SELECT min(id) FROM message) + 5"))
    clock.forward(hours=20)
    compose(runtime, clock())
    together = "".join(mail.text for mail in make.emails(runtime, kind="digest"))
    assert all(f"From {name}." in together for name in NAMES)
    assert "Ada Lu" not in together
    assert states(runtime) == ["failed"] * 5 + ["held"] * 3


@pytest.mark.parametrize(
    ("table", "column"), [("message", "words"), ("signature", "name"), ("outbox_email", "reply_to")]
)
def test_a_message_that_no_digest_could_tell_of_is_in_the_next_one_once_it_can_be_read(
    runtime: Runtime, page: CampaignPage, clock: Clock, table: str, column: str
) -> None:
    choose(runtime, page, clock(), "daily")
    write(runtime, page, clock(), *NAMES)
    of_messages = " AND kind = 'message'" if table == "outbox_email" else ""
    lost = (table, column, f"id = (SELECT max(id) FROM {table} WHERE 1 = 1{of_messages})")
    lose(runtime.database, *lost)
    clock.forward(hours=20)
    compose(runtime, clock())
    with runtime.database.reading() as session:
        (failed,) = lists.page(session, EmailList.FAILED).emails
    assert failed.is_unreadable
    with pytest.raises(ConflictError, match="can’t be read"):
        decide(runtime, failed.id, Decision.RETRY, clock())
    find_again(runtime.database, *lost)
    decide(runtime, failed.id, Decision.RETRY, clock())
    clock.forward(hours=24)
    compose(runtime, clock())
    told = [[f"From {name}." in mail.text for name in NAMES] for mail in make.emails(runtime, kind="digest")]
    assert told == [[True, True, False], [False, False, True]]


@pytest.mark.parametrize("state", [OutboxState.QUEUED, OutboxState.LEASED])
def test_a_digest_that_no_key_opens_is_put_together_anew(
    runtime: Runtime, page: CampaignPage, morning: datetime, state: OutboxState
) -> None:
    compose(runtime, morning)
    with runtime.database.transaction() as session:
        digest = session.scalars(select(OutboxEmail).where(OutboxEmail.kind == EmailKind.DIGEST)).one()
        digest.state = state
        body = "UPDATE outbox_body SET text = substr(text, 1, 60) WHERE email_id = :id"
        session.execute(text(body), {"id": digest.id})
    with runtime.database.transaction() as session:
        unreadable.set_aside(session, OutboxEmail.id == digest.id, now=morning)
    with runtime.database.reading() as session:
        of_messages = select(OutboxEmail.state).where(OutboxEmail.kind == EmailKind.MESSAGE)
        assert set(session.scalars(of_messages)) == {OutboxState.QUEUED}, "nobody's message is lost with it"
    compose(runtime, morning)
    (sent,) = take(runtime, morning)
    assert all(f"From {name}." in sent.email.text for name in NAMES)


@pytest.mark.parametrize("cause", ["official", "campaign", "window"])
def test_nothing_is_composed_for_whom_nothing_may_be_sent_to(
    runtime: Runtime, page: CampaignPage, morning: datetime, cause: str
) -> None:
    official_id = page.officials[0].id

    def stop(paused: bool) -> None:
        with runtime.database.transaction() as session:
            campaign = session.get_one(Campaign, page.head.id)
            if cause == "official":
                session.get_one(Official, official_id).paused_at = morning if paused else None
            elif cause == "campaign":
                campaign.sending_paused_at = morning if paused else None
            else:
                campaign.sending_from = morning + timedelta(days=2) if paused else None

    stop(True)
    compose(runtime, morning)
    one_part(runtime, official_id, morning)
    assert states(runtime, "digest") == []
    stop(False)
    compose(runtime, morning)
    assert states(runtime, "digest") == ["queued"]


def test_what_is_chosen_is_checked_and_audited(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    for mode, threshold in (("weekly", ""), ("above", "none")):
        with pytest.raises(RefusedError):
            choose(runtime, page, now, mode, threshold)
    for _ in range(2):
        choose(runtime, page, now, "above", "20")
    with runtime.database.transaction() as session:
        with pytest.raises(NotFoundError):
            settings.change(session, page.head.id, 0, DigestDetails("daily"), actor=COMMAND_LINE, now=now)
        noted = [entry for entry in audit_log.entries(session) if entry.action == "official.digest"]
    assert [(entry.details["mode"], entry.details["above"]) for entry in noted] == [("above", 20)]


def test_messages_of_a_digest_that_came_back_go_to_the_corrected_address(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    (sent,) = take(runtime, morning)
    record(runtime, sent, Accepted("taken"), morning)
    report(runtime, sent.email.public_id, EventKind.BOUNCED, morning)
    with runtime.database.transaction() as session:
        details = directory.OfficialDetails(email="office@waters.example")
        directory.change(
            session, page.head.id, page.officials[0].id, details, actor=COMMAND_LINE, now=morning
        )
    assert states(runtime) == ["queued"] * 3
    later = morning + timedelta(days=1)
    compose(runtime, later)
    (again,) = take(runtime, later)
    assert again.email.to_address == "office@waters.example"
    report(runtime, sent.email.public_id, EventKind.DELIVERED, later)
    assert states(runtime) == ["held"] * 3


def test_messages_of_a_digest_go_to_an_address_corrected_while_it_was_on_its_way_to_the_old_one(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    (sent,) = take(runtime, morning)
    with runtime.database.transaction() as session:
        make.set_email(session, make.SLUG, page.officials[0].name, "office@waters.example", now=morning)
    record(runtime, sent, Accepted("taken"), morning)
    report(runtime, sent.email.public_id, EventKind.BOUNCED, morning)
    assert states(runtime) == ["queued"] * 3
    later = morning + timedelta(days=1)
    compose(runtime, later)
    (again,) = take(runtime, later)
    assert again.email.to_address == "office@waters.example"


@pytest.mark.slow
def test_a_digest_that_waited_in_a_backup_is_in_doubt_with_its_messages(
    runtime: Runtime, page: CampaignPage, morning: datetime, tmp_path: Path
) -> None:
    compose(runtime, morning)
    file = io.BytesIO()
    write_archive(runtime.database, file, key_fingerprint="f1", extra={}, now=morning)
    restored = Database(f"sqlite:///{tmp_path}/restored.db")
    restore_archive(restored, file, staging=tmp_path, replace=False, before_commit=doubt_what_waited)
    with restored.reading() as session:
        kinds = select(OutboxEmail.state, OutboxEmail.kind).where(OutboxEmail.official_id.is_not(None))
        found = Counter(tuple(row) for row in session.execute(kinds))
    restored.close()
    in_doubt = OutboxState.IN_DOUBT
    assert found == {(in_doubt, EmailKind.MESSAGE): 3, (in_doubt, EmailKind.DIGEST): 1}


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_supporters_who_sign_at_the_moment_put_no_digest_off(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    with runtime.database.transaction() as session:
        # As the INSERT of a message does, whose foreign key this is.
        session.execute(select(Official.id).with_for_update(read=True, key_share=True))
        compose(runtime, morning)
    assert states(runtime, "digest") == ["queued"]
