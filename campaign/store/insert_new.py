"""INSERT of a row that may be there already: the unique index decides, not a look beforehand."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from campaign.store.tables.base import Base, table_of


class InsertNew:
    """An INSERT that does nothing where `unique` is taken; built once, run on either database."""

    def __init__(self, model: type[Base], *, unique: tuple[str, ...]) -> None:
        table = table_of(model)
        self._statements: dict[str, Any] = {
            dialect.dialect.name: dialect.insert(table)
            .on_conflict_do_nothing(index_elements=[table.c[name] for name in unique])
            .returning(table.c.id)
            for dialect in (sqlite, postgresql)
        }

    def run(self, connection: Connection, values: dict[str, Any]) -> int | None:
        """The new row's id; None when there was one already (on PostgreSQL, once its transaction is over)."""
        statement = self._statements[connection.dialect.name]
        found: int | None = connection.execute(statement, values).scalar_one_or_none()
        return found


class InsertOrLock:
    """An INSERT that gives the row that is there already, and holds it until the transaction ends."""

    def __init__(self, model: type[Base], *, unique: str, returning: tuple[str, ...]) -> None:
        table = table_of(model)
        self._statements: dict[str, Any] = {}
        for dialect in (sqlite, postgresql):
            statement = dialect.insert(table)
            self._statements[dialect.dialect.name] = statement.on_conflict_do_update(
                index_elements=[table.c[unique]], set_={unique: statement.excluded[unique]}
            ).returning(*(table.c[name] for name in returning))

    def run(self, connection: Connection, values: dict[str, Any]) -> Any:
        """The columns to return, of the new row or of the one that was there."""
        return connection.execute(self._statements[connection.dialect.name], values).one()
