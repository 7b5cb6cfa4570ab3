"""No statement writes into an encrypted column what could not be read there again.

Those that are made once are looked at here; `tests.encrypted_writes.refuse` looks at all others as tests run
them.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from sqlalchemy import Executable, bindparam, case, func, insert, literal, null, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import ValuesBase

import campaign
from campaign.store.database import Database
from campaign.store.encrypted_places import encrypted_places
from campaign.store.insert_new import InsertNew, InsertOrLock
from campaign.store.prepared import Prepared
from campaign.store.tables import Message
from campaign.store.tables.core import message, official, outbox_body, outbox_email, signing_form
from campaign.store.tables.encrypted import InRow, Public
from tests.encrypted_writes import EncryptedWriteError, faults

PACKAGE = Path(campaign.__file__).parent
_UPSERT = sqlite.insert(message)
_THIS = message.c.id == 7
_EACH = message.c.id == bindparam("of_row")
_ENCRYPTED = {place.table.name: [column.name for column in place.columns] for place in encrypted_places()}


def made_once() -> Iterator[tuple[str, ValuesBase]]:
    """Every UPDATE and INSERT of a module, also those that are kept prepared."""
    for found in walk_packages(campaign.__path__, "campaign."):
        if "migrations" in found.name or found.name.endswith("__main__"):
            continue
        for name, value in vars(import_module(found.name)).items():
            for statement in _statements(value):
                yield f"{found.name}.{name}", statement


def _statements(value: Any) -> Iterator[ValuesBase]:
    if type(value) in (InsertNew, InsertOrLock):
        value = value._statement
    if type(value) is Prepared:
        made = value._statement
        value = made if isinstance(made, Executable) else made("sqlite")
    if issubclass(type(value), ValuesBase):
        yield value


def test_no_statement_that_is_made_once_writes_what_nobody_can_read() -> None:
    looked_at = dict(made_once())
    assert {
        "campaign.services.signatures.asking._MAILED",
        "campaign.services.signatures.anonymizing._ANONYMIZE",
    } <= {*looked_at}
    assert {name: found for name, made in looked_at.items() if (found := list(faults(made)))} == {}


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (update(message).where(_THIS).values(words="plain"), "of no row"),
        (insert(message).values(words="plain"), "of no row"),
        (insert(message).values([{"words": "plain"}]), "of no row"),
        (update(Message).where(Message.id == 7).values(words="plain"), "of no row"),
        (update(message).values(words=InRow(7, "It")), "many rows"),
        (update(message).where(message.c.signature_id == 7).values(words=InRow(7, "It")), "many rows"),
        (update(message).where(message.c.id.in_([7, 8])).values(words=InRow(7, "It")), "many rows"),
        (update(message).where(_THIS | (message.c.id == 8)).values(words=InRow(7, "It")), "many rows"),
        (update(message).where(message.c.id != 7).values(words=bindparam("words")), "many rows"),
        (update(message).where(signing_form.c.id == 7).values(words=bindparam("words")), "many rows"),
        (update(message).where(_THIS).values(words=message.c.subject), "what stands in message.subject"),
        (update(Message).values(words=Message.subject), "what stands in message.subject"),
        (
            update(message).values({message.c.words: outbox_email.c.subject}),
            "what stands in outbox_email.subject",
        ),
        (
            update(message).values(words=func.coalesce(message.c.subject, "")),
            "what stands in message.subject",
        ),
        (
            update(message).values(words=case((_THIS, message.c.subject), else_=message.c.words)),
            "what stands in message.subject",
        ),
        (
            update(message).values(words=select(outbox_body.c.text).limit(1).scalar_subquery()),
            "what stands in outbox_body.text",
        ),
        (
            _UPSERT.on_conflict_do_update(["id"], set_={"words": message.c.subject}),
            "what stands in message.subject",
        ),
        (
            _UPSERT.on_conflict_do_update(["id"], set_={"words": _UPSERT.excluded.words}),
            "what stands in excluded.words",
        ),
    ],
)
def test_each_such_write_is_found(statement: ValuesBase, fault: str) -> None:
    (found,) = faults(statement)
    assert fault in found


@pytest.mark.parametrize(
    "statement",
    [
        update(message).where(_THIS).values(words=InRow(7, "It")),
        update(message).where(_THIS & (message.c.signature_id == 3)).values(words=InRow(7, "It")),
        update(message).where(_EACH, message.c.own_words.is_(None)).values(words=bindparam("words")),
        update(message).values(words="", subject=null()),
        update(outbox_email).values(to_address=Public("office@waters.example"), reply_to=None),
        update(outbox_email).values(
            to_address=func.coalesce(
                select(official.c.email).limit(1).scalar_subquery(), outbox_email.c.to_address
            )
        ),
        update(message).values(own_words=literal(3)),
        insert(message).values(words=InRow(7, "It")),
    ],
)
def test_what_is_read_again_may_be_written(statement: ValuesBase) -> None:
    assert list(faults(statement)) == []


def test_it_is_refused_in_every_test_that_runs_it(database: Database) -> None:
    for statement in (
        update(message).values(words=message.c.subject),
        update(Message).values(words=InRow(7, "It")),
    ):
        with pytest.raises(EncryptedWriteError), database.transaction() as session:
            session.execute(statement)


def raw_writes(source: str) -> list[str]:
    """The encrypted columns that SQL in a text writes into."""
    found = []
    for table, columns in _ENCRYPTED.items():
        for sets in re.findall(
            rf"UPDATE\s+{table}\s+SET\s+(.*?)(?:WHERE|$)", source, re.IGNORECASE | re.DOTALL
        ):
            found += [f"{table}.{name}" for name in columns if re.search(rf'\b{name}"?\s*=', sets)]
        if re.search(rf"INSERT\s+INTO\s+{table}\b", source, re.IGNORECASE):
            found.append(table)
    return found


def test_no_sql_in_a_text_writes_any() -> None:
    assert raw_writes("UPDATE message SET own_words = 1, words = 'It' WHERE id = 7") == ["message.words"]
    assert raw_writes("INSERT INTO signing_form (email) VALUES ('a')") == ["signing_form"]
    files = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]
    assert {path.name: found for path in files if (found := raw_writes(path.read_text()))} == {}
