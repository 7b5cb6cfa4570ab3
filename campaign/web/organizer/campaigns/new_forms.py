"""Forms by which a campaign begins: a letter pasted or dropped, the example, a campaign that was."""

from functools import partial
from typing import Any

from flask_wtf.file import FileField, FileSize
from wtforms.fields import StringField, TextAreaField
from wtforms.validators import ValidationError

from campaign.documents.read_letter.apart import read_with_roles_apart
from campaign.documents.read_letter.reader import ReadLetter
from campaign.domain.campaign import clean_slug
from campaign.services.campaigns.letter_imports import LetterFile
from campaign.web.jinja import translated
from campaign.web.organizer.campaigns.forms import LARGEST_LETTER
from campaign.web.organizer.desk_form import DeskForm, Reads, lazy_gettext, read


class NewLetterForm(DeskForm):
    """A letter as text, or a file; of a valid one, `file` is what it is in and `read` what was read."""

    pasted = TextAreaField(default="")
    letter = FileField(
        validators=[FileSize(LARGEST_LETTER, message=lazy_gettext("The file can have at most 5 MB."))]
    )
    file: LetterFile
    read: ReadLetter

    def validate_pasted(self, field: Any) -> None:
        """What the reader can read a letter in; a file goes before it."""
        if self.letter.data:
            return
        if not (field.data or "").strip():
            raise ValidationError(translated("Paste the letter, or choose a file."))
        self._read(LetterFile(field.data.encode(), ""))

    def validate_letter(self, field: Any) -> None:
        """Likewise."""
        if field.data and not field.errors:
            self._read(LetterFile(field.data.read(), field.data.filename or ""))

    def _read(self, file: LetterFile) -> None:
        self.file = file
        self.read = read(partial(read_with_roles_apart, name=file.name), file.data)


class CopyForm(DeskForm):
    """A campaign that was, and the name in addresses of the one that begins with it."""

    source = StringField(validators=[Reads(clean_slug)])
    slug = StringField(validators=[Reads(clean_slug)])
