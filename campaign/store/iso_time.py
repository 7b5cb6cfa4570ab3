"""Times as ISO 8601 text, made by the database: exports read millions and need no objects in between."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class iso_time(FunctionElement[str]):  # noqa: N801 - used like SQLAlchemy's own functions
    """A UtcDateTime column as `2026-11-23T12:00:00Z`; NULL stays NULL."""

    type = String()
    inherit_cache = True


@compiles(iso_time, "sqlite")
def _on_sqlite(element: iso_time, compiler: SQLCompiler, **options: Any) -> str:
    # SQLite holds `2026-11-23 12:00:00.000000`.
    return f"replace(substr({compiler.process(element.clauses, **options)}, 1, 19), ' ', 'T') || 'Z'"


@compiles(iso_time, "postgresql")
def _on_postgresql(element: iso_time, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
