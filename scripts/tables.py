"""Writes docs/tables.md from the models: which tables there are, what each holds, and how they hang together.

`make tables` runs it; a house test fails while the file is out of step.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from sqlalchemy import JSON, Column, Enum, Table

import campaign.store.tables  # noqa: F401 - the models register themselves
from campaign.store.tables.base import Base, UtcDateTime, table_of

FILE = Path(__file__).parents[1] / "docs" / "tables.md"
HEADER = """# The tables

Written by `make tables` from the models in `campaign/store/tables/`: change those, not this page. Times are
in UTC. A foreign key `x_id` names a row of the table `x`; where a line ends in `o|`, it may be empty.
"""


def main() -> None:
    """Bring the page in step with the models."""
    FILE.write_text(written(), encoding="utf-8")
    sys.stdout.write(f"{FILE.name} written\n")


def written() -> str:
    """The whole page as Markdown: an overview of relations, then a section for each subject."""
    sections = [_overview(), *(_section(module) for module in _subjects())]
    return "\n".join([HEADER, *sections])


def _models() -> list[type[Base]]:
    return sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__)


def _subjects() -> Iterator[ModuleType]:
    names = {model.__module__ for model in _models()}
    yield from (sys.modules[name] for name in sorted(names))


def _overview() -> str:
    lines = [line for model in _models() for line in _relations(table_of(model))]
    return "\n".join(["## All of them", "", "```mermaid", "erDiagram", *lines, "```", ""])


def _relations(table: Table) -> Iterator[str]:
    for column in table.columns:
        for key in column.foreign_keys:
            end = "o|" if column.nullable else "||"
            yield f"    {table.name} }}o--{end} {key.column.table.name} : {column.name}"


def _section(module: ModuleType) -> str:
    subject = module.__name__.rpartition(".")[2].replace("_", " ").capitalize()
    models = [model for model in _models() if model.__module__ == module.__name__]
    lines = [f"## {subject}", "", inspect.getdoc(module) or "", ""]
    for model in models:
        meaning = " ".join((inspect.getdoc(model) or "").split())
        lines += [f"- **`{model.__tablename__}`**: {meaning}"]
    lines += ["", "```mermaid", "erDiagram"]
    for model in models:
        lines += [f"    {model.__tablename__} {{", *map(_column, table_of(model).columns), "    }"]
    names = {model.__tablename__ for model in models}
    lines += [line for model in models for line in _relations(table_of(model)) if line.split()[2] in names]
    return "\n".join([*lines, "```", ""])


def _column(column: Column[object]) -> str:
    marks = [
        mark
        for mark, is_set in (
            ("PK", column.primary_key),
            ("FK", bool(column.foreign_keys)),
            ("UK", bool(column.unique)),
        )
        if is_set
    ]
    note = ['"may be empty"'] if column.nullable else []
    return " ".join(["       ", _kind(column), column.name, *[", ".join(marks)][: len(marks)], *note])


def _kind(column: Column[object]) -> str:
    if isinstance(column.type, UtcDateTime):
        return "time"
    if isinstance(column.type, JSON):
        return "json"
    return "word" if isinstance(column.type, Enum) else column.type.python_type.__name__


if __name__ == "__main__":
    main()
