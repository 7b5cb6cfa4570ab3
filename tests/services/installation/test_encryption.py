"""What people gave is encrypted in the database, under a key that is not there, and stays readable."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text

from campaign.documents.tables.read_table import TableRead, read_table
from campaign.domain.actor import COMMAND_LINE, WORKER
from campaign.domain.count_log import blind_of
from campaign.domain.data_keys import data_keys
from campaign.domain.imports import ImportField, ImportSource
from campaign.domain.moderation import InvalidationRule
from campaign.domain.name_reports import ReportReason
from campaign.domain.signature import Visibility
from campaign.domain.traces import traced
from campaign.errors import ConflictError, UnavailableError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import signatories
from campaign.services.documents import exports
from campaign.services.imports import drafts
from campaign.services.installation import database_key, encryption
from campaign.services.installation.encryption import EncryptionProgress
from campaign.services.moderation import invalidation, name_reports
from campaign.services.seals import traces
from campaign.services.transparency import appending
from campaign.store import encrypted_places
from campaign.store.archive_rows import reflected_tables, rows_of
from campaign.store.data_cipher import MARK, UNBOUND_MARK, UnreadableError
from campaign.store.database import Database
from campaign.store.tables import Base, Message, OutboxEmail, Signature, SigningForm
from campaign.store.tables.core import data_key, message
from campaign.store.tables.encrypted import Encrypted
from campaign.worker import loop
from tests import make, updating
from tests.conftest import SECRET_KEY
from tests.mail.mails import mail
from tests.services.replies.test_replies import receive

pytestmark = pytest.mark.slow_on_postgresql

ADDRESS = "tursun.qadir@mail.example"
WORDS = "My sister was taken from Ghulja in April"
ANSWER = "The delegate will meet the families behind closed doors"
HIDDEN_NAME = "Tursunay Qadirova"
POSTCODE = "QX 90817"
OFFICE = "minister@waters.example"
KEPT = "waits.for.the.button@mail.example"
NEW_KEY = "n3wK-fT5qLz8Yb2RvH6mXc9JdG1sWp7E_uA4oQ"
# What is public of somebody who is named, and what its order gives: see docs/security.md.
PUBLIC = frozenset({"signature.wall_key", "signature.last_key"})


@pytest.fixture
def site(make_runtime: Callable[..., Runtime], now: datetime) -> Runtime:
    """A letter with one who is public, one who shows initials and one who is hidden, words and an answer."""
    site = make_runtime(reply_domain="replies.letters.example", from_address="Us <letters@river.example>")
    page = make.campaign(site, now=now)
    to_office = {"officials": (page.officials[0].id,), "words": WORDS}
    for number, visibility in enumerate((Visibility.PUBLIC, Visibility.INITIALS)):
        make.sign_and_confirm(
            site,
            page,
            now=now,
            name=f"Ada Pell {number}",
            email=f"ada{number}@mail.example",
            visibility=visibility,
        )
    hidden = {"name": HIDDEN_NAME, "email": ADDRESS, "postal_code": POSTCODE, "visibility": Visibility.HIDDEN}
    make.sign_and_confirm(site, page, now=now, **hidden, **to_office)
    [message] = make.emails(site, kind="message")
    receive(site, mail(ANSWER, to=str(message.reply_to)), now=now)
    with site.database.transaction() as session:
        appending.append(session, page.head.id, now=now)
    make.keep(site, make.new_form(page, now=now, name=HIDDEN_NAME, email=KEPT, **to_office))
    return site


def stored(database: Database, *texts: str) -> set[str]:
    """The columns in which the database itself has one of the texts, in whatever spelling."""
    found = set()
    wanted = traced(texts)
    with database.reading() as session:
        for table in reflected_tables(session.connection()):
            for row in rows_of(session.connection(), table):
                for name, value in row.items():
                    data = bytes(value) if isinstance(value, bytes) else str(value).encode()
                    if wanted.number_in(data):
                        found.add(f"{table.name}.{name}")
    return found


def files_of(database: Database) -> list[Path]:
    """The files of an SQLite database."""
    path = Path(database.engine.url.database or "")
    return [file for file in path.parent.glob(f"{path.name}*") if database.is_sqlite]


def walk(site: Runtime, *, now: datetime, steps: int = 1000) -> EncryptionProgress:
    """What a worker does of the walk in so many steps, or to its end."""
    assert site.database.data_keys is not None
    progress = EncryptionProgress(0)
    while steps and not (progress.is_done or progress.is_waiting):
        steps -= 1
        with site.database.transaction() as session:
            progress = encryption.step(session, site.database.data_keys, actor=WORKER, now=now)
    return progress


def heads(database: Database) -> set[str]:
    """The keys that the stored values name, and `plain` where one that is no office's address names none."""
    found = set()
    with database.reading() as session:
        for place in encrypted_places.encrypted_places():
            are_there = {one["name"] for one in inspect(session.connection()).get_columns(place.table.name)}
            columns = ", ".join(f'"{column.name}"' for column in place.columns if column.name in are_there)
            for row in session.execute(text(f"SELECT {columns} FROM {place.table.name}")):
                values = [bytes(one).decode("latin-1") if isinstance(one, bytes) else one for one in row]
                found |= {head_of(one) for one in values if one not in (None, "", "[]", OFFICE)}
    return found


def head_of(stored: str) -> str:
    """The key that a value names; bytes that are not encrypted may begin with any, and are short."""
    if len(stored) < 38 or stored[0] not in (MARK, UNBOUND_MARK):
        return "plain"
    return stored[1:9] if stored[0] == MARK else "unbound"


def read_all(database: Database) -> Sequence[Any]:
    """Everything that is encrypted, as the program reads it."""
    with database.reading() as session:
        return [
            tuple(row)
            for place in encrypted_places.encrypted_places()
            for row in session.execute(select(place.table).order_by(place.id))
        ]


def test_who_has_the_database_alone_reads_nothing_that_people_gave(site: Runtime, now: datetime) -> None:
    secrets = (ADDRESS, KEPT, WORDS, ANSWER, HIDDEN_NAME, POSTCODE, "ada0@mail.example", "ada1@mail.example")
    assert stored(site.database, *secrets) <= PUBLIC
    assert list(traces.in_files(files_of(site.database), traced(secrets))) == []
    # Nor does the log behind the count tell whether an address that one tries has signed.
    with site.database.reading() as session:
        entries = session.execute(text("SELECT blind, nonce FROM count_log_entry")).all()
    assert entries
    assert not {blind for blind, nonce in entries if blind_of(make.SLUG, ADDRESS, bytes(nonce)) == blind}
    # The same search finds each of them for whoever has the key.
    for secret in secrets:
        assert list(traces.in_tables(site.database, traced([secret]))), secret


def test_each_value_is_bound_to_its_column_and_what_was_changed_is_refused(
    site: Runtime, now: datetime
) -> None:
    with site.database.transaction() as session:
        session.execute(text("UPDATE message SET words = subject"))
    with (
        pytest.raises(UnreadableError, match=r"message\.words is damaged"),
        site.database.reading() as session,
    ):
        session.scalars(select(Message)).all()
    with site.database.reading() as session:
        broken = list(encryption.broken(session))
        assert [(one.table, one.column) for one in broken] == [("message", "words")]
        # What nobody asks for stops nobody.
        assert session.scalar(select(func.count()).select_from(message).where(message.c.words != "")) == 1


@pytest.mark.parametrize("is_moved", [False, True])
def test_one_broken_row_stops_neither_a_worker_nor_an_export(
    site: Runtime, now: datetime, is_moved: bool
) -> None:
    page = make.page(site)
    make.keep(site, *(make.new_form(page, now=now, email=f"new{number}@mail.example") for number in range(3)))
    with site.database.transaction() as session:
        waiting = session.scalars(select(SigningForm.id).where(SigningForm.state == "received")).all()
        queued = session.scalars(select(OutboxEmail.id).where(OutboxEmail.state == "queued")).all()
        signed = session.scalars(select(Signature.id).order_by(Signature.id)).all()
        for table, column, row, other in (
            ("signing_form", "email", waiting[1], waiting[0]),
            ("outbox_email", "subject", queued[0], queued[1]),
            ("signature", "name", signed[1], signed[0]),
        ):
            cut = f"substr({column}, 1, 60)"
            moved = f"(SELECT {column} FROM {table} WHERE id = {other})"
            session.execute(
                text(f"UPDATE {table} SET {column} = {moved if is_moved else cut} WHERE id = {row}")
            )
    loop.drain(site, clock=lambda: now)
    with site.database.reading() as session:
        states = dict(session.execute(select(SigningForm.id, SigningForm.state)).all())
        assert [states[id_] for id_ in waiting[:3]].count("ended") == 1
        sent = dict(session.execute(select(OutboxEmail.id, OutboxEmail.state)).all())
        assert sent[queued[0]] == "failed"
        assert {sent[id_] for id_ in queued[1:]} == {"accepted"}
    # One name less is on the page, and it is there.
    with site.database.reading() as session:
        assert len(signatories.latest(session, page.head.id)) == 1
    with site.database.transaction() as session:
        ordered = exports.request_export(
            session, make.SLUG, format="csv", preset=None, actor=COMMAND_LINE, now=now
        )
    listed = b"".join(exports.chunks(site.database, ordered)).decode()
    assert listed.count("(unreadable)") >= 1
    assert HIDDEN_NAME in listed


# Those of the other tables take seconds together.
_IN_EVERY_RUN = {"outbox_email", "signature"}


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(table, marks=[pytest.mark.slow] * (table not in _IN_EVERY_RUN))
        for table in sorted({place.table.name for place in encrypted_places.encrypted_places()})
    ],
)
def test_whatever_row_is_broken_all_jobs_of_the_worker_are_done_for_the_others(
    site: Runtime, now: datetime, table: str
) -> None:
    page = make.page(site)
    more = {"updates": True, "consent_wording": "Yes", "officials": (page.officials[1].id,)}
    make.sign_and_confirm(site, page, now=now, name="Lin", email="lin@mail.example", **more)
    with site.database.transaction() as session:
        session.execute(text("UPDATE official SET digest_mode = 'daily', digest_threshold = 1"))
        session.execute(text("UPDATE signature SET is_logged = false"))
        begun = InvalidationRule(domain="forge.example")
        invalidation.begin(session, make.SLUG, begun, expected=0, reason="", actor=COMMAND_LINE, now=now)
        report = {"reason": ReportReason.FALSE, "words": "Not she", "now": now}
        lin = make.signature_of(session, "Lin")
        name_reports.report(session, page.head.id, lin.id, **report)
    enter_list(site, read_table(b"Name,Email\nAda,ada@mail.example\n"), now)
    updating.approved(site, now=now)
    (place,) = [one for one in encrypted_places.encrypted_places() if one.table.name == table]
    with site.database.transaction() as session:
        key, names = place.id.name, [column.name for column in place.columns]
        first = session.scalar(select(func.min(place.id)))
        for name in names:
            cut = f"UPDATE {table} SET {name} = substr({name}, 1, 60) WHERE {key} = :first"
            session.execute(text(f"{cut} AND {name} IS NOT NULL"), {"first": first})
    make.keep(site, make.new_form(page, now=now, email="late@mail.example"))
    for minutes in (0, 30):
        loop.drain(site, clock=lambda at=minutes: now + timedelta(minutes=at))
    with site.database.transaction() as session:
        appending.append(session, page.head.id, now=now)
        last = select(OutboxEmail.state).where(OutboxEmail.kind == "confirmation")
        assert session.scalars(last.order_by(OutboxEmail.id.desc())).first() == "accepted"
        jobs = ("invalidation", "signature_import", "campaign_update")
        states = [session.scalar(text(f"SELECT state FROM {job}")) for job in jobs]
        assert states == ["done", "done", "sent"]
        assert session.scalar(text("SELECT count(*) FROM signature WHERE NOT is_logged")) == 0
        assert session.scalar(text("SELECT count(*) FROM domain_tally")) > 0


def enter_list(site: Runtime, table: TableRead, now: datetime) -> None:
    """Have a table of one signature entered."""
    mapping = {0: ImportField.NAME, 1: ImportField.EMAIL}
    how = {"note": "A list", "asks_to_confirm": False, "only_good": False, "key": site.address_key}
    with site.database.transaction() as session:
        campaign_id = make.page(site).head.id
        import_id = drafts.keep(
            session, make.SLUG, table, ImportSource.PAPER, mapping={}, actor=COMMAND_LINE, now=now
        )
        drafts.begin(session, campaign_id, import_id, mapping, **how, actor=COMMAND_LINE, now=now)


def test_the_database_is_never_asked_what_it_cannot_know() -> None:
    for question in (
        lambda: message.c.words == "river",
        lambda: message.c.words.like("r%"),
        message.c.words.asc,
    ):
        with pytest.raises(TypeError, match="encrypted"):
            question()


def test_every_encrypted_column_is_bound_to_its_own_place() -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Encrypted):
                assert column.type.place == f"{table.name}.{column.name}"


@pytest.mark.slow
def test_a_new_key_is_brought_in_while_the_site_runs_and_the_old_one_goes(
    site: Runtime, make_runtime: Callable[..., Runtime], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encrypted_places, "IDS_AT_ONCE", 2)
    before = read_all(site.database)
    database_key.check(site.settings)
    assert walk(site, now=now).is_done

    middle_key = "m1ddle-Vq8RzT4yJb7LdXw2NfK9hS5cG0pE_uA"
    middle = make_runtime(secret_key=middle_key, secret_key_fallbacks=(SECRET_KEY,))
    database_key.check(middle.settings)
    assert read_all(middle.database) == before
    # A process that still has the old key alone writes nothing more under it.
    with pytest.raises(UnavailableError, match="being updated"), make_runtime().database.transaction():
        pass
    walk(middle, now=now, steps=4)
    assert heads(middle.database) == {*data_keys(middle_key, (SECRET_KEY,)).ids}
    assert read_all(middle.database) == before

    # Before it is done, another key comes, and the one between is dropped too early: one clear sentence.
    rotated = make_runtime(secret_key=NEW_KEY, secret_key_fallbacks=(middle_key, SECRET_KEY))
    database_key.check(rotated.settings)
    too_early = make_runtime(secret_key=NEW_KEY, secret_key_fallbacks=(SECRET_KEY,))
    with pytest.raises(ConflictError, match="a secret key that is missing here"):
        database_key.check(too_early.settings)
    assert walk(rotated, now=now).is_waiting
    assert heads(rotated.database) == {data_keys(NEW_KEY).newest.id}
    assert walk(rotated, now=now + timedelta(minutes=2)).is_done

    database_key.check(too_early.settings)
    assert read_all(too_early.database) == before
    with too_early.database.reading() as session:
        assert session.scalars(select(data_key.c.id)).all() == [data_keys(NEW_KEY).newest.id]
        assert not list(encryption.broken(session))
        assert "database.reencrypt" in {entry.action for entry in audit_log.entries(session, limit=3)}
