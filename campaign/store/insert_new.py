"""INSERT of a row that may be there already: the unique index decides, not a look beforehand.

Its number is taken before, and left out where it is not needed: what is encrypted in the row is bound to it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table

from campaign.store.prepared import Prepared, Row
from campaign.store.row_numbers import new_numbers
from campaign.store.statements import insert_for
from campaign.store.tables.base import Base, table_of
from campaign.store.tables.encrypted import in_row


class InsertNew:
    """An INSERT of `columns` that does nothing where `unique` is taken."""

    def __init__(self, model: type[Base], *, columns: Iterable[str], unique: tuple[str, ...]) -> None:
        self._table = table = table_of(model)
        self._statement = Prepared(
            lambda dialect: (
                insert_for(dialect, table)
                .on_conflict_do_nothing(index_elements=[table.c[name] for name in unique])
                .returning(table.c.id)
            ),
            columns=("id", *columns),
        )

    def run(self, connection: Connection, row: Row) -> int | None:
        """The new row's id; None when there was one already (on PostgreSQL, once its transaction is over)."""
        inserted = self._statement.one(connection, _numbered(connection, self._table, row))
        return inserted[0] if inserted else None


class InsertOrLock:
    """An INSERT that gives the row that is there already, and holds it until the transaction ends."""

    def __init__(
        self, model: type[Base], *, columns: Iterable[str], unique: str, returning: tuple[str, ...]
    ) -> None:
        self._table = table = table_of(model)

        def statement(dialect: str) -> Any:
            insert = insert_for(dialect, table)
            return insert.on_conflict_do_update(
                index_elements=[table.c[unique]], set_={unique: insert.excluded[unique]}
            ).returning(*(table.c[name] for name in returning))

        self._statement = Prepared(statement, columns=("id", *columns))

    def run(self, connection: Connection, row: Row) -> tuple[Any, ...]:
        """The columns to return, of the new row or of the one that was there."""
        inserted = self._statement.one(connection, _numbered(connection, self._table, row))
        assert inserted is not None
        return inserted


def _numbered(connection: Connection, table: Table, row: Row) -> Row:
    [number] = new_numbers(connection, table, 1)
    return in_row(table, {**row, "id": number})
