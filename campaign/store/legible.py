"""Rows among many: a text that no key opens is empty on a page of them or in a batch, and stops no other."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, type_coerce
from sqlalchemy.orm import Bundle, InstrumentedAttribute

from campaign.store.tables.base import Base
from campaign.store.tables.encrypted import EncryptedText, ShownText


def legible(column: Column[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """An encrypted text as a page of many shows it."""
    kind = column.type
    assert isinstance(kind, EncryptedText)
    return type_coerce(column, ShownText(kind.place)).label(column.key or "")


def is_there(column: Column[Any] | InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Whether a text is stored, readable or not, as `has_<name>`."""
    return (column != "").label(f"has_{column.key}")


def is_whole(row: Row[Any], columns: Iterable[Column[Any]]) -> bool:
    """Whether all that is stored of these columns, which were asked for in both ways, can be read."""
    return all(bool(getattr(row, f"has_{one.key}")) == bool(getattr(row, str(one.key))) for one in columns)


def legible_row(entity: type[Base]) -> Bundle[Any]:
    """All columns of a table as such a page shows them: what has the attributes of a row, and is none."""
    columns = (getattr(entity, column.key) for column in entity.__mapper__.columns)
    return Bundle(
        entity.__tablename__,
        *(legible(column) if isinstance(column.type, EncryptedText) else column for column in columns),
    )
