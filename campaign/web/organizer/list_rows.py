"""A list as one form: a row for each entry, and blank rows for those to come."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from wtforms import Form
from wtforms.validators import ValidationError

from campaign.web.organizer.desk_form import read

Listed = TypeVar("Listed")


@dataclass(frozen=True)
class RowOnPage(Generic[Listed]):
    """One row on the page; `listed` is None for one to come, whose key begins with "new"."""

    key: str
    listed: Listed | None

    def field(self, name: str) -> str:
        """What a field of this row is called."""
        return f"{name}-{self.key}"


def another_key(rows: Iterable[RowOnPage[Any]]) -> str:
    """The key of one more blank row."""
    taken = (int(row.key.removeprefix("new")) for row in rows if row.key.startswith("new"))
    return f"new{max(taken, default=0) + 1}"


def as_typed(form: Form) -> dict[str, object]:
    """What stands in a form, to be filled in again."""
    return {field.short_name: field.data for field in form if field.name != "csrf_token"}


def holds(form: Form, name: str, rule: Any, value: object) -> bool:
    """Whether a rule about a whole row is kept; if not, its sentence stands at a field."""
    try:
        read(rule, value)
    except ValidationError as error:
        form[name].errors = [*form[name].errors, str(error)]
        return False
    return True
