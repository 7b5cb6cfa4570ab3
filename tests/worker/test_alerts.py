"""Organizers are told by mail what the queue needs of them, by whichever worker looks first."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.alerts import AlertKind
from campaign.domain.moderation import InvalidationRule
from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.domain.outcomes import Outcome, Unauthorized, Unknown
from campaign.domain.retention import PurgeKind
from campaign.domain.roles import Grant, Role, everywhere
from campaign.mail.email import Email
from campaign.runtime import Runtime, build_runtime
from campaign.services.accounts import organizers
from campaign.services.accounts.passwords import Passwords
from campaign.services.feedback import counters
from campaign.services.moderation import invalidation
from campaign.services.monitoring import alerts, health
from campaign.services.outbox import claim, delivery, heartbeat, provider_pauses
from campaign.services.outbox.claim import Route
from campaign.services.outbox.rate_limits import Limits, limits_of
from campaign.settings import Settings
from campaign.store.database import Database
from campaign.store.tables import Campaign, DomainTally, Organizer, OutboxEmail, PurgeRun
from campaign.worker import dispatcher, loop
from tests import make
from tests.conftest import Clock
from tests.fakes import ScriptedProvider, accept
from tests.queueing import enqueue, stored

pytestmark = pytest.mark.slow_on_postgresql

TITLE = "3 groups ask the minister to save the River Ondra"


@pytest.fixture
def desk(runtime: Runtime) -> alerts.AlertContext:
    limits = limits_of(runtime.settings)
    return alerts.AlertContext(runtime.renderer, "https://letters.example", limits, ("scripted",))


@pytest.fixture(autouse=True)
def team(database: Database, clock: Clock) -> None:
    with database.transaction() as session:
        for name, role in (
            ("ada", Role.OWNER),
            ("edi", Role.EDITOR),
            ("vi", Role.VIEWER),
            ("no", Role.OWNER),
        ):
            organizers.add(
                session,
                f"{name}@desk.example",
                role=role,
                password="marble otter kiosk plum",
                actor=COMMAND_LINE,
                now=clock(),
                passwords=Passwords(memory=8, passes=1, lanes=1),
            )
        session.execute(
            update(Organizer).where(Organizer.email == "no@desk.example").values(gets_alerts=False)
        )


def mails(database: Database) -> list[tuple[str, str]]:
    return [(one.to_address.partition("@")[0], one.subject) for one in stored(database, kind=EmailKind.ALERT)]


def watch(database: Database, desk: alerts.AlertContext, clock: Clock) -> None:
    with database.transaction() as session:
        alerts.check_and_notify(session, desk, now=clock())


def test_a_doubt_is_told_once_to_those_who_can_act_and_once_more_when_it_is_settled(
    runtime: Runtime,
    provider: ScriptedProvider,
    database: Database,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def lose(email: Email, attempt: int) -> Outcome:
        return Unknown("lost") if email.kind == EmailKind.MESSAGE else accept(email, attempt)

    provider.script = lose
    enqueue(database, clock(), 2)
    loop.drain(runtime, clock=clock)
    for _ in range(6):
        clock.forward(seconds=10)
        loop.drain(runtime, clock=clock)

    subject = "Emails in doubt are waiting for your decision"
    assert mails(database) == [("ada", subject), ("edi", subject)]
    assert {one.to_address for one in provider.sent if one.kind == EmailKind.ALERT} == {
        "ada@desk.example",
        "edi@desk.example",
    }
    assert "2 emails are in doubt" in stored(database, kind=EmailKind.ALERT)[0].text
    assert [(one.levelname, one.getMessage()) for one in caplog.records if "alert" in one.getMessage()] == [
        ("ERROR", "alert doubt begun")
    ]

    with database.transaction() as session:
        session.execute(
            update(OutboxEmail).where(OutboxEmail.kind == EmailKind.MESSAGE).values(state="delivered")
        )
    clock.forward(minutes=20)
    loop.drain(runtime, clock=clock)
    assert mails(database)[2:] == [("ada", "Email is working again"), ("edi", "Email is working again")]
    assert "None is now" in stored(database, kind=EmailKind.ALERT)[-1].text


def test_a_refused_key_is_told_when_mail_can_leave_again_and_until_then_stands_on_the_desk(
    runtime: Runtime,
    provider: ScriptedProvider,
    database: Database,
    clock: Clock,
    desk: alerts.AlertContext,
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider.script = lambda email, attempt: Unauthorized("401")
    enqueue(database, clock(), kind=EmailKind.CONFIRMATION)
    loop.drain(runtime, clock=clock)
    clock.forward(seconds=10)
    loop.drain(runtime, clock=clock)

    subject = "No email is being sent: scripted refuses the key"
    assert mails(database) == [("ada", subject), ("edi", subject)]
    assert {one.state for one in stored(database)} == {OutboxState.QUEUED}
    with database.reading() as session:
        found = health.check(session, limits=desk.limits, providers=desk.providers, now=clock())
        (shown,) = alerts.alerts_shown(session, found, everywhere(Role.OWNER))
    assert (shown.name, shown.began_at) == ("scripted", clock())
    caplog.set_level(logging.ERROR)
    assert "alert key_refused scripted begun" in caplog.text
    assert "desk.example" not in caplog.text

    provider.script = accept
    loop.drain(runtime, clock=clock)
    assert {one.state for one in stored(database)} == {OutboxState.ACCEPTED}


def test_a_refused_key_is_told_at_once_where_a_second_provider_stands_in(
    settings: Settings, provider: ScriptedProvider, database: Database, clock: Clock
) -> None:
    second = ScriptedProvider(name="second")
    provider.script = lambda email, attempt: Unauthorized("401")
    runtime = build_runtime(settings, provider=provider, second_provider=second)
    enqueue(database, clock(), kind=EmailKind.CONFIRMATION)
    for _ in range(2):
        loop.drain(runtime, clock=clock)
        clock.forward(seconds=10)
    runtime.close()

    assert [one.subject for one in second.sent if one.kind == EmailKind.ALERT] == [
        "No email is being sent: scripted refuses the key"
    ] * 2
    with database.reading() as session:
        counts = counters.outcomes(session)
    assert counts["second", "accepted"] == 2
    assert counts["scripted", "unauthorized"] >= 1


def test_a_worker_that_dies_is_noticed_within_a_minute(
    runtime: Runtime, database: Database, clock: Clock
) -> None:
    enqueue(database, clock(), 4)
    with database.transaction() as session:
        heartbeat.record(session, "dead", now=clock())
        claimed = claim.claim(
            session,
            "dead",
            route=Route("scripted"),
            limits=Limits(),
            batch=4,
            lease=dispatcher.LEASE,
            now=clock(),
        )
        delivery.mark_sending(session, claimed[:1], provider="scripted", lease=dispatcher.LEASE, now=clock())
    clock.forward(seconds=60)
    loop.drain(runtime, clock=clock)

    with database.reading() as session:
        assert heartbeat.workers_alive(session, now=clock()) == 0
    messages = stored(database, kind=EmailKind.MESSAGE)
    assert [one.state.value for one in messages] == ["in_doubt", "accepted", "accepted", "accepted"]
    assert [subject for _, subject in mails(database)] == [
        "Emails in doubt are waiting for your decision"
    ] * 2


def test_several_workers_tell_it_once(database: Database, clock: Clock, desk: alerts.AlertContext) -> None:
    enqueue(database, clock(), kind=EmailKind.CONFIRMATION, due_at=clock() - timedelta(hours=1))
    with database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.IN_DOUBT))
    for _ in range(3):
        watch(database, desk, clock)
    assert len(mails(database)) == 2
    clock.forward(hours=23)
    watch(database, desk, clock)
    assert len(mails(database)) == 2
    clock.forward(hours=1)
    watch(database, desk, clock)
    assert len(mails(database)) == 4


def test_what_begins_together_is_one_mail(
    database: Database, clock: Clock, desk: alerts.AlertContext
) -> None:
    enqueue(database, clock(), 2)
    with database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.IN_DOUBT))
        provider_pauses.pause_failing(
            session, "scripted", cause=PauseCause.UNAUTHORIZED, reason="401", now=clock()
        )
    watch(database, desk, clock)
    assert mails(database) == [
        ("ada", "2 things need you"),
        ("edi", "2 things need you"),
    ]
    mail = stored(database, kind=EmailKind.ALERT)[0]
    for words in (
        "scripted has refused our key",
        "2 emails are in doubt",
        f"{desk.public_url}/organizer/queue",
    ):
        assert words in mail.text
    assert mail.html
    assert "https://letters.example/organizer/account" in mail.html


def test_a_rush_from_one_domain_is_told_once_with_a_way_to_look_at_it(
    database: Database, clock: Clock, desk: alerts.AlertContext
) -> None:
    with database.transaction() as session:
        campaign = Campaign(slug="ondra", state="open", language="en", title="Ondra", created_at=clock())
        session.add(campaign)
        session.flush()
        session.add(
            DomainTally(
                campaign_id=campaign.id,
                domain="forge.example",
                recent=4999.7,
                weekly=5000.0,
                counted_until=clock(),
                rush_seen_at=clock(),
            )
        )
    watch(database, desk, clock)
    subject = "Many signatures from forge.example"
    # Edi may not see who signed: a mail domain may be one person's own.
    assert mails(database) == [("ada", subject), ("edi", "Many signatures from addresses at one domain")]
    mail, untold = stored(database, kind=EmailKind.ALERT)
    assert "forge" not in untold.text + untold.html
    assert "https://letters.example/organizer/campaigns/ondra\n" in untold.text
    look = "https://letters.example/organizer/campaigns/ondra/invalidations?domain=forge.example"
    for body in (mail.text, mail.html):
        assert "about 5000 in the last hour" in " ".join(body.split())
        assert look in body
    clock.forward(hours=2)
    watch(database, desk, clock)
    clock.forward(hours=2)
    watch(database, desk, clock)
    assert len(mails(database)) == 2


def test_what_is_about_one_campaign_is_told_to_those_who_may_change_it(
    database: Database, clock: Clock, desk: alerts.AlertContext
) -> None:
    with database.transaction() as session:
        ids = {}
        for slug in ("ondra", "weir"):
            campaign = Campaign(slug=slug, state="open", language="en", title=slug, created_at=clock())
            session.add(campaign)
            session.flush()
            ids[slug] = campaign.id
            organizers.add(
                session,
                f"{slug}@desk.example",
                role=None,
                campaigns={campaign.id: Grant(Role.EDITOR)},
                password="marble otter kiosk plum",
                actor=COMMAND_LINE,
                now=clock(),
                passwords=Passwords(memory=8, passes=1, lanes=1),
            )
        seen = {"counted_until": clock(), "rush_seen_at": clock()}
        session.add(
            DomainTally(campaign_id=ids["ondra"], domain="forge.example", recent=900, weekly=900, **seen)
        )
    watch(database, desk, clock)
    assert {name for name, _ in mails(database)} == {"ada", "edi", "ondra"}


def test_forms_that_are_held_and_signatures_that_wait_are_told_with_their_number_and_a_way_there(
    runtime: Runtime, database: Database, clock: Clock, desk: alerts.AlertContext
) -> None:
    page = make.campaign(runtime, now=clock())
    crowd = [
        make.new_form(page, now=clock(), email=f"{number}@mail.example", network="a1b2c3d4")
        for number in range(40)
    ]
    make.keep(runtime, *crowd)
    make.settle(runtime, now=clock())
    watch(database, desk, clock)
    subject = f"Forms for {TITLE} are on hold until you decide"
    assert mails(database) == [("ada", subject), ("edi", subject)]
    mail = stored(database, kind=EmailKind.ALERT)[0]
    for body in (mail.text, mail.html):
        assert "3 forms for" in body
        assert f"https://letters.example/organizer/campaigns/{make.SLUG}#held" in body
    clock.forward(hours=2)
    watch(database, desk, clock)
    assert len(mails(database)) == 2

    make.settle(runtime, now=clock())
    make.sign(runtime, page, now=clock(), is_suspected=True)
    make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=clock())
    clock.forward(minutes=1)
    watch(database, desk, clock)
    assert mails(database)[2:] == [
        (who, f"Signatures on {TITLE} are waiting for your decision") for who in ("ada", "edi")
    ]
    mail = stored(database, kind=EmailKind.ALERT)[2]
    for body in (mail.text, mail.html):
        assert "1 signature on" in body
        assert f"/organizer/campaigns/{make.SLUG}/supporters?state=suspected" in body


def test_what_is_kept_for_too_long_is_told_once_a_worker_has_had_an_hour_to_delete_it(
    database: Database, desk: alerts.AlertContext, clock: Clock
) -> None:
    with database.transaction() as session:
        session.execute(insert(PurgeRun).values(kind=PurgeKind.SIGNATURES, finished_at=clock()))
    clock.forward(days=2)
    for _ in range(15):
        watch(database, desk, clock)
        assert mails(database) == []
        clock.forward(minutes=4)
    watch(database, desk, clock)
    assert mails(database) == [
        ("ada", "Personal data is kept too long"),
        ("edi", "Personal data is kept too long"),
    ]
    (told, _) = stored(database, kind=EmailKind.ALERT)
    assert "Run “campaign purge” on the server" in told.text
    assert "campaign purge" in told.html
    with database.transaction() as session:
        session.execute(update(PurgeRun).values(finished_at=clock()))
    clock.forward(minutes=15)
    watch(database, desk, clock)
    over = stored(database, kind=EmailKind.ALERT)[-1]
    assert "there was personal data that should have been deleted" in over.text


def test_owners_hear_that_many_signatures_are_invalidated_until_it_is_undone(
    runtime: Runtime, database: Database, clock: Clock, desk: alerts.AlertContext
) -> None:
    make.campaign(runtime, now=clock())
    rule = InvalidationRule(domain="mail.example")
    with database.transaction() as session:
        runs = [
            invalidation.begin(
                session, make.SLUG, rule, expected=expected, reason="", actor=COMMAND_LINE, now=clock()
            )
            for expected in (99, 100)
        ]
    watch(database, desk, clock)
    subject = f"Many signatures on {TITLE} are being invalidated"
    assert mails(database) == [("ada", subject), ("edi", subject)]
    mail = stored(database, kind=EmailKind.ALERT)[0]
    for body in (mail.text, mail.html):
        assert "restore them" in body
        assert f"https://letters.example/organizer/campaigns/{make.SLUG}/invalidations" in body

    def shown() -> list[str]:
        with database.reading() as session:
            report = health.check(session, limits=desk.limits, providers=desk.providers, now=clock())
        return [one.subject for one in report.conditions if one.kind is AlertKind.INVALIDATED]

    assert shown() == [str(runs[1])]
    with database.transaction() as session:
        invalidation.undo(session, runs[1], actor=COMMAND_LINE, now=clock())
    assert shown() == []
