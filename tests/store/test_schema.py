from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from campaign.domain.actor import COMMAND_LINE
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.campaigns import quiet_mode
from campaign.store import schema
from campaign.store.database import Database
from campaign.store.tables import Base, Campaign, Signature
from tests import make


def test_the_migrations_make_exactly_the_tables_the_code_knows(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_migrated_database_is_found_in_order(migrated: Database) -> None:
    schema.check(migrated)
    schema.upgrade(migrated)
    assert schema.current_revision(migrated.engine) == schema.head_revision()


@pytest.mark.slow
def test_every_migration_can_be_taken_back(migrated: Database) -> None:
    try:
        schema.downgrade(migrated, "base")
        assert set(inspect(migrated.engine).get_table_names()) <= {"alembic_version"}
    finally:
        schema.upgrade(migrated)
    schema.check(migrated)


@pytest.mark.slow
def test_migrations_back_and_forth_keep_what_people_wrote(migrated: Database) -> None:
    with migrated.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO campaign (id, slug, state, language, title, created_at)"
            " VALUES (1, 'ondra', 'open', 'en', 'Save the Ondra', '2026-03-04 12:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO official (id, campaign_id, position, role, name, address)"
            " VALUES (1, 1, 1, 'addressee', 'Mara Lindqvist', '[]')"
        )
    schema.downgrade(migrated, "0005")
    schema.upgrade(migrated)
    with migrated.engine.begin() as connection:
        kept = "SELECT campaign.title, official.name FROM official JOIN campaign ON campaign.id = campaign_id"
        assert connection.exec_driver_sql(kept).all() == [("Save the Ondra", "Mara Lindqvist")]
        connection.exec_driver_sql("DELETE FROM campaign")


@pytest.mark.slow
def test_what_pages_have_shown_of_signers_they_go_on_showing(migrated: Database) -> None:
    schema.downgrade(migrated, "0016")
    signature = (
        "INSERT INTO signature (id, campaign_id, supporter_id, letter_version_id, state, name, capacity,"
        " visibility, updates, language, signed_at, confirmed_at) VALUES"
    )
    moments = {number: f"2026-03-0{number} 12:00:00" for number in (1, 2)}
    statements = (
        "INSERT INTO campaign (id, slug, state, language, title, created_at, signature_count)"
        " VALUES (1, 'ondra', 'open', 'en', 'Ondra', '2026-03-01 09:00:00', 2)",
        "INSERT INTO campaign (id, slug, state, language, title, created_at, signature_count)"
        " VALUES (2, 'new', 'draft', 'en', 'New', '2026-03-01 09:00:00', 0)",
        "INSERT INTO letter_version (id, campaign_id, number, language, introduction, conclusion, addressees,"
        " warnings, created_at) VALUES (1, 1, 1, 'en', '[]', '[]', '[]', '[]', '2026-03-01 09:00:00')",
        "INSERT INTO initial_signatory (id, campaign_id, position, kind) VALUES (1, 1, 1, 'organization'),"
        " (2, 1, 2, 'organization'), (3, 1, 3, 'person')",
        *(
            f"INSERT INTO supporter (id, address_hash, created_at) VALUES ({number}, '{number}', '{moment}')"
            for number, moment in moments.items()
        ),
        *(
            f"{signature} ({number}, 1, {number}, 1, 'confirmed', '{name}', 'myself', '{visibility}', false,"
            f" 'en', '{moment}', '{moment}')"
            for (number, moment), name, visibility in zip(
                moments.items(), ("Ann Öst", "Bea"), ("public", "hidden"), strict=True
            )
        ),
    )
    try:
        with migrated.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        schema.upgrade(migrated)
        with migrated.reading() as session:
            campaigns = session.scalars(select(Campaign).order_by(Campaign.id)).all()
            assert [campaign.shown_count for campaign in campaigns] == [2, 0]
            assert [campaign.first_organizations for campaign in campaigns] == [2, 0]
            assert [campaign.first_people for campaign in campaigns] == [1, 0]
            last = datetime(2026, 3, 2, 12, tzinfo=UTC)
            assert [campaign.shown_until for campaign in campaigns] == [last, None]
            # Who is named has a place on the wall from then on, and nobody else.
            keys = select(Signature.wall_key, Signature.last_key).order_by(Signature.id)
            assert [tuple(row) for row in session.execute(keys)] == [
                (b"\0ann ost", b"\0ost ann"),
                (None, None),
            ]
    finally:
        schema.upgrade(migrated)
        with migrated.engine.begin() as connection:
            for table in ("initial_signatory", "signature", "supporter", "letter_version", "campaign"):
                connection.exec_driver_sql(f"DELETE FROM {table}")


@pytest.mark.slow
def test_what_was_erased_asked_and_processed_is_known_under_its_new_names_and_back(
    migrated: Database,
) -> None:
    schema.downgrade(migrated, "0014")
    columns = "public_id, kind, state, to_address, language, subject, created_at, due_at, settled_at"
    times = "'2026-03-04 12:00:00', '2026-03-04 12:00:00'"
    emails = f"INSERT INTO outbox_email (id, {columns}) VALUES"
    report = "(event_id, public_id, kind, occurred_at, received_at, digested_at) VALUES"
    old = (
        f"{emails} (1, 'a', 'message', 'failed', '', 'en', '', {times}, '2026-03-05 12:00:00')",
        f"{emails} (2, 'b', 'message', 'sending', '', 'en', '', {times}, NULL)",
        f"{emails} (3, 'c', 'message', 'in_doubt', 'mara@waters.example', 'en', '', {times}, NULL)",
        f"INSERT INTO delivery_event {report} ('e1', 'a', 'dropped', {times}, '2026-03-06 12:00:00')",
        f"INSERT INTO delivery_event {report} ('e2', 'c', 'deferred', {times}, NULL)",
        "INSERT INTO doubt_look_up (email_id, tries, looked_at, next_at, note)"
        " VALUES (3, 2, '2026-03-06 12:00:00', NULL, 'unknown')",
        "INSERT INTO chore (name, next_at) VALUES ('look_up', '2026-03-07 12:00:00')",
    )
    new = (
        "SELECT id FROM outbox_email WHERE erased_at IS NOT NULL ORDER BY id",
        "SELECT id FROM outbox_email WHERE erased_at = settled_at OR id = 2 AND erased_at = created_at",
        "SELECT event_id FROM delivery_event WHERE processed_at IS NULL",
        "SELECT tries, note FROM activity_lookup WHERE asked_at = '2026-03-06 12:00:00'",
        "SELECT name FROM job WHERE next_at = '2026-03-07 12:00:00'",
    )
    kept = [[(1,), (2,)], [(1,), (2,)], [("e2",)], [(2, "unknown")], [("activity_lookup",)]]
    try:
        with migrated.engine.begin() as connection:
            for statement in old:
                connection.exec_driver_sql(statement)
        for _ in range(2):
            schema.upgrade(migrated)
            with migrated.engine.connect() as connection:
                assert [connection.exec_driver_sql(query).all() for query in new] == kept
            schema.downgrade(migrated, "0014")
        with migrated.engine.connect() as connection:
            back = "SELECT name, digested_at FROM chore, delivery_event WHERE event_id = 'e2'"
            assert connection.exec_driver_sql(back).all() == [("look_up", None)]
    finally:
        schema.upgrade(migrated)
        with migrated.engine.begin() as connection:
            for table in ("activity_lookup", "job", "delivery_event", "outbox_email"):
                connection.exec_driver_sql(f"DELETE FROM {table}")


@pytest.mark.slow
def test_removed_and_suspected_signatures_do_not_count_again_when_the_schema_goes_back(
    migrated: Database,
) -> None:
    at = "'2026-03-04 12:00:00'"
    lists = "addressees, introduction, conclusion, warnings"
    form = "campaign_id, supporter_id, letter_version_id, name, capacity, visibility, updates, language"
    rows = (
        "INSERT INTO campaign (id, slug, state, language, title, created_at)"
        f" VALUES (1, 'ondra', 'open', 'en', 'Save the Ondra', {at})",
        f"INSERT INTO letter_version (id, campaign_id, language, number, {lists}, created_at)"
        f" VALUES (1, 1, 'en', 1, '[]', '[]', '[]', '[]', {at})",
        f"INSERT INTO supporter (id, address_hash, created_at) VALUES (1, 'a', {at}), (2, 'b', {at})",
        f"INSERT INTO signature (id, state, {form}, signed_at) VALUES"
        f" (1, 'suspected', 1, 1, 1, 'Ada', 'myself', 'public', '0', 'en', {at}),"
        f" (2, 'removed', 1, 2, 1, 'Lin', 'myself', 'public', '0', 'en', {at})",
        "INSERT INTO invalidation (id, campaign_id, rule, reason, state, begun_at, expected)"
        f" VALUES (1, 1, '{{}}', '', 'done', {at}, 1)",
        "INSERT INTO removal (signature_id, state_before, reason, removed_at, invalidation_id)"
        f" VALUES (2, 'confirmed', '', {at}, 1)",
        "INSERT INTO domain_tally (id, campaign_id, domain, recent, weekly, counted_until)"
        f" VALUES (1, 1, 'mail.example', 1.5, 2.5, {at})",
    )
    with migrated.engine.begin() as connection:
        for row in rows:
            connection.exec_driver_sql(row)
    schema.downgrade(migrated, "0016")
    schema.upgrade(migrated)
    with migrated.engine.begin() as connection:
        states = connection.exec_driver_sql("SELECT state FROM signature ORDER BY id").scalars().all()
        assert states == ["invalidated", "removed"]
        for table in ("invalidation", "removal", "domain_tally"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
        for table in ("signature", "supporter", "campaign"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


@pytest.mark.slow
def test_sealed_signatures_go_on_counting_when_the_schema_goes_back(
    migrated: Database, runtime: Runtime, now: datetime
) -> None:
    make.campaign(runtime, now=now)
    make.seal_key(runtime, now=now)
    make.sign_sealed(runtime, make.page(runtime), now=now)
    make.keep(runtime, make.sealed_form(make.page(runtime), now=now, email="other@mail.example"))
    make.keep(runtime, make.new_form(make.page(runtime), now=now, email="third@mail.example"))
    schema.downgrade(runtime.database, "0038")
    with migrated.reading() as session:
        (visibility,) = session.execute(text("SELECT visibility FROM signature")).scalars()
        forms = session.execute(text("SELECT state, email FROM signing_form ORDER BY id")).all()
    assert visibility == "hidden"
    third = ("received", "third@mail.example")
    assert [tuple(form) for form in forms] == [("written", ""), ("ended", ""), third]
    schema.upgrade(migrated)
    assert make.signature_count(runtime) == 1


@pytest.mark.slow
def test_code_from_before_quiet_campaigns_sends_no_news_of_them_and_takes_no_signatures(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    make.campaign(runtime, now=now, slug="another")
    make.sign_and_confirm(runtime, page, now=now, updates=True)
    with runtime.database.transaction() as session:
        quiet_mode.turn_on(session, page.head.slug, has_reply_domain=True, actor=COMMAND_LINE, now=now)
    schema.downgrade(runtime.database, "0041")
    with runtime.database.reading() as session:
        signature = session.execute(text("SELECT name, updates FROM signature")).one()
        states = session.execute(text("SELECT state FROM campaign ORDER BY id")).scalars().all()
    assert tuple(signature) == ("Rana Idris", False)
    assert states == ["closed", "open"]
    schema.upgrade(runtime.database)
    assert make.signature_count(runtime) == 1


@pytest.mark.slow
def test_campaigns_that_closed_long_ago_keep_who_signed_for_four_weeks_after_the_upgrade(
    migrated: Database,
) -> None:
    schema.downgrade(migrated, "0016")
    now = datetime.now(UTC)
    columns = "id, slug, state, language, title, created_at, closed_at"
    rows = [
        (1, "long-ago", "closed", now - timedelta(days=400)),
        (2, "lately", "closed", now - timedelta(days=5)),
        (3, "open", "open", now - timedelta(days=400)),
    ]
    try:
        with migrated.engine.begin() as connection:
            for id_, slug, state, closed_at in rows:
                at = closed_at.strftime("%Y-%m-%d %H:%M:%S")
                connection.exec_driver_sql(
                    f"INSERT INTO campaign ({columns})"
                    f" VALUES ({id_}, '{slug}', '{state}', 'en', 'Save', '{at}', '{at}')"
                )
        schema.upgrade(migrated)
        with migrated.engine.connect() as connection:
            days = (
                connection.exec_driver_sql("SELECT retention_days FROM campaign ORDER BY id").scalars().all()
            )
        assert days == [429, None, None]
    finally:
        schema.upgrade(migrated)
        with migrated.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM campaign")


def test_a_database_newer_than_the_code_is_left_alone(migrated: Database) -> None:
    head = schema.head_revision()
    _stamp(migrated, "9999")
    try:
        for action in (schema.check, schema.upgrade):
            with pytest.raises(ConflictError, match="newer version of this program"):
                action(migrated)
    finally:
        _stamp(migrated, head)


def test_an_empty_database_is_said_to_be_empty(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(ConflictError, match="campaign db upgrade"):
        schema.check(database)
    database.close()


def _stamp(database: Database, revision: str) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
