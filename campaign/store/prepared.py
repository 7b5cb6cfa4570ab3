"""Statements for the hottest path: compiled once for each database, and run by the driver itself.

What SQLAlchemy does for each execution (events, contexts, result objects) costs about a tenth of a
millisecond, several times what SQLite needs for the statement itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler

Row = Mapping[str, Any]


class Transaction(Protocol):
    """Where a statement runs: a connection of SQLAlchemy's, or a PlainTransaction."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def connection(self) -> Any: ...


@dataclass(frozen=True)
class PlainTransaction:
    """A transaction on a connection of the driver, which knows prepared statements only."""

    dialect: Dialect
    connection: Any


@dataclass(frozen=True)
class _Compiled:
    sql: str
    in_order: Callable[[Row], tuple[Any, ...]] | None
    processors: Mapping[str, Callable[[Any], Any]]
    constants: Row

    def parameters(self, row: Row) -> Any:
        """The row as the driver takes it: by place or by name, each value as its column's type stores it."""
        values = {**self.constants, **row}
        for name, process in self.processors.items():
            values[name] = process(values[name])
        return self.in_order(values) if self.in_order is not None else values


class Prepared:
    """One statement; `columns` names the parameters that every run gives, beside the constants in it.

    It may be made from a function of the dialect's name, where the databases spell it differently.
    """

    def __init__(
        self, statement: Executable | Callable[[str], Executable], *, columns: Iterable[str]
    ) -> None:
        self._statement = statement
        self._columns = list(columns)
        self._compiled: dict[Dialect, _Compiled] = {}

    def one(self, transaction: Transaction, row: Row) -> tuple[Any, ...] | None:
        """The first row that the statement gives back, as the driver has it."""
        compiled = self._for(transaction.dialect)
        cursor = self._cursor(transaction)
        try:
            cursor.execute(compiled.sql, compiled.parameters(row))
            first: tuple[Any, ...] | None = cursor.fetchone()
            return first
        finally:
            cursor.close()

    def all(self, transaction: Transaction, row: Row) -> list[tuple[Any, ...]]:
        """All rows that the statement gives back, as the driver has them."""
        compiled = self._for(transaction.dialect)
        cursor = self._cursor(transaction)
        try:
            cursor.execute(compiled.sql, compiled.parameters(row))
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def changed(self, transaction: Transaction, row: Row) -> int:
        """How many rows the statement has changed."""
        compiled = self._for(transaction.dialect)
        cursor = self._cursor(transaction)
        try:
            cursor.execute(compiled.sql, compiled.parameters(row))
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def many(self, transaction: Transaction, rows: Iterable[Row]) -> None:
        """Run it for each row; nothing is given back."""
        compiled = self._for(transaction.dialect)
        cursor = self._cursor(transaction)
        try:
            cursor.executemany(compiled.sql, [compiled.parameters(row) for row in rows])
        finally:
            cursor.close()

    @staticmethod
    def _cursor(transaction: Transaction) -> Any:
        return transaction.connection.cursor()

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect)
        if found is None:
            statement = self._statement(dialect.name) if callable(self._statement) else self._statement
            compiled = statement.compile(dialect=dialect, column_keys=self._columns)  # type: ignore[attr-defined]
            found = self._compiled[dialect] = _compiled(compiled, dialect, self._columns)
        return found


def _compiled(compiled: SQLCompiler, dialect: Dialect, columns: list[str]) -> _Compiled:
    binds = compiled.binds.items()
    constants = {name: bind.value for name, bind in binds if not bind.required and name not in columns}
    missing = set(compiled.params) - set(columns) - set(constants)
    if missing:
        raise ValueError(f"a prepared statement gives no value for {', '.join(sorted(missing))}")
    processors = {}
    for name, parameter in compiled.binds.items():
        process = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            processors[name] = process
    in_order = _in_order(compiled.positiontup or ()) if compiled.positional else None
    return _Compiled(compiled.string, in_order, processors, constants)


def _in_order(names: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    # An itemgetter makes a tuple of two values or more.
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)
