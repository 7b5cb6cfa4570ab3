"""Forms of an update: its texts, whom it is for, how fast it is sent; and its buttons."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from wtforms.fields import IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, ValidationError

from campaign.documents.mail_markdown import mail_body, read_body
from campaign.domain.affirming import check_in_short
from campaign.domain.updates import (
    LONGEST_BODY,
    Audience,
    UpdateText,
    check_days,
    read_day,
    read_rate,
    read_subject,
)
from campaign.errors import RefusedError
from campaign.i18n import LANGUAGES
from campaign.services.updates.drafts import UpdateDetails, UpdateShown
from campaign.web.countries import is_country
from campaign.web.jinja import translated
from campaign.web.organizer.desk_form import ActionForm, DeskForm, Reads, lazy_gettext
from campaign.web.organizer.paging import LARGEST_ID
from campaign.web.publisher import publisher

read_text = partial(read_body, longest=LONGEST_BODY)


def read_in_short(typed: str) -> str:
    """What a question says of a new version."""
    text = read_text(typed)
    return check_in_short(text, as_read=mail_body(text).text)


class UpdateForm(DeskForm):
    """An update in each language of the letter; empty choices of whom it is for mean everybody."""

    language = StringField()
    country = StringField()
    official = StringField()
    signed_from = StringField(validators=[Reads(read_day)])
    signed_until = StringField(validators=[Reads(read_day)])
    hourly_rate = StringField(validators=[Reads(read_rate)])
    languages: Sequence[str] = ()

    def validate_language(self, field: Any) -> None:
        """One that a letter can be signed in."""
        if field.data and field.data not in LANGUAGES:
            raise ValidationError(translated("Choose a language from the list."))

    def validate_country(self, field: Any) -> None:
        """One that the form offers."""
        if field.data and not is_country(field.data):
            raise ValidationError(translated("Choose a country from the list."))

    def validate_official(self, field: Any) -> None:
        """A number; whose it is, the service knows."""
        if field.data and not (field.data.isascii() and field.data.isdigit() and len(field.data) < 10):
            raise ValidationError(translated("Choose an official from the list."))

    def validate_signed_until(self, field: Any) -> None:
        """No day before the first."""
        try:
            check_days(read_day(self.text("signed_from")), read_day(field.data or ""))
        except RefusedError as error:
            raise ValidationError(translated(error.message, **error.values)) from None

    def details(self) -> UpdateDetails:
        """What the service takes; only of a valid form."""
        is_by_day = self.text("signed_from") or self.text("signed_until")
        return UpdateDetails(
            texts={
                code: UpdateText(
                    read_subject(self.text(f"subject_{key}")), read_text(self.text(f"body_{key}"))
                )
                for code, key in keys(self.languages)
            },
            audience=Audience(
                language=self.text("language") or None,
                country=self.text("country") or None,
                official_id=int(self.text("official")) if self.text("official") else None,
                signed_from=read_day(self.text("signed_from")),
                signed_until=read_day(self.text("signed_until")),
                time_zone=publisher().time_zone if is_by_day else None,
            ),
            hourly_rate=read_rate(self.text("hourly_rate")),
        )


class UpdateActionForm(ActionForm):
    """A button about an update; `edition` names what its page showed, `language` which text."""

    edition = IntegerField(
        default=0,
        validators=[
            NumberRange(
                0, LARGEST_ID, lazy_gettext("This update has changed in the meantime. Look at it again.")
            )
        ],
    )
    language = StringField(default="")


class BeginForm(ActionForm):
    """A button that begins an update, perhaps about an entry of the change log."""

    entry = IntegerField(
        default=0, validators=[NumberRange(0, LARGEST_ID, lazy_gettext("There is no such entry."))]
    )


def update_form(languages: Sequence[str], *, is_question: bool = False) -> type[UpdateForm]:
    """The form with fields for these languages."""
    fields: dict[str, Any] = {"languages": tuple(languages)}
    for _, key in keys(languages):
        fields[f"subject_{key}"] = StringField(validators=[Reads(read_subject)])
        fields[f"body_{key}"] = TextAreaField(validators=[Reads(read_in_short if is_question else read_text)])
    return type("UpdateFormInLanguages", (UpdateForm,), fields)


def stored_update(update: UpdateShown, languages: Sequence[str]) -> UpdateForm:
    """The form with what is stored."""
    audience = update.audience
    values: dict[str, object] = {
        "language": audience.language,
        "country": audience.country,
        "official": audience.official_id,
        "signed_from": audience.signed_from and audience.signed_from.isoformat(),
        "signed_until": audience.signed_until and audience.signed_until.isoformat(),
        "hourly_rate": update.hourly_rate,
    }
    for code, key in keys(languages):
        text: UpdateText = _text(update.texts, code)
        values |= {f"subject_{key}": text.subject, f"body_{key}": text.body}
    return update_form(languages, is_question=update.asks_wording is not None).filled(values)


def keys(languages: Sequence[str]) -> list[tuple[str, str]]:
    """Each language with what its fields are called by."""
    return [(code, _key(code)) for code in languages]


def _text(texts: Mapping[str, UpdateText], code: str) -> UpdateText:
    return texts.get(code, UpdateText())


def _key(code: str) -> str:
    known = LANGUAGES.get(code)
    return (known.slug if known else code.lower()).replace("-", "_")
