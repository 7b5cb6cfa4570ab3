"""Objects of mapped classes with encrypted texts: each text is bound to its row as it is stored.

A new object is given its number for that beforehand. What is no text (JSON, bytes) is stored by statements.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Mapper, object_session

from campaign.store.data_cipher import RowKey
from campaign.store.row_numbers import new_numbers
from campaign.store.tables.base import Base, table_of
from campaign.store.tables.encrypted import EncryptedText, Public, TextOfObject, key_in


@event.listens_for(Base, "before_insert", propagate=True)
def _bind_new(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    names = _texts_of(mapper)
    if names and "id" in vars(type(target)) and target.id is None:
        _number(connection, target)
    _bind(target, [name for name in names if vars(target).get(name)])


def _number(connection: Connection, target: Any) -> None:
    """Number a new object and all of its class that are flushed with it, in the order of their INSERTs."""
    session = object_session(target)
    alike = [one for one in session.new if type(one) is type(target)] if session else [target]
    unnumbered = [one for one in alike if one.id is None]
    unnumbered.sort(key=lambda one: inspect(one).insert_order)
    numbers = new_numbers(connection, table_of(type(target)), len(unnumbered))
    # On SQLite nobody knows yet of those that came with a number of their own.
    given = max((one.id for one in alike if one.id is not None), default=0)
    ahead = max(given + 1 - numbers[0], 0) if connection.dialect.name == "sqlite" else 0
    for one, number in zip(unnumbered, numbers, strict=True):
        one.id = number + ahead


@event.listens_for(Base, "before_update", propagate=True)
def _bind_changed(mapper: Mapper[Any], _connection: Connection, target: Any) -> None:
    attributes = inspect(target).attrs
    _bind(target, [name for name in _texts_of(mapper) if attributes[name].history.added])


def _bind(target: Any, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(target, name)
        if value and type(value) is not Public:
            bound = TextOfObject(value)
            bound.row = _row_of(target)
            setattr(target, name, bound)


def _row_of(target: Any) -> RowKey:
    """The key of an object's row; of one that has expired, its own attributes do not tell."""
    table, stored_as = table_of(type(target)), inspect(target).identity
    names = [key.name for key in table.primary_key] if stored_as else []
    return key_in(table, {**dict(zip(names, stored_as or (), strict=True)), **vars(target)})


@cache
def _texts_of(mapper: Mapper[Any]) -> tuple[str, ...]:
    return tuple(column.name for column in mapper.columns if isinstance(column.type, EncryptedText))
