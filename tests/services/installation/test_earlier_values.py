"""What earlier versions stored, plain or bound to no row: read until a worker has bound it, never again."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import Column, select, text

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.data_keys import data_keys
from campaign.domain.tokens import key_fingerprint
from campaign.runtime import Runtime
from campaign.services.backups import backing_up
from campaign.services.installation import database_key, encryption
from campaign.store import earlier_values, encrypted_places, schema
from campaign.store.archive import write_archive
from campaign.store.data_cipher import DataCipher, UnreadableError, cipher_of
from campaign.store.database import Database
from campaign.store.tables import Message, Signature
from campaign.store.tables.encrypted import EncryptedJson, place_of_column
from tests.conftest import SECRET_KEY
from tests.services.installation import test_encryption
from tests.services.installation.test_encryption import (
    ADDRESS,
    ANSWER,
    HIDDEN_NAME,
    KEPT,
    OFFICE,
    POSTCODE,
    PUBLIC,
    WORDS,
    heads,
    read_all,
    stored,
    walk,
)

pytestmark = pytest.mark.slow_on_postgresql

site = test_encryption.site


def as_earlier_versions(cipher: DataCipher, column: Column[Any], value: Any, *, is_plain: bool) -> Any:
    """A value as versions stored it that encrypted nothing, or that bound nothing to its row."""
    if isinstance(column.type, EncryptedJson) and value is not None:
        value = json.dumps(value)
    if is_plain or not value or value == OFFICE:
        return value
    place = place_of_column(column)
    return (cipher.seal_unbound if isinstance(value, str) else cipher.seal_bytes_unbound)(value, place)


def store_as_before(database: Database, *, is_plain: bool) -> None:
    """Store all that is encrypted as an earlier version did, and say so as the upgrade does."""
    cipher = cipher_of(database.engine.dialect)
    with database.transaction() as session:
        for place in encrypted_places.encrypted_places():
            for row in session.execute(select(place.table)).mappings().all():
                values = {
                    one.name: as_earlier_versions(cipher, one, row[one.name], is_plain=is_plain)
                    for one in place.columns
                }
                assignments = ", ".join(f'"{name}" = :{name}' for name in values)
                this = {f"of_{key.name}": row[key.name] for key in place.table.primary_key}
                where = " AND ".join(f"{name.removeprefix('of_')} = :{name}" for name in this)
                session.execute(
                    text(f"UPDATE {place.table.name} SET {assignments} WHERE {where}"), {**values, **this}
                )
        earlier_values.let_be_read(session.connection(), cipher)


def walk_after_upgrade(site: Runtime, *, now: datetime) -> None:
    """Walk to the end, and once more when nothing of an earlier version can be on its way."""
    assert walk(site, now=now).is_waiting
    assert walk(site, now=now + timedelta(minutes=2)).is_done


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("is_plain", [True, False])
def test_what_was_plain_or_bound_to_no_row_before_is_readable_and_bound_by_the_worker(
    site: Runtime, now: datetime, monkeypatch: pytest.MonkeyPatch, is_plain: bool
) -> None:
    monkeypatch.setattr(encrypted_places, "IDS_AT_ONCE", 2)
    before = read_all(site.database)
    store_as_before(site.database, is_plain=is_plain)
    assert heads(site.database) == {"plain" if is_plain else "unbound"}
    assert read_all(site.database) == before
    database_key.check(site.settings)
    # Killed anywhere, it leaves everything readable, and the next one goes on.
    for _ in range(12):
        assert not walk(site, now=now, steps=1).is_done
        assert read_all(site.database) == before
    walk_after_upgrade(site, now=now)
    assert heads(site.database) == {data_keys(SECRET_KEY).newest.id}
    assert stored(site.database, WORDS, ANSWER, ADDRESS, KEPT, HIDDEN_NAME) <= PUBLIC
    assert read_all(site.database) == before


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("is_plain", [True, False])
def test_once_all_is_bound_an_old_copy_is_refused_and_no_walk_makes_it_good(
    site: Runtime, now: datetime, is_plain: bool
) -> None:
    database_key.check(site.settings)
    store_as_before(site.database, is_plain=is_plain)
    with site.database.reading() as session:
        old = session.execute(text("SELECT id, words FROM message WHERE words != ''")).one()
    walk_after_upgrade(site, now=now)
    # Whoever has the database and no key can begin a walk anew, and claim what they like.
    with site.database.transaction() as session:
        session.execute(text("UPDATE message SET words = :words WHERE id = :id"), dict(old._mapping))
        session.execute(text("INSERT INTO earlier_values (id, proof) VALUES (1, 'let me é')"))
        session.execute(text("UPDATE data_key SET encrypted_at = NULL, walk_began_at = NULL, at_table = 0"))
    for _ in range(2):
        with site.database.reading() as session:
            with pytest.raises(UnreadableError, match=r"message\.words is damaged"):
                session.scalars(select(Message)).all()
            assert [(one.table, one.row) for one in encryption.broken(session)] == [("message", old.id)]
        walk(site, now=now)


@pytest.mark.slow
def test_one_broken_value_leaves_no_other_of_its_row_behind(site: Runtime, now: datetime) -> None:
    store_as_before(site.database, is_plain=False)
    with site.database.transaction() as session:
        session.execute(text("UPDATE signature SET name = substr(name, 1, 60) WHERE postal_code != ''"))
    database_key.check(site.settings)
    walk_after_upgrade(site, now=now)
    with site.database.reading() as session:
        assert [(one.table, one.column) for one in encryption.broken(session)] == [("signature", "name")]
        beside = select(Signature.postal_code).where(Signature.postal_code != "")
        assert session.scalars(beside).all() == [POSTCODE]


def test_a_moved_name_does_not_stop_the_walk(site: Runtime, now: datetime) -> None:
    database_key.check(site.settings)
    name, other = "SELECT name FROM signature ORDER BY id LIMIT 1", "(SELECT max(id) FROM signature)"
    with site.database.reading() as session:
        moved = session.scalar(text(name))
    store_as_before(site.database, is_plain=False)
    with site.database.transaction() as session:
        session.execute(text(f"UPDATE signature SET name = :name WHERE id = {other}"), {"name": moved})
    walk_after_upgrade(site, now=now)
    with site.database.reading() as session:
        assert [(one.table, one.column) for one in encryption.broken(session)] == [("signature", "name")]


def test_what_an_earlier_version_had_on_its_way_at_the_upgrade_is_not_lost(
    site: Runtime, now: datetime
) -> None:
    before = read_all(site.database)
    database_key.check(site.settings)
    store_as_before(site.database, is_plain=False)
    with site.database.reading() as session:
        late = session.execute(text("SELECT id, words FROM message WHERE words != ''")).one()
    assert walk(site, now=now).is_waiting
    # It was begun before the upgrade, and ends when the walk has gone by.
    with site.database.transaction() as session:
        session.execute(text("UPDATE message SET words = :words WHERE id = :id"), dict(late._mapping))
    assert walk(site, now=now + timedelta(minutes=2)).is_done
    assert read_all(site.database) == before
    assert heads(site.database) == {data_keys(SECRET_KEY).newest.id}


def test_a_new_installation_takes_nothing_for_a_value_of_before(site: Runtime) -> None:
    with site.database.transaction() as session:
        session.execute(text("UPDATE message SET words = 'Let the river die'"))
    with pytest.raises(UnreadableError), site.database.reading() as session:
        session.scalars(select(Message.words)).all()


@pytest.fixture
def upgraded_again(site: Runtime) -> Iterator[None]:
    """Leaves the database as other tests expect it, whatever happened."""
    yield
    schema.upgrade(site.database)


@pytest.mark.slow
@pytest.mark.usefixtures("upgraded_again")
def test_the_upgrade_reads_all_and_the_way_back_leaves_nothing_plain(site: Runtime, now: datetime) -> None:
    before = read_all(site.database)
    secrets = (ADDRESS, KEPT, WORDS, ANSWER, HIDDEN_NAME, POSTCODE)
    database_key.check(site.settings)
    assert walk(site, now=now).is_done
    schema.downgrade(site.database, "0046")
    assert heads(site.database) == {"unbound"}
    assert stored(site.database, *secrets) <= PUBLIC
    schema.upgrade(site.database)
    assert read_all(site.database) == before
    with site.database.reading() as session:
        assert encryption.is_under_way(session)
    walk_after_upgrade(site, now=now)
    assert read_all(site.database) == before
    assert heads(site.database) == {data_keys(SECRET_KEY).newest.id}


@pytest.mark.slow
@pytest.mark.usefixtures("upgraded_again")
def test_a_backup_of_before_is_restored_and_walked_again(
    site: Runtime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_all(site.database)
    database_key.check(site.settings)
    assert walk(site, now=now).is_done
    schema.downgrade(site.database, "0046")
    file = BytesIO()
    with monkeypatch.context() as as_then:
        as_then.setattr(schema, "head_revision", lambda: "0046")
        fingerprint = key_fingerprint(site.settings.first_secret_key)
        write_archive(site.database, file, key_fingerprint=fingerprint, extra={}, now=now)
    schema.upgrade(site.database)
    walk_after_upgrade(site, now=now)

    with closing(Database(site.settings.database_url, data_keys=site.database.data_keys)) as database:
        by = {"settings": site.settings, "actor": COMMAND_LINE, "now": now}
        backing_up.restore(database, file, replace=True, moved=True, **by)
    assert heads(site.database) == {"unbound"}
    assert read_all(site.database) == before
    database_key.check(site.settings)
    walk_after_upgrade(site, now=now)
    assert heads(site.database) == {data_keys(SECRET_KEY).newest.id}
    assert read_all(site.database) == before
