"""Forms of an official: address, pace and window, and whether messages go together."""

from typing import Any

from wtforms.fields import StringField

from campaign.domain.addresses import clean_address
from campaign.domain.digest import DigestMode, read_mode, read_threshold
from campaign.domain.official import OfficialListed
from campaign.domain.official_details import read_longest_message, read_salutation
from campaign.domain.sending_plan import read_daily_limit, read_rate, read_time_zone
from campaign.services.digests.settings import DigestDetails
from campaign.services.officials.directory import OfficialDetails
from campaign.web.organizer.campaigns.forms import WindowForm, read_local_time, stored_plan
from campaign.web.organizer.desk_form import DeskForm, Reads, read


def read_optional_address(text: str) -> str | None:
    """An address, or None from nothing: no email on file."""
    return clean_address(text) if text.strip() else None


class OfficialForm(WindowForm):
    """How one official is reached, greeted and paced."""

    email = StringField(validators=[Reads(read_optional_address)])
    salutation = StringField(validators=[Reads(read_salutation)])
    hourly_rate = StringField(validators=[Reads(read_rate)])
    longest_message = StringField(validators=[Reads(read_longest_message)])
    time_zone = StringField(validators=[Reads(read_time_zone)])
    sending_from = StringField(validators=[read_local_time])
    sending_until = StringField(validators=[read_local_time])
    daily_limit = StringField(validators=[Reads(read_daily_limit)])

    @classmethod
    def stored(cls, official: OfficialListed, *, usual_zone: str | None) -> "OfficialForm":
        """The form with what an official has now."""
        return cls.filled(
            {
                "email": official.email,
                "salutation": official.salutation,
                "hourly_rate": official.hourly_rate,
                "longest_message": official.longest_message,
                **stored_plan(official, official.time_zone or usual_zone),
            },
            key=official.id,
        )

    def details(self) -> OfficialDetails:
        """What the service takes: every field as it was typed, None for what was not sent."""
        return OfficialDetails(
            email=self.email.data,
            salutation=self.salutation.data,
            hourly_rate=self.hourly_rate.data,
            daily_limit=self.daily_limit.data,
            time_zone=self.time_zone.data,
            sending_from=self.sending_from.data,
            sending_until=self.sending_until.data,
            longest_message=self.longest_message.data,
        )


class DigestForm(DeskForm):
    """Whether an official's messages go one by one, or many in one mail a day."""

    digest = StringField(default="", validators=[Reads(read_mode)])
    threshold = StringField(default="")

    def validate_threshold(self, field: Any) -> None:
        """A number, where the way that was chosen has one."""
        if self.digest.data == DigestMode.ABOVE:
            read(read_threshold, field.data)

    @classmethod
    def stored(cls, official: OfficialListed) -> "DigestForm":
        """The form with what an official has now."""
        values = {"digest": official.digest_mode.value, "threshold": official.digest_threshold}
        return cls.filled(values, key=official.id)

    def details(self) -> DigestDetails:
        """What the service takes."""
        return DigestDetails(self.text("digest"), self.text("threshold"))
