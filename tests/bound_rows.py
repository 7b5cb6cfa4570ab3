"""Rows written past the services, with what is encrypted of them bound to each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from campaign.store.row_numbers import new_numbers
from campaign.store.tables.encrypted import in_row


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Insert the rows of a table, plain as they are; their numbers."""
    numbers = new_numbers(session.connection(), table, len(rows))
    numbered = [in_row(table, {"id": id_, **row}) for id_, row in zip(numbers, rows, strict=True)]
    session.execute(table.insert(), numbered)
    return numbers
