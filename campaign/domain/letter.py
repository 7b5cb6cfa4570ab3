"""The joint letter as a record: what a parsed letter holds, and its JSON form."""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class SignatoryKind(StrEnum):
    """Whether a line among the signatories stands for an organization or for a person."""

    ORGANIZATION = "organization"
    PERSON = "person"


@dataclass(frozen=True)
class Addressee:
    """Whom the letter is written to, as its address block gives it."""

    name: str
    title: str | None = None
    address: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """One demand; `title` keeps its full stop and `text` goes on where it ends."""

    text: str
    title: str | None = None


@dataclass(frozen=True)
class Signatory:
    """One line of the signature block; an organization that signs alone has no `name`."""

    kind: SignatoryKind
    name: str | None = None
    title: str | None = None
    organization: str | None = None


@dataclass(frozen=True)
class Copied:
    """One official who receives a copy."""

    name: str
    title: str | None = None
    office: str | None = None


@dataclass(frozen=True)
class Doubt:
    """What the reader is unsure of; `line` counts from 1 in the text that was read."""

    line: int
    message: str


@dataclass(frozen=True)
class Letter:
    """A whole letter; a part that is absent is None or empty, and no text is mended.

    Paragraphs are single-line strings. The last paragraph of `introduction` leads into the asks.
    """

    title: str | None = None
    page_on: date | None = None
    dated_on: date | None = None
    language: str | None = None
    addressees: tuple[Addressee, ...] = ()
    subject: str | None = None
    salutation: str | None = None
    introduction: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    conclusion: tuple[str, ...] = ()
    closing: str | None = None
    signatories: tuple[Signatory, ...] = ()
    copied: tuple[Copied, ...] = ()
    warnings: tuple[Doubt, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The documented JSON object, dates as ISO 8601 strings."""
        record = asdict(self)
        for field in ("page_on", "dated_on"):
            record[field] = record[field].isoformat() if record[field] else None
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "Letter":
        """The letter of a documented JSON object; parts that are missing are absent.

        Raises KeyError, TypeError or ValueError for an object of another shape.
        """
        page_on, dated_on = record.get("page_on"), record.get("dated_on")
        return cls(
            title=record.get("title"),
            page_on=date.fromisoformat(page_on) if page_on else None,
            dated_on=date.fromisoformat(dated_on) if dated_on else None,
            language=record.get("language"),
            subject=record.get("subject"),
            salutation=record.get("salutation"),
            closing=record.get("closing"),
            introduction=tuple(record.get("introduction", ())),
            conclusion=tuple(record.get("conclusion", ())),
            addressees=tuple(
                Addressee(each["name"], each.get("title"), tuple(each.get("address", ())))
                for each in record.get("addressees", ())
            ),
            asks=tuple(Ask(each["text"], each.get("title")) for each in record.get("asks", ())),
            signatories=tuple(
                Signatory(
                    SignatoryKind(each["kind"]), each.get("name"), each.get("title"), each.get("organization")
                )
                for each in record.get("signatories", ())
            ),
            copied=tuple(
                Copied(each["name"], each.get("title"), each.get("office"))
                for each in record.get("copied", ())
            ),
            warnings=tuple(Doubt(each["line"], each["message"]) for each in record.get("warnings", ())),
        )
