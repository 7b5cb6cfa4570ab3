"""Small helpers around Core statements on the hot paths."""

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import Session


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Run a conditional update or delete and say how many rows met its condition."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount
