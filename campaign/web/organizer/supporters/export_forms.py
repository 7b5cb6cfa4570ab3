"""Forms about lists of supporters to take away: what is in one, and how it is encrypted."""

from wtforms.fields import BooleanField, HiddenField, PasswordField, SelectMultipleField, StringField

from campaign.documents.age_file import read_passphrase, read_recipient
from campaign.domain.export_choice import (
    LONGEST_NAME,
    ExportChoice,
    read_audience,
    read_columns,
    read_country_code,
    read_day,
    read_exported_state,
    read_format,
    read_preset,
)
from campaign.domain.export_columns import COLUMNS
from campaign.errors import RefusedError
from campaign.i18n import LANGUAGES
from campaign.web.organizer.desk_form import DeskForm, Reads
from campaign.web.organizer.paging import LARGEST_ID
from campaign.web.publisher import publisher


def _read_language(text: str) -> str | None:
    if text and text not in LANGUAGES:
        raise RefusedError("Choose one of the list.")
    return text or None


def _read_official(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_ID):
        raise RefusedError("Choose one of the list.")
    return int(text)


def _read_short(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise RefusedError("Say it in at most %(most)d characters.", most=LONGEST_NAME)
    return text


class EncryptionForm(DeskForm):
    """How a file is encrypted before it leaves, if at all."""

    passphrase = PasswordField(default="", validators=[Reads(read_passphrase)])
    recipient = StringField(default="", validators=[Reads(read_recipient)])

    def validate(self, extra_validators: object = None) -> bool:
        """Not for both at once: which of them opens the file would be anybody's guess."""
        is_valid = super().validate(extra_validators)
        if is_valid and self.text("passphrase") and self.text("recipient"):
            self.refuse(RefusedError("Choose a passphrase or a key, not both."), field="recipient")
            return False
        return is_valid


class ExportForm(EncryptionForm):
    """Which people, which columns, and the kind of file; `name` is what the choice is saved as."""

    action = HiddenField(default="")
    format = StringField(default="", validators=[Reads(read_format)])
    preset = StringField(default="", validators=[Reads(read_preset)])
    audience = StringField(default="", validators=[Reads(read_audience)])
    columns = SelectMultipleField(choices=[], validate_choice=False, validators=[Reads(read_columns)])
    state = StringField(default="", validators=[Reads(read_exported_state)])
    since = StringField(default="", validators=[Reads(read_day)])
    until = StringField(default="", validators=[Reads(read_day)])
    language = StringField(default="", validators=[Reads(_read_language)])
    country = StringField(default="", validators=[Reads(read_country_code)])
    official = StringField(default="", validators=[Reads(_read_official)])
    own_words = BooleanField()
    name = StringField(default="", validators=[Reads(_read_short)])

    @classmethod
    def of(cls, choice: ExportChoice | None) -> "ExportForm":
        """The form with a saved choice in it, or as it is at first."""
        if choice is None:
            return cls.filled({"columns": list(COLUMNS)})
        values = {**choice.as_json(), "columns": list(choice.columns or COLUMNS)}
        return cls.filled({**values, "official": str(choice.official or "")})

    @property
    def is_save(self) -> bool:
        """Whether the choice is to be saved, and nothing downloaded."""
        return self.text("action") == "save"

    def choice(self) -> ExportChoice:
        """What was chosen; only once the form is valid."""
        return ExportChoice(
            format=read_format(self.text("format")),
            preset=read_preset(self.text("preset")),
            columns=read_columns(self["columns"].data or ()),
            audience=read_audience(self.text("audience")),
            state=read_exported_state(self.text("state")),
            since=read_day(self.text("since")),
            until=read_day(self.text("until")),
            language=_read_language(self.text("language")),
            country=read_country_code(self.text("country")),
            official=_read_official(self.text("official")),
            own_words=bool(self["own_words"].data),
            time_zone=publisher().time_zone if self.text("since") or self.text("until") else None,
        )
