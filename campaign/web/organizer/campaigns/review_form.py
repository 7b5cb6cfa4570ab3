"""A letter before it becomes a campaign: what each of its lines is, and what the campaign is called."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

from wtforms.fields import BooleanField, StringField
from wtforms.validators import ValidationError

from campaign.documents.read_letter.roles import LetterRole, LineRole
from campaign.domain.campaign import clean_slug
from campaign.domain.letter import LetterWarning
from campaign.errors import RefusedError
from campaign.i18n import LANGUAGES, to_translate
from campaign.services.campaigns.letter_imports import LetterImportShown
from campaign.web.jinja import translated
from campaign.web.organizer.campaigns.role_words import GOES_ON
from campaign.web.organizer.desk_form import DeskForm, Reads, read

LINES_ON_A_PAGE = 100
_NO_ROLE = to_translate("Choose what this line is from the list.")


@dataclass(frozen=True)
class ReviewLine:
    """One line with text, by its place in the file; `warnings` are those the reader gave about it."""

    place: int
    line: LineRole
    warnings: tuple[LetterWarning, ...] = ()

    def field(self, name: str) -> str:
        """What a field of this line is called."""
        return f"{name}-{self.place}"


@dataclass(frozen=True)
class ReviewPage:
    """The lines that are shown at once; pages count from 1."""

    number: int
    last: int
    lines: tuple[ReviewLine, ...]


def read_line_role(text: str) -> LetterRole | None:
    """A role, or None for a line that belongs to the one above it."""
    if text == GOES_ON:
        return None
    try:
        return LetterRole(text)
    except ValueError:
        raise RefusedError(_NO_ROLE) from None


def read_letter_language(text: str, *, found: str | None) -> str:
    """A language of the platform, or the one that the letter was found to be in."""
    if text not in LANGUAGES and text != found:
        raise RefusedError("Choose the language of the letter from the list.")
    return text


def review_page(letter: LetterImportShown, number: int) -> ReviewPage:
    """One page of a letter's lines; the first or the last for a number beyond them."""
    lines = _with_warnings(letter)
    last = max(1, -(-len(lines) // LINES_ON_A_PAGE))
    number = min(max(number, 1), last)
    begin = (number - 1) * LINES_ON_A_PAGE
    return ReviewPage(number, last, tuple(lines[begin : begin + LINES_ON_A_PAGE]))


def pages_with_warnings(letter: LetterImportShown) -> list[int]:
    """The pages that hold a line with a warning."""
    places = (at for at, line in enumerate(_with_warnings(letter)) if line.warnings)
    return sorted({at // LINES_ON_A_PAGE + 1 for at in places})


class ReviewForm(DeskForm):
    """Roles of the lines on one page, one role for several of them, and the campaign's name and language."""

    slug = StringField(validators=[Reads(clean_slug)])
    language = StringField()
    role = StringField(default="")
    first_line = StringField(default="")
    last_line = StringField(default="")
    shown: ReviewPage
    letter: LetterImportShown

    @classmethod
    def of(cls, letter: LetterImportShown, page: ReviewPage) -> type[Self]:
        """The form with two fields for each line of a page."""
        fields: dict[str, Any] = {"shown": page, "letter": letter}
        for line in page.lines:
            fields[line.field("role")] = StringField(validators=[Reads(read_line_role)])
            fields[line.field("chosen")] = BooleanField()
        return type(cls.__name__, (cls,), fields)

    @classmethod
    def stored(cls, letter: LetterImportShown, page: ReviewPage) -> Self:
        """The form with what is kept."""
        values: dict[str, object] = {"slug": letter.slug, "language": letter.language}
        values |= {line.field("role"): _value(line.line) for line in page.lines}
        return cls.of(letter, page).filled(values)

    def validate_language(self, field: Any) -> None:
        """One that there is."""
        read(partial(read_letter_language, found=self.letter.letter.language), field.data or "")

    def validate_role(self, field: Any) -> None:
        """A role for the lines that were chosen."""
        if field.data:
            read(read_line_role, field.data)

    def validate_first_line(self, field: Any) -> None:
        """A number of a line, where there is anything."""
        _read_number(field.data or "")

    def validate_last_line(self, field: Any) -> None:
        """Likewise."""
        _read_number(field.data or "")

    def roles(self) -> tuple[LineRole, ...]:
        """What each line of the letter is now, those of other pages as they were."""
        typed = {line.place: self.text(line.field("role")) for line in self.shown.lines}
        if self.text("role"):
            typed |= dict.fromkeys(self._chosen(), self.text("role"))
        return with_roles(self.letter.roles, typed)

    def _chosen(self) -> list[int]:
        places = [line.place for line in self.shown.lines if self[line.field("chosen")].data]
        first, last = _read_number(self.text("first_line")), _read_number(self.text("last_line"))
        if first is not None or last is not None:
            # One number alone is that line alone.
            begin, end = first or last or 0, last or first or 0
            places += [
                at
                for at, line in enumerate(self.letter.roles)
                if line.role is not None and begin <= line.number <= end
            ]
        return places


def with_roles(lines: Sequence[LineRole], typed: dict[int, str]) -> tuple[LineRole, ...]:
    """The lines with other roles by their places; one that goes on has the role of the line above it."""
    changed: list[LineRole] = []
    above: LetterRole | None = None
    for at, line in enumerate(lines):
        if line.role is None and at not in typed:
            changed.append(line)
            continue
        role = read_line_role(typed.get(at) or _value(line))
        goes_on = role is None and above is not None
        above = role or above or LetterRole.TEXT
        changed.append(replace(line, role=above, goes_on=goes_on))
    return tuple(changed)


def _value(line: LineRole) -> str:
    return GOES_ON if line.goes_on else line.role or LetterRole.FURNITURE


def _read_number(text: str) -> int | None:
    digits = text.strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7):
        raise ValidationError(translated("Enter the number of a line, like 12."))
    return int(digits)


def _with_warnings(letter: LetterImportShown) -> list[ReviewLine]:
    """Each line with text, and the warnings about it or about blank lines since the one before it."""
    lines = [ReviewLine(at, line) for at, line in enumerate(letter.roles) if line.text]
    left = sorted(letter.letter.warnings, key=lambda warning: warning.line)
    placed = []
    for at, shown in enumerate(lines):
        is_last = at == len(lines) - 1
        own = tuple(warning for warning in left if is_last or warning.line <= shown.line.number)
        left = left[len(own) :]
        placed.append(replace(shown, warnings=own))
    return placed
