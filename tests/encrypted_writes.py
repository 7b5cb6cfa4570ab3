"""What an UPDATE or an INSERT may do with columns that are encrypted, by the statement alone.

The type of such a column refuses a value that does not say of which row it is. It cannot see that a statement
writes one row's value into many rows, or what stands in another column, which then opens in none.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Insert, Null, Update
from sqlalchemy.sql.dml import ValuesBase
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList
from sqlalchemy.sql.operators import and_, eq
from sqlalchemy.sql.visitors import iterate

from campaign.store.tables.encrypted import Encrypted, InRow, Public


class EncryptedWriteError(Exception):
    """A statement would write what nobody can read again."""


def refuse(_connection: Any, statement: Any, *_rest: Any) -> None:
    """Listens to all that runs: EncryptedWriteError for what `faults` finds and types do not."""
    if isinstance(statement, (Update, Insert)):
        found = [fault for fault in faults(statement) if not fault.endswith("of no row")]
        if found:
            raise EncryptedWriteError("; ".join(found))


def faults(statement: ValuesBase) -> Iterator[str]:
    """What is wrong with what a statement writes into encrypted columns."""
    for column, value in written(statement):
        if isinstance(column.type, Encrypted):
            yield from (f"{column}: {fault}" for fault in _faults_of(statement, column, value))


def written(statement: ValuesBase) -> Iterator[tuple[ColumnElement[Any], Any]]:
    """The columns that a statement spells out, with what it gives them."""
    pairs = [
        *(statement._values or {}).items(),
        *(pair for rows in statement._multi_values for row in rows for pair in _of_row(statement, row)),
    ]
    clause = getattr(statement, "_post_values_clause", None)
    pairs += dict(getattr(clause, "update_values_to_set", None) or {}).items()
    for column, value in pairs:
        yield statement.table.c[column] if isinstance(column, str) else column, value


def _of_row(statement: ValuesBase, row: Any) -> Iterator[tuple[Any, Any]]:
    yield from row.items() if isinstance(row, dict) else zip(statement.table.c, row, strict=False)


def _faults_of(statement: ValuesBase, column: ColumnElement[Any], value: Any) -> Iterator[str]:
    if isinstance(value, Null):
        return
    if not isinstance(value, BindParameter) and isinstance(value, ColumnElement):
        yield from _faults_of_expression(column, value)
        return
    given = value.effective_value if isinstance(value, BindParameter) else value
    is_later = isinstance(value, BindParameter) and value.required
    if is_later or isinstance(given, InRow):
        if isinstance(statement, Update) and not is_of_one_row(statement):
            yield "one row's value for many rows"
    elif given and not isinstance(given, Public):
        yield "of no row"


def _faults_of_expression(column: ColumnElement[Any], value: ColumnElement[Any]) -> Iterator[str]:
    for part in iterate(value):
        if not isinstance(getattr(part, "type", None), Encrypted) or getattr(part, "table", None) is None:
            continue
        # Not the same column of `excluded` either: that was bound to the row which is not inserted.
        if (part.table.name, part.name) != (column.table.name, column.name):  # type: ignore[attr-defined]
            yield f"what stands in {part}"


def is_of_one_row(statement: Any) -> bool:
    """Whether every column of the primary key is compared with one value, among conditions that all hold."""
    keys = {
        condition.left.name
        for condition in _conditions(statement)
        if isinstance(condition, BinaryExpression)
        and condition.operator is eq
        and isinstance(condition.right, BindParameter)
        and getattr(condition.left, "table", None) is not None
        and condition.left.table.name == statement.table.name
    }
    return keys >= {key.name for key in statement.table.primary_key}


def _conditions(statement: Any) -> Iterator[Any]:
    waiting = list(statement._where_criteria)
    while waiting:
        condition = waiting.pop()
        if isinstance(condition, BooleanClauseList) and condition.operator is and_:
            waiting += condition.clauses
        else:
            yield condition
