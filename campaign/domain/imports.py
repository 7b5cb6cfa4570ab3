"""Signatures that organizers enter: what a run is, and the columns it understands."""

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from campaign.domain.addresses import clean_address
from campaign.domain.names import LONGEST_NAME, clean_label, clean_line, clean_name
from campaign.domain.signature import Visibility
from campaign.errors import CampaignError, RefusedError

LONGEST_POSTAL_CODE = 20


class ImportSource(StrEnum):
    """Where the signatures were collected."""

    PAPER = "paper"
    LIST = "import"  # a file of another petition, or of a list kept by hand


class ImportState(StrEnum):
    """Where a run stands."""

    DRAFT = "draft"  # its file was read, and nothing has been entered
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


UNDER_WAY = frozenset({ImportState.RUNNING, ImportState.UNDOING})
IMPORT_MOVES: Mapping[ImportState, frozenset[ImportState]] = {
    ImportState.DRAFT: frozenset({ImportState.RUNNING}),
    ImportState.RUNNING: frozenset({ImportState.DONE, ImportState.UNDOING}),
    ImportState.DONE: frozenset({ImportState.UNDOING}),
    ImportState.UNDOING: frozenset({ImportState.UNDONE}),
    ImportState.UNDONE: frozenset(),
}


class ImportField(StrEnum):
    """What a column of such a table may hold."""

    NAME = "name"
    EMAIL = "email"
    ORGANIZATION = "organization"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    LANGUAGE = "language"
    SIGNED_ON = "signed_on"
    UPDATES = "updates"
    NAMED = "named"


# What such columns are called, in small letters; a guess that the organizer sees and can change.
_GUESSES: Mapping[ImportField, frozenset[str]] = {
    ImportField.NAME: frozenset({"name", "full name", "full_name", "nom", "nombre"}),
    ImportField.EMAIL: frozenset({"email", "e-mail", "email address", "mail", "courriel", "correo"}),
    ImportField.ORGANIZATION: frozenset({"organization", "organisation", "group", "company", "affiliation"}),
    ImportField.POSTAL_CODE: frozenset({"postal code", "postal_code", "postcode", "zip", "zip code", "plz"}),
    ImportField.COUNTRY: frozenset({"country", "pays", "país", "land", "country code"}),
    ImportField.LANGUAGE: frozenset({"language", "langue", "idioma", "locale"}),
    ImportField.SIGNED_ON: frozenset({"date", "signed", "signed at", "signed_at", "signed on", "timestamp"}),
    ImportField.UPDATES: frozenset({"updates", "newsletter", "opt in", "email_opt_in", "wants updates"}),
    ImportField.NAMED: frozenset({"named", "public", "may be named", "show name"}),
}
_YES = frozenset({"y", "yes", "true", "1", "x", "✓", "✔", "oui", "sí", "si", "ja", "是", "ھەئە"})
_NO = frozenset({"", "n", "no", "false", "0", "-", "non", "nein", "否", "ياق"})
# Days as spreadsheets count them, from 1982 to 2064.
_SHEET_DAYS = range(30_000, 60_000)
_SHEET_START = date(1899, 12, 30)
LONGEST_NOTE = 500


@dataclass(frozen=True, kw_only=True)
class RowRead:
    """One row that can be entered; `visibility` is hidden unless a column says that they may be named."""

    name: str
    email: str | None
    organization: str | None
    postal_code: str | None
    country: str | None
    language: str
    signed_on: date | None
    updates: bool
    visibility: Visibility

    def likeness(self, key: bytes, campaign_id: int) -> str:
        """What stands in the place of an address's hash: the same for rows about the same person.

        Of whom no more is known than a name and a place, two are taken for one: a sheet that is entered twice
        must not count twice.
        """
        place = self.postal_code or self.organization or ""
        words = f"entered\n{campaign_id}\n{self.name}\n{place}".casefold()
        return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()


def guessed(header: Sequence[str]) -> dict[int, ImportField]:
    """Which column holds what, by their names: each field once."""
    found: dict[int, ImportField] = {}
    for at, word in enumerate(header):
        for field, words in _GUESSES.items():
            if word.strip().casefold() in words and field not in found.values():
                found[at] = field
    return found


def check_mapping(mapping: Mapping[int, ImportField], *, needs_email: bool) -> None:
    """RefusedError when no column holds what is needed, and when two hold the same."""
    fields = list(mapping.values())
    if len(set(fields)) < len(fields):
        raise RefusedError("Two columns hold the same. Choose each only once.")
    if ImportField.NAME not in fields:
        raise RefusedError("Choose the column with the names.")
    if needs_email and ImportField.EMAIL not in fields:
        raise RefusedError("Choose the column with the addresses, so that they can be asked to confirm.")


def read_note(text: str) -> str:
    """The evidence of a run: where the sheets or the list are; RefusedError for nothing and for too much."""
    note = clean_line(text)
    if not note:
        raise RefusedError("Say where the sheets or the list are kept, so that it can be checked later.")
    if len(note) > LONGEST_NOTE:
        raise RefusedError("Say it in at most %(most)d characters.", most=LONGEST_NOTE)
    return note


def read_row(
    cells: Sequence[str],
    mapping: Mapping[int, ImportField],
    *,
    usual_language: str,
    languages: Collection[str],
    needs_email: bool,
    today: date,
) -> RowRead | tuple[ImportField, CampaignError]:
    """A row as it is entered, or the first thing that is wrong with it and in which column."""
    given = {field: cells[at].strip() for at, field in mapping.items() if at < len(cells)}
    field = ImportField.NAME
    try:
        read: dict[str, Any] = {}
        for field in ImportField:
            read[field.value] = READERS[field](given.get(field, ""))
        field = ImportField.EMAIL
        if needs_email and read["email"] is None:
            raise RefusedError("There is no address to ask.")
        field = ImportField.LANGUAGE
        language = read["language"] or usual_language
        if language not in languages:
            raise RefusedError("This letter is not in this language.")
        field = ImportField.SIGNED_ON
        if read["signed_on"] and read["signed_on"] > today + timedelta(days=1):
            raise RefusedError("This day is still in the future.")
    except CampaignError as error:
        return field, error
    return RowRead(
        **{name: read[name] for name in ("name", "email", "organization", "postal_code", "country")},
        language=language,
        signed_on=read["signed_on"],
        updates=read["updates"] and read["email"] is not None,
        visibility=Visibility.PUBLIC if read["named"] else Visibility.HIDDEN,
    )


def _read_name(text: str) -> str:
    if not text:
        raise RefusedError("There is no name.")
    return clean_name(text)


def _read_email(text: str) -> str | None:
    return clean_address(text) if text else None


def _read_label(text: str) -> str | None:
    label = clean_label(text)
    if len(label) > LONGEST_NAME:
        raise RefusedError("This can have at most %(most)d characters.", most=LONGEST_NAME)
    return label or None


def _read_postal_code(text: str) -> str | None:
    code = clean_label(text)
    if len(code) > LONGEST_POSTAL_CODE:
        raise RefusedError("This can have at most %(most)d characters.", most=LONGEST_POSTAL_CODE)
    return code or None


def _read_country(text: str) -> str | None:
    code = text.upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise RefusedError("Enter a country by its two letters, like DE.")
    return code or None


def _read_date(text: str) -> date | None:
    if not text:
        return None
    whole = text.partition(".")[0]
    if whole.isascii() and whole.isdigit() and len(whole) == 5 and int(whole) in _SHEET_DAYS:
        return _SHEET_START + timedelta(days=int(whole))
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise RefusedError("Enter the day as year, month and day: 2026-03-31.") from None


def _read_yes(text: str) -> bool:
    word = text.casefold()
    if word not in _YES | _NO:
        raise RefusedError("Say yes or no here.")
    return word in _YES


READERS: Mapping[ImportField, Callable[[str], object]] = {
    ImportField.NAME: _read_name,
    ImportField.EMAIL: _read_email,
    ImportField.ORGANIZATION: _read_label,
    ImportField.POSTAL_CODE: _read_postal_code,
    ImportField.COUNTRY: _read_country,
    ImportField.LANGUAGE: lambda text: text or None,
    ImportField.SIGNED_ON: _read_date,
    ImportField.UPDATES: _read_yes,
    ImportField.NAMED: _read_yes,
}
