"""Who signed is forgotten in time; the count and what people were told stand."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.alerts import AlertKind
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.outbox import OutboxState
from campaign.domain.retention import FORM_DAYS, OVERDUE_AFTER, PERSONAL_DATA_DAYS
from campaign.domain.signature import Capacity, SignatureState, Visibility
from campaign.errors import ConflictError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, signatories
from campaign.services.documents.exports import write_supporters
from campaign.services.feedback import suppressions
from campaign.services.monitoring import health
from campaign.services.outbox.rate_limits import limits_of
from campaign.services.retention import settings
from campaign.services.retention.purge import ROWS_AT_ONCE
from campaign.services.retention.settings import RetentionDetails
from campaign.services.signatures import self_service
from campaign.store.tables import (
    AuditEntry,
    Consent,
    LinkToken,
    OutboxEmail,
    Signature,
    Supporter,
    Suppression,
)
from campaign.store.tables.base import table_of
from campaign.worker import retention
from campaign.worker.retention import RetentionJob, RetentionRun
from tests import make
from tests.bound_rows import insert_rows
from tests.conftest import Clock
from tests.services.retention.conftest import Purged, close

pytestmark = pytest.mark.slow_on_postgresql

SECRET = "The old mill at Ondra lies dry since autumn"
RANA = {
    "officials": (1,),
    "words": SECRET,
    "organization": "Mill Street Choir",
    "role": "Treasurer",
    "postal_code": "QZ-4711",
    "country": "FR",
    "source": "newsletter-of-rana",
}


@pytest.fixture
def signed(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None]
) -> Callable[[], None]:
    """Rana has signed with her own words and all there is to say, and Bo without a word."""
    rana = {**RANA, "officials": (page.officials[0].id, page.officials[2].id)}
    make.sign_and_confirm(runtime, page, now=clock(), **rana)
    make.sign_and_confirm(
        runtime, page, now=clock(), name="Bo Ek", email="bo@mail.example", visibility=Visibility.INITIALS
    )
    deliver()
    return deliver


def signatures(runtime: Runtime) -> list[Signature]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Signature).order_by(Signature.id)))


def names_shown(runtime: Runtime, page: CampaignPage) -> list[str | None]:
    with runtime.database.reading() as session:
        return [one.name for one in signatories.latest(session, page.head.id)]


def set_retention(runtime: Runtime, days: str, *, clock: Clock, keep_public_names: bool = False) -> None:
    details = RetentionDetails(days=days, keep_public_names=keep_public_names)
    with runtime.database.transaction() as session:
        settings.change(session, make.SLUG, details, actor=COMMAND_LINE, now=clock())


def test_a_form_that_nobody_confirms_is_gone_after_14_days(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    make.sign(runtime, page, now=clock(), **{**RANA, "officials": (page.officials[0].id,)})
    deliver()
    clock.forward(days=FORM_DAYS, seconds=-1)
    assert "forms" not in purge()
    clock.forward(seconds=1)
    assert purge()["forms"] == 1
    assert signatures(runtime) == []
    with runtime.database.reading() as session:
        assert session.scalars(select(Supporter)).all() == []
    assert {email.to_address for email in make.emails(runtime)} == {""}
    assert not list(runtime.settings.outbox_folder.glob("*.eml"))


@pytest.mark.usefixtures("signed")
def test_who_signed_is_forgotten_90_days_after_the_close_and_goes_on_counting(
    runtime: Runtime, page: CampaignPage, clock: Clock, purge: Purged
) -> None:
    clock.forward(days=300)
    assert "signatures" not in purge()
    close(runtime, now=clock())
    clock.forward(days=1)
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS - 1, seconds=-1)
    assert "signatures" not in purge()
    assert names_shown(runtime, page)
    clock.forward(seconds=1)
    assert purge()["signatures"] == 2
    rana, _ = signatures(runtime)
    assert (rana.name, rana.organization, rana.role, rana.postal_code, rana.source) == (
        "",
        None,
        None,
        None,
        None,
    )
    assert (rana.country, rana.language, rana.number, rana.state) == ("FR", "en", 1, SignatureState.CONFIRMED)
    assert rana.confirmed_at is not None
    assert f"{rana.confirmed_at:%d %H:%M:%S}" == "23 00:00:00"
    assert names_shown(runtime, page) == []
    assert make.signature_count(runtime) == 2
    assert make.page(runtime).retention.purged_at == clock()
    with runtime.database.reading() as session:
        assert {supporter.email for supporter in session.scalars(select(Supporter))} == {None}
        for table in (Consent, LinkToken):
            assert session.scalars(select(table)).all() == []
    assert {email.to_address for email in make.emails(runtime)} == {""}
    assert purge() == {}
    exported = BytesIO()
    write_supporters(
        runtime.database,
        make.SLUG,
        format="csv",
        preset=None,
        out=exported,
        actor=COMMAND_LINE,
        now=clock(),
    )
    assert len(exported.getvalue().splitlines()) == 1


@pytest.mark.usefixtures("signed")
def test_after_the_close_nothing_in_the_database_or_on_the_disk_says_who_signed(
    runtime: Runtime, clock: Clock, tmp_path: Path, purge: Purged, run: Callable[..., RetentionRun]
) -> None:
    needles = [b"rana@mail.example", b"bo@mail.example", b"Rana Idris", b"Bo Ek", SECRET.encode(), b"QZ-4711"]
    needles += [b"newsletter-of-rana", b"Mill Street Choir", b"Treasurer"]

    def hits() -> set[bytes]:
        runtime.database.truncate_wal()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {needle for path in files for needle in needles if needle in path.read_bytes()}

    if runtime.database.is_sqlite:
        assert hits() == set(needles)
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS)
    purge()
    if runtime.database.is_sqlite:
        assert hits() == set()
    assert not list(runtime.settings.outbox_folder.glob("*.eml"))


@pytest.mark.slow
def test_thousands_are_forgotten_page_by_page_campaign_by_campaign(
    runtime: Runtime, page: CampaignPage, clock: Clock, purge: Purged
) -> None:
    other = make.campaign(runtime, now=clock(), slug="save-the-forest")
    number = 2 * ROWS_AT_ONCE + 7
    with runtime.database.transaction() as session:
        for first, shown in ((1000, page), (5000, other)):
            rows = [
                {
                    "id": first + n,
                    "campaign_id": shown.head.id,
                    "supporter_id": first + n,
                    "letter_version_id": shown.letter.id,
                    "state": SignatureState.CONFIRMED,
                    "name": f"Signer {n}",
                    "capacity": Capacity.MYSELF,
                    "visibility": Visibility.PUBLIC,
                    "updates": False,
                    "language": "en",
                    "signed_at": clock(),
                    "confirmed_at": clock(),
                }
                for n in range(number)
            ]
            people = [
                {
                    "id": row["id"],
                    "address_hash": f"{row['id']:064}",
                    "email": "a@b.example",
                    "created_at": clock(),
                }
                for row in rows
            ]
            insert_rows(session, table_of(Supporter), people)
            insert_rows(session, table_of(Signature), rows)
    for slug in (make.SLUG, "save-the-forest"):
        close(runtime, now=clock(), slug=slug)
    clock.forward(days=PERSONAL_DATA_DAYS)
    assert purge() == {"signatures": 2 * number}
    assert {signature.name for signature in signatures(runtime)} == {""}
    for slug in (make.SLUG, "save-the-forest"):
        assert make.page(runtime, slug).retention.purged_at == clock()


@pytest.mark.usefixtures("signed")
def test_an_address_that_wants_no_mail_is_known_by_its_code_alone(
    runtime: Runtime, clock: Clock, purge: Purged
) -> None:
    with runtime.database.transaction() as session:
        suppressions.add(
            session, "rana@mail.example", key=runtime.address_key, actor=COMMAND_LINE, now=clock()
        )
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS)
    purge()
    with runtime.database.reading() as session:
        (left,) = session.scalars(select(Suppression)).all()
    assert left.address_hash
    assert left.masked == ""


def test_names_shown_in_full_stay_only_where_people_were_told_so(
    runtime: Runtime, page: CampaignPage, clock: Clock, purge: Purged
) -> None:
    set_retention(runtime, "", clock=clock, keep_public_names=True)
    make.sign_and_confirm(runtime, page, now=clock(), role="Treasurer", organization="Mill Street Choir")
    make.sign_and_confirm(
        runtime, page, now=clock(), name="Bo Ek", email="bo@mail.example", visibility=Visibility.INITIALS
    )
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS)
    with runtime.database.transaction() as session:
        session.execute(
            update(OutboxEmail).values(state=OutboxState.ACCEPTED, settled_at=clock() - timedelta(days=1))
        )
    assert purge()["signatures"] == 2
    assert names_shown(runtime, page) == ["Rana Idris"]
    with runtime.database.reading() as session:
        (shown,) = signatories.latest(session, page.head.id)
        assert {supporter.email for supporter in session.scalars(select(Supporter))} == {None}
    assert (shown.organization, shown.title) == ("Mill Street Choir", None)


@pytest.mark.usefixtures("signed")
def test_who_has_signed_elsewhere_is_known_there_and_nothing_leads_from_there_to_here(
    runtime: Runtime, clock: Clock, purge: Purged
) -> None:
    clock.forward(hours=1)
    other = make.campaign(runtime, now=clock(), slug="save-the-forest")
    make.sign_and_confirm(runtime, other, now=clock())
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS)
    assert purge()["signatures"] == 2
    here, _, there = signatures(runtime)
    assert (here.name, there.name) == ("", "Rana Idris")
    assert here.supporter_id != there.supporter_id
    with runtime.database.reading() as session:
        assert session.get_one(Supporter, there.supporter_id).email == "rana@mail.example"
        assert session.get_one(Supporter, here.supporter_id).email is None


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("state", [OutboxState.QUEUED, OutboxState.IN_DOUBT])
def test_whose_message_waits_or_is_in_doubt_is_known_until_it_has_come_to_its_end(
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    signed: Callable[[], None],
    purge: Purged,
    state: OutboxState,
) -> None:
    (email,) = make.emails(runtime, kind="message")
    set_email_state(runtime, email.id, state)
    close(runtime, now=clock())
    version = make.page(runtime).head.version
    clock.forward(days=PERSONAL_DATA_DAYS)
    assert purge()["signatures"] == 1
    assert [signature.name for signature in signatures(runtime)] == ["Rana Idris", ""]
    assert make.page(runtime).retention.purged_at is None
    assert make.page(runtime).head.version > version, "a kept page would still show the name"
    set_email_state(runtime, email.id, OutboxState.ACCEPTED, clock)
    assert purge()["signatures"] == 1
    assert make.page(runtime).retention.purged_at == clock()


def set_email_state(runtime: Runtime, email_id: int, state: OutboxState, clock: Clock | None = None) -> None:
    with runtime.database.transaction() as session:
        session.execute(
            update(OutboxEmail)
            .where(OutboxEmail.id == email_id)
            .values(state=state, settled_at=clock() if clock else None)
        )


def test_whoever_is_suspected_is_forgotten_in_time_though_nobody_ever_looked(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    make.sign_and_confirm(
        runtime, page, now=clock(), officials=(page.officials[0].id,), words="My well.", is_suspected=True
    )
    deliver()
    assert [email.state for email in make.emails(runtime, kind="message")] == [OutboxState.HELD]
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS)
    assert purge()["signatures"] == 1
    (signature,) = signatures(runtime)
    assert (signature.name, signature.state) == ("", SignatureState.SUSPECTED)
    (message,) = make.emails(runtime, kind="message")
    assert (message.state, message.from_name, message.text) == (OutboxState.CANCELLED, None, "")
    assert make.page(runtime).retention.purged_at == clock()


def test_who_erases_themselves_leaves_no_file_of_the_local_provider_either(
    runtime: Runtime, page: CampaignPage, clock: Clock, deliver: Callable[[], None], purge: Purged
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    manage = make.link(make.emails(runtime, kind="thanks")[0], "manage")
    deliver()
    assert len(list(runtime.settings.outbox_folder.glob("*.eml"))) == 3
    with runtime.database.transaction() as session:
        self_service.erase(session, manage, now=clock())
    assert purge()["files"] == 3
    assert not list(runtime.settings.outbox_folder.glob("*.eml"))


def test_a_promise_can_be_made_shorter_and_never_longer_once_somebody_signed(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    set_retention(runtime, "200", clock=clock)
    assert make.page(runtime).retention.days == 200
    version = make.page(runtime).head.version
    make.sign_and_confirm(runtime, page, now=clock())
    set_retention(runtime, "60", clock=clock)
    assert make.page(runtime).head.version > version
    for days, keep in (("61", False), ("", False), ("60", True)):
        with pytest.raises(ConflictError, match="shorter time, not longer"):
            set_retention(runtime, days, clock=clock, keep_public_names=keep)
    for days in ("27", "3651", "-1", "ninety", "9" * 30):
        with pytest.raises(RefusedError, match="whole number of days"):
            set_retention(runtime, days, clock=clock)
    with runtime.database.reading() as session:
        entries = session.scalars(
            select(AuditEntry.details)
            .where(AuditEntry.action == "campaign.retention")
            .order_by(AuditEntry.id)
        ).all()
    assert [entry["days"] for entry in entries] == [200, 60]


@pytest.mark.usefixtures("signed")
def test_a_campaign_that_is_opened_again_keeps_who_signs_from_then_on(
    runtime: Runtime, page: CampaignPage, clock: Clock, signed: Callable[[], None], purge: Purged
) -> None:
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS)
    purge()
    with runtime.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.OPEN, actor=COMMAND_LINE, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), name="Cy Dahl", email="cy@mail.example")
    signed()
    assert "signatures" not in purge()
    assert names_shown(runtime, page) == ["Cy Dahl"]
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS)
    assert purge()["signatures"] == 1


@pytest.mark.usefixtures("signed")
def test_one_row_that_cannot_be_deleted_stops_nothing_and_organizers_are_told(
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    run: Callable[..., RetentionRun],
    caplog: pytest.LogCaptureFixture,
) -> None:
    stuck = signatures(runtime)[0].id
    refuse_changes(runtime, stuck)
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS, seconds=-1)
    run()
    clock.forward(seconds=1)
    done = run()
    assert (done.deleted["signatures"], done.failed["signatures"]) == (1, 1)
    assert f"signatures: {stuck} is due and could not be deleted" in caplog.text
    assert "Rana" not in caplog.text
    assert "mail.example" not in caplog.text
    assert [signature.name for signature in signatures(runtime)] == ["Rana Idris", ""]
    with runtime.database.reading() as session:
        details = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "purge")).all()[-1]
        assert (details["signatures"], details["failed"]) == (1, 1)
        audit_log.verify(session)
    assert not is_overdue(runtime, clock)
    clock.forward(days=OVERDUE_AFTER.days)
    run()
    assert is_overdue(runtime, clock)
    allow_changes(runtime)
    run()
    assert not is_overdue(runtime, clock)


def test_organizers_are_told_when_nothing_was_deleted_for_two_days(
    runtime: Runtime, clock: Clock, run: Callable[..., RetentionRun]
) -> None:
    assert not is_overdue(runtime, clock)
    run()
    clock.forward(days=OVERDUE_AFTER.days, seconds=-1)
    assert not is_overdue(runtime, clock)
    clock.forward(seconds=1)
    assert is_overdue(runtime, clock)


def is_overdue(runtime: Runtime, clock: Clock) -> bool:
    with runtime.database.reading() as session:
        report = health.check(session, limits=limits_of(runtime.settings), providers=("local",), now=clock())
    return report.has(AlertKind.PURGE_OVERDUE)


def refuse_changes(runtime: Runtime, signature_id: int) -> None:
    """Let the database refuse every change of one signature."""
    with runtime.database.transaction() as session:
        if runtime.database.is_sqlite:
            session.execute(
                text(
                    "CREATE TRIGGER stuck BEFORE UPDATE ON signature WHEN"
                    f" OLD.id = {signature_id} BEGIN SELECT RAISE(ABORT, 'rana@mail.example'); END"
                )
            )
        else:
            session.execute(
                text(f"ALTER TABLE signature ADD CONSTRAINT stuck CHECK (id <> {signature_id}) NOT VALID")
            )


def allow_changes(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        drop = "TRIGGER stuck" if runtime.database.is_sqlite else "CONSTRAINT stuck"
        session.execute(
            text(f"DROP {drop}" if runtime.database.is_sqlite else f"ALTER TABLE signature DROP {drop}")
        )


def test_a_worker_deletes_by_itself_an_hour_after_the_last_time(
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    signed: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "SECONDS_AT_A_TIME", 60)
    close(runtime, now=clock())
    clock.forward(days=PERSONAL_DATA_DAYS)
    job = RetentionJob(runtime.database, runtime.settings.outbox_folder, runtime.settings.prepared_folder)
    job.go_on(clock())
    assert [signature.name for signature in signatures(runtime)] == ["", ""]
    with runtime.database.reading() as session:
        (entry,) = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "purge")).all()
    assert (entry["signatures"], entry["by"]) == (2, "worker")
    clock.forward(days=OVERDUE_AFTER.days)
    assert is_overdue(runtime, clock)
    job.go_on(clock())
    assert not is_overdue(runtime, clock)
