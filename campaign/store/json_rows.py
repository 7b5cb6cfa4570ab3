"""Many rows handed to one statement as a JSON array, and read there as a table.

A driver's run through many rows gives up and wins back the interpreter's lock for each of them; beside dozens
of busy threads that takes longer than the rows themselves. One statement does it once.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import JSON, FromClause, Integer, String, Text, bindparam, cast, column, func, select
from sqlalchemy.types import TypeEngine

NUMBER: TypeEngine[Any] = Integer()
WORD: TypeEngine[Any] = String()


def json_rows(dialect: str, parameter: str, **columns: TypeEngine[Any]) -> FromClause:
    """The rows that `parameter` brings at run time (see `as_json`), their values being numbers or words."""
    if dialect == "sqlite":
        each = func.json_each(bindparam(parameter, type_=Text)).table_valued("value")
        return select(
            *(func.json_extract(each.c.value, f"$.{name}").label(name) for name in columns)
        ).subquery(parameter)
    rows = func.json_to_recordset(cast(bindparam(parameter, type_=Text), JSON))
    return rows.table_valued(
        *(column(name, kind) for name, kind in columns.items()), name=parameter
    ).render_derived(with_types=True)


def as_json(rows: Iterable[Mapping[str, object]]) -> str:
    """Rows as the parameter takes them."""
    return json.dumps(list(rows))
