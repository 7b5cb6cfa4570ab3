"""Columns that are encrypted in the database and plain everywhere else.

None and the empty text stay as they are, so that a statement can ask whether anything is there. What is in
them can be neither compared nor ordered by the database: a comparison that could never be true is an error.
DISTINCT, GROUP BY and ORDER BY are not noticed, and tell nothing.

Each value is bound to the row it is in. A statement hands it over as `InRow` (see `in_row`; objects of mapped
classes see to that themselves, in `encrypted_rows`), and every SELECT brings the key of its row along.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

from sqlalchemy import (
    ClauseElement,
    Column,
    ColumnElement,
    Dialect,
    LargeBinary,
    RowMapping,
    Table,
    Text,
    cast,
    literal_column,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnClause, Label, TypeCoerce
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType, eq, is_, is_not, ne
from sqlalchemy.types import TypeDecorator

from campaign.store.data_cipher import DataCipher, Place, RowKey, UnreadableError, cipher_of

log = logging.getLogger(__name__)
# Where values of `Public` are beside those of people.
_WITH_PUBLIC = frozenset({"outbox_email.to_address"})


class Public(str):
    """A text that is stored as it is, since it is public: an office's address in a column of people's."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class InRow:
    """A value with the key of the row that it is written into."""

    row: RowKey
    value: Any


class TextOfObject(str):
    """A text of a mapped object with the key of its row, for the one statement that stores it."""

    __slots__ = ("row",)
    row: RowKey | None


class _Unordered(TypeDecorator.Comparator[Any]):
    """Knows whether anything is there, and refuses all other questions."""

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        if op in (is_, is_not) or (op in (eq, ne) and _may_be_equal(other[0])):
            return super().operate(op, *other, **kwargs)
        raise TypeError(f"{self.expr} is encrypted: the database cannot compare or order it")


def _may_be_equal(other: Any) -> bool:
    # SQLAlchemy itself compares columns, to find them in its own mappings.
    return isinstance(other, (ClauseElement, Public)) or other is None or other == ""


class Encrypted(TypeDecorator[Any]):
    """What the kinds of columns have in common: a value is bound to its place, `table.column`, and row."""

    cache_ok = True
    impl: Any = Text
    comparator_factory = _Unordered
    # What stays as it is: a statement can ask for it.
    empty: Any = ""
    _empty_stored: Any = ""
    _colon: Any = ":"

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        table, column = place.split(".")
        self.whole_place = Place(table, column, may_be_public=place in _WITH_PUBLIC)

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        """Have a SELECT give the key of its row with a value."""
        bare = _bare(column)
        return type_coerce(row_key(bare) + literal_column("':'", Text()) + type_coerce(bare, Text()), self)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        held = value.value if type(value) is InRow else value
        if held is None:
            return None
        if held == self.empty:
            return self._empty_stored
        if type(held) is Public and self.whole_place.may_be_public:
            return str(held)
        return self._sealed(cipher_of(dialect), held, self._row_of(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        row, found, stored = value.partition(self._colon)
        if not found or not row[:1].isdigit():
            raise TypeError(f"a value of {self.place} came without the key of its row")
        return self._opened(cipher_of(dialect), stored, row) if stored else self.empty

    def _row_of(self, value: Any) -> RowKey:
        """The row for which somebody hands a value over; TypeError where nobody says."""
        if type(value) is InRow:
            return value.row
        if type(value) is TextOfObject and value.row is not None:
            # For one statement alone: in another it could be meant for another row.
            row, value.row = value.row, None
            return row
        raise TypeError(f"a value for {self.place} has to say of which row it is")

    def _sealed(self, cipher: DataCipher, value: Any, row: RowKey) -> Any:
        return cipher.seal(value, self.whole_place, row)

    def _opened(self, cipher: DataCipher, stored: Any, row: Any) -> Any:
        return cipher.open(stored, self.whole_place, row)


class EncryptedText(Encrypted):
    """A text."""

    cache_ok = True


class ShownText(EncryptedText):
    """A text among many on one page: one that no key opens is empty, and keeps nobody from the others."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        try:
            return super().process_result_value(value, dialect)
        except UnreadableError as error:
            log.error("left out of a list: %s", error)
            return ""


class EncryptedJson(Encrypted):
    """Lists and mappings; None is no value, and an empty list is stored as an empty text."""

    cache_ok = True

    @property
    def empty(self) -> Any:
        return []

    def _sealed(self, cipher: DataCipher, value: Any, row: RowKey) -> Any:
        return cipher.seal(json.dumps(value, ensure_ascii=False), self.whole_place, row)

    def _opened(self, cipher: DataCipher, stored: Any, row: Any) -> Any:
        return json.loads(cipher.open(stored, self.whole_place, row))


class EncryptedBytes(Encrypted):
    """Bytes."""

    cache_ok = True
    impl = LargeBinary
    empty = _empty_stored = b""
    _colon = b":"

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        bare = _bare(column)
        return type_coerce(_KeyAndBytes(row_key(bare), type_coerce(bare, LargeBinary())), self)

    def _sealed(self, cipher: DataCipher, value: Any, row: RowKey) -> Any:
        return cipher.seal_bytes(value, self.whole_place, row)

    def _opened(self, cipher: DataCipher, stored: Any, row: Any) -> Any:
        return cipher.open_bytes(stored, self.whole_place, row.decode())


class _KeyAndBytes(FunctionElement[bytes]):
    """The key of a row, a colon, and bytes."""

    name = "key_and_bytes"
    type = LargeBinary()
    inherit_cache = True


@compiles(_KeyAndBytes, "sqlite")
def _in_sqlite(element: _KeyAndBytes, compiler: SQLCompiler, **kwargs: Any) -> str:
    key, data = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"CAST({key} || ':' || {data} AS BLOB)"


@compiles(_KeyAndBytes, "postgresql")
def _in_postgresql(element: _KeyAndBytes, compiler: SQLCompiler, **kwargs: Any) -> str:
    key, data = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"convert_to({key} || ':', 'UTF8') || {data}"


def in_row(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values as a statement takes them, its key among them."""
    row, bound = key_in(table, values), dict(values)
    for name in _encrypted_columns(table):
        value = bound.get(name)
        if value is not None and type(value) is not Public:
            bound[name] = InRow(row, value)
    return bound


def key_in(table: Table, values: Mapping[str, Any] | RowMapping) -> RowKey:
    """The key of a row that has these values."""
    keys = _key_columns(table)
    return values[keys[0]] if len(keys) == 1 else ".".join(str(values[key]) for key in keys)


@cache
def _encrypted_columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if isinstance(column.type, Encrypted))


@cache
def _key_columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def as_stored(column: Column[Any]) -> ColumnElement[Any]:
    """A column as the database has it, to be opened by whoever reads it."""
    kind = LargeBinary() if isinstance(column.type, EncryptedBytes) else Text()
    return type_coerce(column, kind).label(column.name)


def place_of_column(column: Column[Any]) -> Place:
    """Where a column's values are, as the cipher asks for it."""
    assert isinstance(column.type, Encrypted)
    return column.type.whole_place


def row_key(column: ColumnElement[Any]) -> ColumnElement[str]:
    """The key of a column's row, as text; TypeError for what is no column, or comes without its key."""
    if not isinstance(column, ColumnClause) or column.table is None:
        raise TypeError(f"{column} is encrypted, and of no row that the database could tell")
    own = _bare(next(iter(column.base_columns))).table
    keys = [column.table.corresponding_column(key) for key in own.primary_key]
    if any(key is None for key in keys):
        raise TypeError(f"{column} is encrypted: select the key of its row with it")
    point = literal_column("'.'", Text())
    return reduce(lambda first, second: first + point + second, (cast(key, Text()) for key in keys))


def _bare(column: Any) -> ColumnElement[Any]:
    """The column itself, without the name or the type that a statement gives it."""
    while isinstance(column, (Label, TypeCoerce)):
        column = column.element if isinstance(column, Label) else column.typed_expression
    return column  # type: ignore[no-any-return]
