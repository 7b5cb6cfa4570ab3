"""INSERT of a row that may be there already: the unique index decides, not a look beforehand."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from campaign.store.prepared import Prepared, Row
from campaign.store.statements import insert_for
from campaign.store.tables.base import Base, table_of


class InsertNew:
    """An INSERT of `columns` that does nothing where `unique` is taken."""

    def __init__(self, model: type[Base], *, columns: Iterable[str], unique: tuple[str, ...]) -> None:
        table = table_of(model)
        self._statement = Prepared(
            lambda dialect: (
                insert_for(dialect, table)
                .on_conflict_do_nothing(index_elements=[table.c[name] for name in unique])
                .returning(table.c.id)
            ),
            columns=columns,
        )

    def run(self, connection: Connection, row: Row) -> int | None:
        """The new row's id; None when there was one already (on PostgreSQL, once its transaction is over)."""
        inserted = self._statement.one(connection, row)
        return inserted[0] if inserted else None


class InsertOrLock:
    """An INSERT that gives the row that is there already, and holds it until the transaction ends."""

    def __init__(
        self, model: type[Base], *, columns: Iterable[str], unique: str, returning: tuple[str, ...]
    ) -> None:
        table = table_of(model)

        def statement(dialect: str) -> Any:
            insert = insert_for(dialect, table)
            return insert.on_conflict_do_update(
                index_elements=[table.c[unique]], set_={unique: insert.excluded[unique]}
            ).returning(*(table.c[name] for name in returning))

        self._statement = Prepared(statement, columns=columns)

    def run(self, connection: Connection, row: Row) -> tuple[Any, ...]:
        """The columns to return, of the new row or of the one that was there."""
        inserted = self._statement.one(connection, row)
        assert inserted is not None
        return inserted
