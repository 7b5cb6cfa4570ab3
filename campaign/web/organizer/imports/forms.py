"""Forms of imports: a file, a sheet typed row by row, and what its columns hold."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms.fields import BooleanField, HiddenField, StringField
from wtforms.validators import ValidationError

from campaign.documents.tables.read_table import TableRead, read_table
from campaign.domain.imports import (
    READERS,
    ImportField,
    ImportSource,
    guessed,
    read_note,
)
from campaign.errors import RefusedError
from campaign.web.jinja import translated
from campaign.web.organizer.desk_form import DeskForm, Reads, lazy_gettext, read

# A sheet of paper has about so many lines.
SHEET_ROWS = 10
SHEET_TEXTS = (
    ImportField.NAME,
    ImportField.EMAIL,
    ImportField.ORGANIZATION,
    ImportField.POSTAL_CODE,
    ImportField.COUNTRY,
    ImportField.SIGNED_ON,
)
SHEET_BOXES = (ImportField.UPDATES, ImportField.NAMED)


def _read_source(text: str) -> ImportSource:
    try:
        return ImportSource(text)
    except ValueError:
        raise RefusedError("Choose where they signed.") from None


def _read_field(text: str) -> ImportField | None:
    try:
        return ImportField(text) if text else None
    except ValueError:
        raise RefusedError("Choose one of the list.") from None


class UploadForm(DeskForm):
    """A file with a table; of a valid one, `read` is what is in it."""

    table = FileField(validators=[FileRequired(lazy_gettext("Choose a file with a table."))])
    source = StringField(default="", validators=[Reads(_read_source)])
    read: TableRead

    def validate_table(self, field: Any) -> None:
        """Read the file; ValidationError with the sentence of what it breaks."""
        self.read = read(read_table, field.data.read())

    @property
    def where(self) -> ImportSource:
        """Where they signed."""
        return _read_source(self.text("source"))


class SheetForm(DeskForm):
    """A sheet typed row by row; an empty row is nobody."""

    def rows(self) -> list[list[str]]:
        """The rows that say anything, a cell for each of SHEET_TEXTS and SHEET_BOXES."""
        read = []
        for row in range(SHEET_ROWS):
            texts = [self.text(f"{field}-{row}").strip() for field in SHEET_TEXTS]
            if any(texts):
                boxes = ["yes" if self[f"{field}-{row}"].data else "" for field in SHEET_BOXES]
                read.append([*texts, *boxes])
        return read

    def table(self) -> TableRead:
        """The sheet as a table; RefusedError when nobody is on it."""
        rows = self.rows()
        if not rows:
            raise RefusedError("Nobody is on this sheet yet.")
        header = tuple(field.value for field in (*SHEET_TEXTS, *SHEET_BOXES))
        return TableRead(header, tuple(map(tuple, rows)))


def _named(row: int) -> Callable[[DeskForm, Any], None]:
    """A name is needed where the rest of its row says anything."""

    def check(form: DeskForm, field: Any) -> None:
        others = any(form.text(f"{other}-{row}").strip() for other in SHEET_TEXTS[1:])
        if others and not (field.data or "").strip():
            raise ValidationError(translated("There is no name."))

    return check


def _or_nothing(field: ImportField) -> Callable[[str], object]:
    reader = READERS[field]
    return lambda text: reader(text.strip()) if text.strip() else None


for _row in range(SHEET_ROWS):
    for _field in SHEET_TEXTS:
        _checks: list[Any] = [Reads(_or_nothing(_field))]
        if _field is ImportField.NAME:
            _checks.append(_named(_row))
        setattr(SheetForm, f"{_field}-{_row}", StringField(default="", validators=_checks))
    for _field in SHEET_BOXES:
        setattr(SheetForm, f"{_field}-{_row}", BooleanField())


class MappingForm(DeskForm):
    """What each column holds, the evidence, and whether people are asked; `for_table` makes it."""

    action = HiddenField(default="")
    note = StringField(default="", validators=[Reads(read_note)])
    asks_to_confirm = BooleanField()

    @classmethod
    def for_table(cls, table: TableRead) -> type["MappingForm"]:
        """The form with a field for each column of a table."""
        fields = {
            f"column-{at}": StringField(default="", validators=[Reads(_read_field)])
            for at in range(len(table.header))
        }
        return type("MappingForm", (cls,), fields)

    @classmethod
    def guessed(cls, table: TableRead, stored: Mapping[int, ImportField]) -> "MappingForm":
        """The form as a page first shows it."""
        mapping = stored or guessed(table.header)
        return cls.for_table(table).filled({f"column-{at}": field.value for at, field in mapping.items()})

    def mapping(self) -> dict[int, ImportField]:
        """Which column holds what."""
        columns = [name for name in self._fields if name.startswith("column-")]
        read = {int(name.removeprefix("column-")): _read_field(self.text(name)) for name in columns}
        return {at: field for at, field in read.items() if field is not None}
