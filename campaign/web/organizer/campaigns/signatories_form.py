"""Who signed first as one form: a row for each on the page, and blank rows for those to come."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Self

from flask import g, request
from wtforms.fields import BooleanField, HiddenField, StringField

from campaign.domain.letter_details import read_signatory_kind, read_signatory_line
from campaign.domain.official_details import read_position
from campaign.errors import RefusedError
from campaign.services.campaigns.first_signatories import (
    SignatoryListed,
    SignatoryRow,
    fingerprint,
    read_signatory,
)
from campaign.web.organizer.desk_form import DeskForm, Reads
from campaign.web.organizer.list_rows import RowOnPage, another_key, as_typed, holds

ROWS_ON_A_PAGE = 50
_MOST_ROWS = 500
_READERS: dict[str, Any] = {
    "kind": read_signatory_kind,
    "organization": read_signatory_line,
    "name": read_signatory_line,
    "title": read_signatory_line,
    "position": read_position,
}
_ROW = re.compile(r"kind-([0-9]{1,10}|new[0-9]{1,4})")


SignatoryOnPage = RowOnPage[SignatoryListed]


class SignatoriesForm(DeskForm):
    """The list as it was filled in; `seen` tells whether somebody has changed it since."""

    seen = HiddenField(default="")
    page = HiddenField(default="1")
    withhold = BooleanField()
    rows: tuple[SignatoryOnPage, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[SignatoryOnPage]) -> type[Self]:
        """The form with the fields of these rows."""
        fields: dict[str, Any] = {"rows": tuple(rows)}
        for row in fields["rows"]:
            for name, reader in _READERS.items():
                fields[row.field(name)] = StringField(default="", validators=[Reads(reader)])
            fields[row.field("for_identification")] = BooleanField()
            fields[row.field("remove")] = BooleanField()
        return type(cls.__name__, (cls,), fields)

    @classmethod
    def stored(cls, listed: Sequence[SignatoryListed], page: int) -> Self:
        """The form with what is stored of one page, and a blank row."""
        begin = (page - 1) * ROWS_ON_A_PAGE
        shown = listed[begin : begin + ROWS_ON_A_PAGE]
        rows = [RowOnPage(str(one.id), one) for one in shown]
        values: dict[str, object] = {"seen": fingerprint(listed), "page": page, "kind-new1": "organization"}
        for row in rows:
            if row.listed:
                signatory = row.listed.signatory
                values |= {row.field(name): getattr(signatory, name, None) for name in _READERS}
                values[row.field("position")] = row.listed.position
                values[row.field("for_identification")] = signatory.for_identification
        return cls.of([*rows, RowOnPage("new1", None)]).filled(values)

    @classmethod
    def sent(cls, listed: Sequence[SignatoryListed]) -> Self:
        """The form as it was sent in; whom a colleague removed meanwhile is somebody new in it."""
        by_id = {str(one.id): one for one in listed}
        keys = [match[1] for name in request.form if (match := _ROW.fullmatch(name))]
        return cls.of(RowOnPage(key, by_id.get(key)) for key in keys[:_MOST_ROWS])()

    def with_another_row(self) -> Self:
        """The same form, word for word, with one more blank row."""
        blank: SignatoryOnPage = RowOnPage(another_key(self.rows), None)
        form = type(self).of([*self.rows, blank])
        return form.filled(as_typed(self) | {blank.field("kind"): "organization"})

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by its own rule, then each row as a whole."""
        is_valid = super().validate(extra_validators)
        for row, typed in self._filled():
            own = [self[row.field(name)] for name in _READERS]
            if typed.is_removed or any(field.errors for field in own):
                continue
            missing = "organization" if typed.kind == "organization" else "name"
            is_valid &= holds(self, row.field(missing), read_signatory, typed)
        if not is_valid:
            g.refused_form = self
        return is_valid

    def typed(self) -> list[SignatoryRow]:
        """What the service takes; blank rows are none."""
        return [typed for _, typed in self._filled()]

    def _filled(self) -> list[tuple[SignatoryOnPage, SignatoryRow]]:
        filled = []
        for row in self.rows:
            values = {name: self.text(row.field(name)) for name in _READERS}
            typed = SignatoryRow(
                id=row.listed.id if row.listed else None,
                **values,
                for_identification=bool(self[row.field("for_identification")].data),
                is_removed=bool(self[row.field("remove")].data),
            )
            if row.listed or any(values[name].strip() for name in ("organization", "name", "title")):
                filled.append((row, typed))
        return filled


def read_page(text: str, *, of: int) -> int:
    """The number of a page of the list; RefusedError for none."""
    last = max(1, -(-of // ROWS_ON_A_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise RefusedError("There is no such page.")
    return min(max(1, int(text)), last)
