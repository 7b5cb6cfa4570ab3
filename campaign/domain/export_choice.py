"""What goes into a list of supporters: which people, which columns, and what kind of file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from campaign.domain.export_columns import COLUMNS, PRESETS
from campaign.domain.names import clean_line
from campaign.domain.signature import SignatureState
from campaign.errors import RefusedError

LONGEST_NAME = 80
# Who has withdrawn asked not to be on our lists.
EXPORTED_STATES = (
    SignatureState.CONFIRMED,
    SignatureState.SUSPECTED,
    SignatureState.REMOVED,
    SignatureState.INVALIDATED,
)


class ExportFormat(StrEnum):
    """The kinds of file a list comes in."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class ExportAudience(StrEnum):
    """Whether a list is of everybody, or of those who agreed to hear from the organizers."""

    USUAL = "usual"  # for a program that writes to people, only those who agreed
    UPDATES = "updates"
    EVERYONE = "everyone"


@dataclass(frozen=True, kw_only=True)
class ExportChoice:
    """One choice; by default everybody who signed, with all columns under our own names.

    `columns` is empty for all of them. `since` and `until` are the first and the last day of signing,
    by the clocks of `time_zone`, else of Greenwich.
    `official` is the id of one that somebody wrote to; `own_words` asks for those who wrote any.
    """

    format: ExportFormat
    preset: str | None = None
    columns: tuple[str, ...] = ()
    audience: ExportAudience = ExportAudience.EVERYONE
    state: SignatureState = SignatureState.CONFIRMED
    since: date | None = None
    until: date | None = None
    language: str | None = None
    country: str | None = None
    official: int | None = None
    own_words: bool = False
    time_zone: str | None = None

    @property
    def only_updates(self) -> bool:
        """Whether those are left out who did not agree to hear from the organizers.

        Every preset is of a program that writes to people.
        """
        if self.audience is ExportAudience.USUAL:
            return self.preset is not None
        return self.audience is ExportAudience.UPDATES

    @property
    def is_narrowed(self) -> bool:
        """Whether anybody may be left out who signed."""
        conditions = (self.since, self.until, self.language, self.country, self.official, self.own_words)
        return self.only_updates or any(conditions)

    def as_json(self) -> dict[str, Any]:
        """The choice as it is stored, without what is as usual."""
        stored: dict[str, Any] = {
            "format": self.format.value,
            "preset": self.preset,
            "columns": list(self.columns),
            "audience": self.audience.value,
            "state": self.state.value,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            **{
                name: getattr(self, name)
                for name in ("language", "country", "official", "own_words", "time_zone")
            },
        }
        return {name: value for name, value in stored.items() if value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ExportChoice":
        """A choice that was stored; a column that is no more is left out."""
        return cls(
            format=ExportFormat(stored["format"]),
            preset=stored.get("preset"),
            columns=tuple(name for name in stored.get("columns", ()) if name in COLUMNS),
            audience=ExportAudience(stored.get("audience", ExportAudience.EVERYONE)),
            state=SignatureState(stored.get("state", SignatureState.CONFIRMED)),
            since=read_day(stored.get("since") or ""),
            until=read_day(stored.get("until") or ""),
            language=stored.get("language"),
            country=stored.get("country"),
            official=stored.get("official"),
            own_words=bool(stored.get("own_words")),
            time_zone=stored.get("time_zone"),
        )


def read_format(text: str) -> ExportFormat:
    """A kind of file by its name; RefusedError for an unknown one."""
    if text not in list(ExportFormat):
        raise RefusedError(
            "There is no export format %(format)s. Choose one of %(formats)s.",
            format=text,
            formats=", ".join(ExportFormat),
        )
    return ExportFormat(text)


def read_preset(text: str) -> str | None:
    """A preset of column names, or None from nothing; RefusedError for an unknown one."""
    if text and text not in PRESETS:
        raise RefusedError(
            "There is no preset %(preset)s. Choose one of %(presets)s.",
            preset=text,
            presets=", ".join(PRESETS),
        )
    return text or None


def read_columns(names: Collection[str]) -> tuple[str, ...]:
    """The columns in the list's own order; all of them from none. RefusedError for an unknown one."""
    if not set(names) <= set(COLUMNS):
        raise RefusedError("One of these columns is not known. Choose again.")
    chosen = tuple(name for name in COLUMNS if name in names)
    return () if len(chosen) == len(COLUMNS) else chosen


def read_audience(text: str) -> ExportAudience:
    """Whose rows are in the list; RefusedError for anything else."""
    return ExportAudience(_one_of(text or ExportAudience.USUAL, list(ExportAudience)))


def read_exported_state(text: str) -> SignatureState:
    """The state of the signatures in a list, confirmed from nothing; RefusedError for anything else."""
    return SignatureState(_one_of(text or SignatureState.CONFIRMED, EXPORTED_STATES))


def read_day(text: str) -> date | None:
    """A day, or None from nothing; RefusedError for anything else."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RefusedError("Enter the day as year, month and day: 2026-03-31.") from None


def read_country_code(text: str) -> str | None:
    """A country's two letters, or None from nothing; RefusedError for anything else."""
    code = text.strip().upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise RefusedError("Enter a country by its two letters, like DE.")
    return code or None


def read_choice_name(text: str) -> str:
    """What a saved choice is called; RefusedError for nothing and for too much."""
    name = clean_line(text)
    if not name:
        raise RefusedError("Enter a name for this choice.")
    if len(name) > LONGEST_NAME:
        raise RefusedError("Say it in at most %(most)d characters.", most=LONGEST_NAME)
    return name


def _one_of(text: str, words: Sequence[str]) -> str:
    if text not in words:
        raise RefusedError("Choose one of the list.")
    return text
