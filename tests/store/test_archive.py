import io
import json
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pytest
from sqlalchemy import func, inspect, select, text

from campaign.domain.data_keys import data_keys
from campaign.errors import CampaignError, ConflictError, RefusedError
from campaign.runtime import Runtime
from campaign.services.outbox.restored import doubt_what_waited
from campaign.store import schema
from campaign.store.archive import OMITTED_TABLES, Manifest, read_archive, restore_archive, write_archive
from campaign.store.database import Database, Session
from campaign.store.tables import Base, Campaign, Supporter
from tests import databases, make
from tests.conftest import SECRET_KEY


def restore(
    database: Database,
    file: IO[bytes],
    folder: Path,
    *,
    replace: bool,
    before_commit: Callable[[Session, Manifest], None] = doubt_what_waited,
) -> None:
    restore_archive(database, file, staging=folder, replace=replace, before_commit=before_commit)


def leave_alone(session: Session, manifest: Manifest) -> None:
    """Nothing was sent since the backup."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def other_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A second database, without any table yet, on each engine in turn."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/other.db", data_keys=data_keys(SECRET_KEY))
        yield database
        database.close()
        return
    server = databases.postgresql_url()
    if server is None:
        pytest.skip(databases.why_no_postgresql())
    url = databases.create_database(server, databases.unique_name("other"))
    database = Database(url, data_keys=data_keys(SECRET_KEY))
    yield database
    database.close()
    databases.drop_database(url)


@pytest.fixture
def signed(runtime: Runtime, now: datetime) -> Runtime:
    """An installation with a campaign, a signature, and a form that waits to be confirmed."""
    page = make.campaign(runtime, now=now)
    everyone = tuple(official.id for official in page.officials)
    make.sign_and_confirm(
        runtime, page, now=now, name="رەنا ئىدرىس", officials=everyone, words="The river\nis my neighbour."
    )
    make.sign(runtime, page, now=now, name="卓玛", email="drolma@mail.example")
    return runtime


@pytest.fixture
def backup(signed: Runtime, now: datetime) -> io.BytesIO:
    return backed_up(signed.database, now)


def backed_up(database: Database, now: datetime) -> io.BytesIO:
    file = io.BytesIO()
    write_archive(database, file, key_fingerprint="f1", extra={"secret_key": b"of a test"}, now=now)
    file.seek(0)
    return file


def rewritten(backup: io.BytesIO, change: Callable[[dict[str, bytes]], None]) -> io.BytesIO:
    """The same backup with its members changed."""
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in OMITTED_TABLES
        }


@pytest.mark.slow
@pytest.mark.slow_on_postgresql
def test_a_backup_brings_everything_back_whichever_databases_it_leaves_and_enters(
    signed: Runtime, backup: io.BytesIO, other_database: Database, tmp_path: Path
) -> None:
    restore(other_database, backup, tmp_path, replace=False, before_commit=leave_alone)
    restored = content(other_database)
    assert restored == content(signed.database)
    assert len(restored["signature"]) == len(restored["supporter"]) == 1
    assert len(restored["signing_form"]) == 2
    schema.check(other_database)


@pytest.mark.slow_on_postgresql
def test_a_backup_does_not_tell_from_which_networks_people_came(signed: Runtime, now: datetime) -> None:
    signed.network_values.value("203.0.113.77", now)
    with zipfile.ZipFile(backed_up(signed.database, now)) as archive:
        assert not [name for name in archive.namelist() if "salt" in name]


@pytest.mark.slow
def test_mail_that_waited_in_a_backup_is_not_sent_a_second_time(
    signed: Runtime, backup: io.BytesIO, tmp_path: Path
) -> None:
    def states() -> Counter[tuple[str, str]]:
        return Counter((email.kind, email.state) for email in make.emails(signed))

    before = states()
    assert before["message", "queued"] > 0
    assert before["confirmation", "queued"] > 0
    restore(signed.database, backup, tmp_path, replace=True)
    after = states()
    assert after["message", "in_doubt"] == before["message", "queued"]
    assert not any(state == "queued" for _, state in after)
    assert after["message", "held"] == before["message", "held"]
    assert all(
        "backup of 2026-11-23" in (email.reason or "") for email in make.emails(signed, state="in_doubt")
    )


@pytest.mark.slow
def test_life_goes_on_after_a_restore(
    backup: io.BytesIO, other_database: Database, tmp_path: Path, now: datetime
) -> None:
    restore(other_database, backup, tmp_path, replace=False)
    with other_database.transaction() as session:
        highest = session.scalar(select(func.max(Supporter.id)))
        newcomer = Supporter(address_hash="0" * 64, email="new@mail.example", created_at=now)
        session.add(newcomer)
        session.flush()
        assert newcomer.id == highest + 1


@pytest.mark.slow
def test_a_database_with_data_is_left_alone_unless_told_to_replace(
    signed: Runtime, backup: io.BytesIO, tmp_path: Path, now: datetime
) -> None:
    with signed.database.transaction() as session:
        before = session.scalar(select(Campaign.title))
        session.execute(text("UPDATE campaign SET title = 'written after the backup'"))
    with pytest.raises(ConflictError, match="--replace"):
        restore(signed.database, backup, tmp_path, replace=False, before_commit=doubt_what_waited)
    with signed.database.reading() as session:
        assert session.scalar(select(Campaign.title)) == "written after the backup"
    restore(signed.database, backup, tmp_path, replace=True)
    with signed.database.reading() as session:
        assert session.scalar(select(Campaign.title)) == before


@pytest.mark.slow
def test_a_backup_of_an_earlier_schema_is_brought_to_the_present_one(
    signed: Runtime, backup: io.BytesIO, tmp_path: Path
) -> None:
    columns = columns_of("0014", tmp_path)
    names = {"job": "chore", "activity_lookup": "doubt_look_up"}

    def as_it_was(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["schema"] = "0014"
        for table in list(manifest["tables"]):
            rows = [json.loads(line) for line in members.pop(f"tables/{table}.jsonl").splitlines()]
            del manifest["tables"][table]
            if table == "link_token":
                rows = [row for row in rows if row["signature_id"] is not None]
            if table == "outbox_email":
                assert {row["erased_at"] for row in rows} == {None}
                rows[0]["to_address"] = ""
            old = names.get(table, table)
            if old in columns:
                kept = [{name: row[name] for name in row if name in columns[old]} for row in rows]
                members[f"tables/{old}.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in kept)
                manifest["tables"][old] = len(rows)
        members["manifest.json"] = json.dumps(manifest).encode()

    restore(signed.database, rewritten(backup, as_it_was), tmp_path, replace=True)
    first, *others = make.emails(signed)
    assert first.erased_at == first.created_at
    assert {email.erased_at for email in others} == {None}


def columns_of(revision: str, folder: Path) -> dict[str, set[str]]:
    """The columns of each table in an earlier schema."""
    database = Database(f"sqlite:///{folder}/{revision}.db")
    schema.upgrade(database, revision)
    found = inspect(database.engine)
    columns = {
        name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()
    }
    database.close()
    return columns


@pytest.mark.slow
def test_a_message_that_was_confirmed_and_not_written_out_in_a_backup_is_not_sent_twice(
    signed: Runtime, now: datetime, tmp_path: Path
) -> None:
    page = make.page(signed)
    everyone = tuple(official.id for official in page.officials)
    make.sign(signed, page, now=now, name="Ivo Marsh", email="ivo@mail.example", officials=everyone)
    make.press(signed, make.link(make.last_question(signed), "confirm"), now=now)
    backup = backed_up(signed.database, now)
    make.write_out(signed, now=now)
    restore(signed.database, backup, tmp_path, replace=True)
    make.write_out(signed, now=now)
    states = {email.state for email in make.emails(signed, kind="message", from_name="Ivo Marsh")}
    assert states == {"in_doubt"}


@pytest.mark.slow
def test_a_backup_goes_on_while_people_sign_and_shows_one_moment(signed: Runtime, now: datetime) -> None:
    class SigningMeanwhile(io.BytesIO):
        signed = False

        def write(self, data: Any, /) -> int:
            if not self.signed:
                self.signed = True
                make.sign_and_confirm(
                    signed, make.page(signed), now=now, name="Ivo Marsh", email="ivo@mail.example"
                )
            return super().write(data)

    file = SigningMeanwhile()
    manifest = write_archive(signed.database, file, key_fingerprint="f1", extra={}, now=now)
    counted = content(signed.database)
    assert len(counted["signature"]) == 2
    with zipfile.ZipFile(file) as archive:
        signatures = archive.read("tables/signature.jsonl").splitlines()
        supporters = archive.read("tables/supporter.jsonl").splitlines()
        [campaign] = map(json.loads, archive.read("tables/campaign.jsonl").splitlines())
    confirmed = [line for line in map(json.loads, signatures) if line["state"] == "confirmed"]
    assert campaign["signature_count"] == len(confirmed)
    assert len(supporters) == len(signatures) == manifest.tables["signature"]


@pytest.mark.slow
def test_a_restore_that_fails_at_the_last_moment_changes_nothing(
    signed: Runtime, backup: io.BytesIO, tmp_path: Path
) -> None:
    before = content(signed.database)

    def fail(session: Session, manifest: Manifest) -> None:
        raise RefusedError("The disk went away.")

    with pytest.raises(RefusedError, match="went away"):
        restore(signed.database, backup, tmp_path, replace=True, before_commit=fail)
    assert content(signed.database) == before
    assert not list(tmp_path.glob("restore-*"))


def without_a_table(members: dict[str, bytes]) -> None:
    del members["tables/supporter.jsonl"]


def without_a_row(members: dict[str, bytes]) -> None:
    members["tables/signature.jsonl"] = members["tables/signature.jsonl"].split(b"\n", 1)[1]


def with_a_signature_of_nobody(members: dict[str, bytes]) -> None:
    first, rest = members["tables/signature.jsonl"].split(b"\n", 1)
    changed = json.dumps({**json.loads(first), "supporter_id": 999_999}).encode()
    members["tables/signature.jsonl"] = changed + b"\n" + rest


def with_a_state_that_nobody_knows(members: dict[str, bytes]) -> None:
    members["tables/campaign.jsonl"] = members["tables/campaign.jsonl"].replace(b'"open"', b'"opened"')


def with_a_line_that_is_no_json(members: dict[str, bytes]) -> None:
    members["tables/ask.jsonl"] = b"{" + members["tables/ask.jsonl"]


def without_a_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "damage",
    [
        without_a_table,
        without_a_row,
        pytest.param(with_a_signature_of_nobody, marks=pytest.mark.slow),
        pytest.param(with_a_state_that_nobody_knows, marks=pytest.mark.slow),
        pytest.param(with_a_line_that_is_no_json, marks=pytest.mark.slow),
        without_a_manifest,
    ],
)
def test_a_damaged_backup_is_refused_and_changes_nothing(
    signed: Runtime,
    backup: io.BytesIO,
    tmp_path: Path,
    damage: Callable[[dict[str, bytes]], None],
) -> None:
    before = content(signed.database)
    with pytest.raises(RefusedError, match="damaged"):
        restore(
            signed.database,
            rewritten(backup, damage),
            tmp_path,
            replace=True,
            before_commit=doubt_what_waited,
        )
    assert content(signed.database) == before


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04", b"a letter, not a backup"])
def test_a_file_that_is_no_backup_is_refused(junk: bytes) -> None:
    with pytest.raises(RefusedError, match="no backup"):
        read_archive(io.BytesIO(junk))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_cut_short_or_scratched_is_noticed_on_reading_it_back(backup: io.BytesIO) -> None:
    whole = backup.getvalue()
    with pytest.raises(RefusedError):
        read_archive(io.BytesIO(whole[: len(whole) // 2]))
    start = whole.index(b"tables/signature.jsonl") + 60
    scratched = whole[:start] + bytes(32) + whole[start + 32 :]
    with pytest.raises(RefusedError):
        read_archive(io.BytesIO(scratched))


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_with_a_file_that_would_fill_the_memory_is_refused(backup: io.BytesIO) -> None:
    with zipfile.ZipFile(backup, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("something_else", bytes(1_000_000))
    backup.seek(0)
    with pytest.raises(RefusedError, match="no backup"):
        read_archive(backup)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_endless_line_in_a_backup_is_not_read_into_the_memory(
    backup: io.BytesIO, other_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.store.archive_rows.LONGEST_LINE", 1_000_000)
    monster = io.BytesIO()
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(monster, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            with new.open(name, "w") as written:
                written.write(old.read(name))
                for _ in range(300 if name == "tables/supporter.jsonl" else 0):
                    written.write(b" " * 1_000_000)
    for read in (read_archive, lambda file: restore(other_database, file, tmp_path, replace=True)):
        monster.seek(0)
        tracemalloc.start()
        with pytest.raises(RefusedError, match="a row that does not end"):
            read(monster)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 60_000_000


@pytest.mark.slow
def test_a_backup_of_a_newer_version_is_refused(signed: Runtime, backup: io.BytesIO, tmp_path: Path) -> None:
    def from_the_future(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps({**manifest, "schema": "9999"}).encode()

    with pytest.raises(ConflictError, match="newer version"):
        restore(
            signed.database,
            rewritten(backup, from_the_future),
            tmp_path,
            replace=True,
            before_commit=doubt_what_waited,
        )


def test_a_database_of_another_schema_is_not_backed_up(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(CampaignError, match="newer version"):
            backed_up(database, now)
    finally:
        with database.transaction() as session:
            session.execute(text(f"UPDATE alembic_version SET version_num = '{schema.head_revision()}'"))
