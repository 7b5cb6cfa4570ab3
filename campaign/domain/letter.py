"""The joint letter as a record: what a parsed letter holds, and its JSON form."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
class LetterAsk:
    """One demand; `title` keeps its full stop and `text` goes on where it ends."""

    text: str
    title: str | None = None


@dataclass(frozen=True)
class Signatory:
    """One line of the signature block; an organization that signs alone has no `name`.

    `for_identification` is what organizers say of a person's organization, and no file does.
    """

    kind: SignatoryKind
    name: str | None = None
    title: str | None = None
    organization: str | None = None
    for_identification: bool = False


@dataclass(frozen=True)
class Copied:
    """One official who receives a copy."""

    name: str
    title: str | None = None
    office: str | None = None


@dataclass(frozen=True)
class LetterWarning:
    """What the reader is unsure of, or left out; `line` counts from 1 in the text that was read.

    `message` is the English sentence as the translation catalogues know it, with `%(name)s` places that
    `values` fill. `lines` names all the lines it is about where there are several, such as "3–5".
    """

    line: int
    message: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    lines: str = ""

    @property
    def sentence(self) -> str:
        """The finished sentence in English."""
        text = self.message % self.values if self.values else self.message
        return f"{text.removesuffix('.')} (lines {self.lines})." if self.lines else text


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
    asks: tuple[LetterAsk, ...] = ()
    conclusion: tuple[str, ...] = ()
    closing: str | None = None
    signatories: tuple[Signatory, ...] = ()
    copied: tuple[Copied, ...] = ()
    warnings: tuple[LetterWarning, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The documented JSON object, dates as ISO 8601 strings."""
        record = asdict(self)
        for signatory in record["signatories"]:
            del signatory["for_identification"]
        for name in ("page_on", "dated_on"):
            record[name] = record[name].isoformat() if record[name] else None
        record["warnings"] = [
            {"line": warning.line, "message": warning.sentence} for warning in self.warnings
        ]
        return record
