"""The form of who publishes here."""

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField, FileSize
from wtforms.fields import BooleanField, StringField, TextAreaField

from campaign.documents.mark_image import LIMITS, MarkImage, read_mark
from campaign.domain.publisher import (
    Publisher,
    read_contact,
    read_legal_address,
    read_notice,
    read_publisher_name,
)
from campaign.domain.sending_plan import read_time_zone
from campaign.i18n import LANGUAGES
from campaign.services.installation.publisher import PublisherDetails
from campaign.web.organizer.desk_form import DeskForm, Reads, lazy_gettext, read

LARGEST_FORM = LIMITS.largest_file + 512 * 1024
# A field for each language of the platform.
NOTICES = {code: f"privacy_{language.slug.replace('-', '_')}" for code, language in LANGUAGES.items()}


class SiteForm(DeskForm):
    """Name, mark, legal address, contact, time zone, and the privacy notice in each language."""

    name = StringField(validators=[Reads(read_publisher_name)])
    legal_address = TextAreaField(validators=[Reads(read_legal_address)])
    contact = StringField(validators=[Reads(read_contact)])
    time_zone = StringField(validators=[Reads(read_time_zone)])
    mark = FileField(
        validators=[FileSize(LIMITS.largest_file, message=lazy_gettext("The logo can be at most 2 MB."))]
    )
    drop_mark = BooleanField()
    new_mark: MarkImage | None = None

    @classmethod
    def stored(cls, who: Publisher, notices: Mapping[str, str]) -> "SiteForm":
        """The form with what stands now."""
        values = {"name": who.name, "legal_address": who.legal_address, "contact": who.contact}
        by_field = {field: notices.get(code, "") for code, field in NOTICES.items()}
        return cls.filled({**values, "time_zone": who.time_zone, **by_field})

    def validate_mark(self, field: Any) -> None:
        """A picture, drawn anew; a form without one leaves the mark as it is."""
        if field.data and not field.errors:
            self.new_mark = read(read_mark, field.data.read())

    def details(self) -> PublisherDetails:
        """What the service takes."""
        return PublisherDetails(
            name=self.text("name"),
            legal_address=self.text("legal_address"),
            contact=self.text("contact"),
            time_zone=self.text("time_zone"),
            privacy_notices={code: self.text(field) for code, field in NOTICES.items()},
            new_mark=self.new_mark,
            drops_mark=bool(self.drop_mark.data),
        )


for _field in NOTICES.values():
    setattr(SiteForm, _field, TextAreaField(validators=[Reads(read_notice)]))
