"""The officials of a campaign as one form: a row for each, and blank rows for those to come."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from flask import g, request
from flask_wtf.file import FileField, FileRequired, FileSize
from wtforms.fields import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from campaign.documents.officials_file import OfficialsRead, read_officials
from campaign.domain.districts import read_postal_codes
from campaign.domain.office_answers import read_web_address
from campaign.domain.official import OfficialListed
from campaign.domain.official_details import (
    check_channel,
    is_same_official,
    read_address_block,
    read_channel,
    read_official_line,
    read_official_name,
    read_official_role,
    read_position,
    read_review_on,
    read_salutation,
)
from campaign.services.officials.official_list import NewName, OfficialRow, fingerprint
from campaign.web.jinja import translated
from campaign.web.organizer.desk_form import DeskForm, Reads, lazy_gettext, read
from campaign.web.organizer.list_rows import RowOnPage, another_key, as_typed, holds
from campaign.web.organizer.officials.forms import read_optional_address

MOST_ROWS = 1_000
LARGEST_LIST = 1_000_000
LARGEST_FORM = 4_000_000
# What a row holds, and what reads it.
_READERS: Mapping[str, Any] = {
    "position": read_position,
    "name": read_official_name,
    "title": read_official_line,
    "office": read_official_line,
    "role": read_official_role,
    "channel": read_channel,
    "email": read_optional_address,
    "web_form": read_web_address,
    "address": read_address_block,
    "salutation": read_salutation,
    "district": read_official_line,
    "postal_codes": read_postal_codes,
    "review_on": read_review_on,
}
# What takes more than a line.
_BLOCKS = ("postal_codes", "address")
_NEW = re.compile(r"name-(new[0-9]{1,4})")


ListedRow = RowOnPage[OfficialListed]


class OfficialListForm(DeskForm):
    """The list as it was filled in; `seen` tells whether somebody has changed it since.

    It `needs_password` when it was sent without one given a moment ago, and changes where email goes.
    """

    seen = HiddenField()
    listed: tuple[ListedRow, ...] = ()
    needs_password = False

    @classmethod
    def of(cls, officials: Sequence[OfficialListed], new_keys: Iterable[str]) -> type[Self]:
        """The form with a row for each of these officials, and one for each key of one to come."""
        rows: list[ListedRow] = [RowOnPage(str(official.id), official) for official in officials]
        rows += [RowOnPage(key, None) for key in new_keys]
        fields: dict[str, Any] = {"listed": tuple(rows)}
        for row in rows:
            for name, reader in _READERS.items():
                kind = TextAreaField if name in _BLOCKS else StringField
                validator = _blank_or(reader) if row.listed is None else Reads(reader)
                fields[row.field(name)] = kind(default="", validators=[validator])
            fields[row.field("new_name")] = StringField(default="")
            fields[row.field("remove")] = BooleanField()
        return type(cls.__name__, (cls,), fields)

    @classmethod
    def sent(cls, officials: Sequence[OfficialListed]) -> Self:
        """The form as it was sent in: with all the new rows that it has."""
        keys = [match[1] for name in request.form if (match := _NEW.fullmatch(name))]
        # Whom a colleague added meanwhile is in no form.
        known = [official for official in officials if f"name-{official.id}" in request.form]
        return cls.of(known, keys[:MOST_ROWS])()

    @classmethod
    def stored(cls, officials: Sequence[OfficialListed]) -> Self:
        """The form with what is stored, and a blank row."""
        return cls.of(officials, ["new1"]).filled(_stored(officials))

    @classmethod
    def merged(cls, officials: Sequence[OfficialListed], rows: Sequence[Mapping[str, str]]) -> Self:
        """The form with what a file says: officials are known by name, and an empty cell changes nothing."""
        values, keys = _stored(officials), []
        for number, row in enumerate(rows, start=1):
            key = _key_of(row["name"], officials)
            if key is None:
                key = f"new{number}"
                keys.append(key)
            values |= {f"{name}-{key}": cell for name, cell in row.items() if name != "name"}
            values.setdefault(f"name-{key}", row["name"])
        return cls.of(officials, keys).filled(values)

    def with_another_row(self) -> Self:
        """The same form, word for word, with one more blank row."""
        officials = [row.listed for row in self.listed if row.listed]
        keys = [row.key for row in self.listed if row.listed is None]
        return type(self).of(officials, [*keys, another_key(self.listed)]).filled(as_typed(self))

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by its own rule, then what must fit together in a row."""
        is_valid = super().validate(extra_validators)
        for row in self.listed:
            if not row.listed and not self._is_filled(row):
                continue
            for name, rule in (("web_form", self._check_channel), ("new_name", self._check_new_name)):
                is_valid &= holds(self, row.field(name), rule, row)
        if not is_valid:
            g.refused_form = self
        return is_valid

    def rows(self) -> list[OfficialRow]:
        """What the service takes; blank rows are none."""
        return [
            OfficialRow(
                id=row.listed.id if row.listed else None,
                **{name: self.text(row.field(name)) for name in (*_READERS, "new_name")},
                is_removed=bool(self[row.field("remove")].data),
            )
            for row in self.listed
            if row.listed or self._is_filled(row)
        ]

    def has_another_name(self, row: ListedRow) -> bool:
        """Whether another name stands in a row than is stored."""
        typed = " ".join(self.text(row.field("name")).split())
        return row.listed is not None and bool(typed) and typed != row.listed.name

    def differences(self) -> list[tuple[str, str, str, str]]:
        """What the form would change: whose row, which field, what is stored, and what would be."""
        found = []
        for row in self.listed:
            before = _row_values(row.listed) if row.listed else {}
            name = row.listed.name if row.listed else self.text(row.field("name"))
            for field in _READERS:
                typed = self.text(row.field(field)).strip()
                if field != "position" and typed and typed != before.get(field, ""):
                    found.append((name, field, before.get(field, ""), typed))
        return found

    def _is_filled(self, row: ListedRow) -> bool:
        typed = (name for name in _READERS if name not in ("role", "channel"))
        return any(self.text(row.field(name)).strip() for name in typed)

    def _check_channel(self, row: ListedRow) -> None:
        def fit(web_form: str) -> None:
            check_channel(read_channel(self.text(row.field("channel"))), web_form.strip() or None)

        read(fit, self.text(row.field("web_form")))

    def _check_new_name(self, row: ListedRow) -> None:
        if self.has_another_name(row) and self.text(row.field("new_name")) not in list(NewName):
            raise ValidationError(
                translated(
                    "You changed a name. Say whether you corrected it, or whether somebody else holds the"
                    " office now."
                )
            )


class OfficialsFileForm(DeskForm):
    """A list of officials to compare with the one that is stored."""

    officials = FileField(
        validators=[
            FileRequired(lazy_gettext("Choose a CSV file.")),
            FileSize(LARGEST_LIST, message=lazy_gettext("The file is too large: it can have one megabyte.")),
        ]
    )

    def validate_officials(self, field: Any) -> None:
        """A list that can be read."""
        self.read: OfficialsRead = read(read_officials, field.data.read())


def _key_of(name: str, officials: Sequence[OfficialListed]) -> str | None:
    """Whose row a name in a file means: spelled so, else of the one with a title before."""
    for title in (False, True):
        found = [
            official.id
            for official in officials
            if is_same_official(name, official.name, (official.title or "") if title else "")
        ]
        if len(found) == 1:
            return str(found[0])
    return None


def _blank_or(reader: Any) -> Reads:
    """In a row to come everything may be blank; what is typed has to be right."""

    def read_typed(text: str) -> object:
        return reader(text) if text.strip() else None

    return Reads(read_typed)


def _stored(officials: Sequence[OfficialListed]) -> dict[str, object]:
    values: dict[str, object] = {"seen": fingerprint(officials)}
    for place, official in enumerate(officials, start=1):
        row = {**_row_values(official), "position": str(place)}
        values |= {f"{name}-{official.id}": value for name, value in row.items()}
    return values


def _row_values(official: OfficialListed) -> dict[str, str]:
    """What is stored of an official, as one would type it."""
    return {
        "name": official.name,
        "title": official.title or "",
        "office": official.office or "",
        "role": official.role,
        "channel": official.channel or "",
        "email": official.email or "",
        "web_form": official.web_form or "",
        "address": "\n".join(official.address),
        "salutation": official.salutation or "",
        "district": official.district or "",
        "postal_codes": ", ".join(official.postal_codes),
        "review_on": official.review_on.isoformat() if official.review_on else "",
    }
