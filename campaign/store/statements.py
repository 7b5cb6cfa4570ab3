"""Small helpers around Core statements on the hot paths."""

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Run a conditional update or delete and say how many rows met its condition."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def inserting(session: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows what to do on a conflict: the two databases have one syntax and two classes."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The same by the dialect's name, where there is no session yet."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
