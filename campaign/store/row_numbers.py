"""The numbers of rows that are about to be written, for whom it has to be known beforehand."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Integer, Select, Table, bindparam, func, select

from campaign.store.prepared import Prepared, Transaction


def new_numbers(transaction: Transaction, table: Table, count: int) -> Sequence[int]:
    """So many numbers that no row of a table has or will be given, but by the caller.

    On SQLite they are the caller's while its transaction lasts, which is the only one that writes, and until
    it asks again without having written.
    """
    if not count:
        return ()
    rows = _statement(table).all(transaction, {"count": count})
    if transaction.dialect.name == "sqlite":
        return range(rows[0][0] + 1, rows[0][0] + 1 + count)
    return [number for (number,) in rows]


@cache
def _statement(table: Table) -> Prepared:
    def statement(dialect: str) -> Select[int]:
        if dialect == "sqlite":
            return select(func.coalesce(func.max(table.c.id), 0))
        sequence = func.pg_get_serial_sequence(table.name, "id")
        each = func.generate_series(1, bindparam("count", type_=Integer)).table_valued("value")
        return select(func.nextval(sequence)).select_from(each)

    return Prepared(statement, columns=("count",))
