"""A list of officials from a CSV file, in the names of our fields, whatever the file calls its columns."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from campaign.documents.read_letter.formats.decoding import decode
from campaign.domain.official import Channel, OfficialRole
from campaign.errors import RefusedError

MOST_ROWS = 1_000
LONGEST_CELL = 20_000
# What files call our columns, as letters and digits alone; the first of each is what our own hint says.
COLUMNS: Mapping[str, Sequence[str]] = {
    "name": ("name", "fullname", "official"),
    "title": ("title", "position", "function"),
    "office": ("office", "organization", "organisation", "institution", "committee"),
    "role": ("role",),
    "channel": ("channel",),
    "email": ("email", "emailaddress", "mail"),
    "web_form": ("webform", "contactform", "formurl", "contacturl"),
    "address": ("address", "postaladdress", "mailingaddress"),
    "salutation": ("salutation", "greeting"),
    "district": ("district", "constituency", "area"),
    "postal_codes": ("postalcodes", "postalcode", "postcodes", "zipcodes", "zipcode", "zip", "zips"),
    "review_on": ("reviewon", "review"),
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "role": {"addressee": OfficialRole.ADDRESSEE, "to": OfficialRole.ADDRESSEE, "copied": OfficialRole.COPIED}
    | {"copy": OfficialRole.COPIED, "cc": OfficialRole.COPIED},
    "channel": {"email": Channel.EMAIL, "mail": Channel.EMAIL, "hand": Channel.HAND, "post": Channel.POST}
    | {"letter": Channel.POST, "webform": Channel.WEB_FORM, "form": Channel.WEB_FORM},
}


@dataclass(frozen=True)
class OfficialsRead:
    """What a file holds: a mapping from our fields to cells for each row, and the columns nobody knows."""

    rows: tuple[Mapping[str, str], ...]
    unknown: tuple[str, ...]


def read_officials(data: bytes) -> OfficialsRead:
    """The officials in a CSV file; RefusedError when it is none, or has no column of names."""
    text, _ = decode(data)
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = next(lines, [])
        fields = [_field(cell) for cell in header]
        if "name" not in fields:
            raise RefusedError(
                "The first line has to name the columns, and one of them must be “name”. Found: %(found)s",
                found=", ".join(cell.strip()[:30] for cell in header[:12]) or "–",
            )
        rows = tuple(_rows(fields, lines))
    except csv.Error:
        raise RefusedError("This is not a CSV file: save the table as CSV and try again.") from None
    if not rows:
        raise RefusedError("There is no official in this file.")
    unknown = (cell.strip() for cell, field in zip(header, fields, strict=True) if field is None)
    return OfficialsRead(rows, tuple(name for name in unknown if name))


def _rows(fields: Sequence[str | None], lines: Iterator[list[str]]) -> Iterator[Mapping[str, str]]:
    for number, cells in enumerate(lines):
        if number >= MOST_ROWS:
            raise RefusedError("A list can have at most %(most)d officials.", most=MOST_ROWS)
        row = {
            field: _value(field, cell)
            for field, cell in zip(fields, cells, strict=False)
            if field is not None and cell.strip()
        }
        if row.get("name"):
            yield row


def _value(field: str, cell: str) -> str:
    cell = cell.strip()
    return _WORDS.get(field, {}).get(_plain(cell), cell)


def _field(cell: str) -> str | None:
    name = _plain(cell)
    return next((field for field, names in COLUMNS.items() if name in names), None)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)
