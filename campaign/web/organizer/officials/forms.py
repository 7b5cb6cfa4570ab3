"""Forms of an official: address, pace and window, and whether messages go together."""

from datetime import date
from typing import Any

from flask_wtf.file import FileField
from wtforms.fields import BooleanField, StringField, TextAreaField
from wtforms.validators import AnyOf

from campaign.documents.photo import Photo, read_photo
from campaign.domain.addresses import clean_address
from campaign.domain.digest import DigestMode, read_mode, read_threshold
from campaign.domain.office_answers import (
    read_note,
    read_past_day,
    read_place,
    read_stance,
    read_web_address,
    read_what,
)
from campaign.domain.official import OfficialListed
from campaign.domain.official_details import read_longest_message
from campaign.domain.sending_plan import read_daily_limit, read_rate, read_time_zone
from campaign.services.digests.settings import DigestDetails
from campaign.services.officials.answers import AnswerDetails, EntryKind, HandOverDetails
from campaign.services.officials.directory import OfficialDetails
from campaign.web.context import now
from campaign.web.organizer.campaigns.forms import WindowForm, read_local_time, stored_plan
from campaign.web.organizer.desk_form import ActionForm, DeskForm, Reads, lazy_gettext, read


def read_optional_address(text: str) -> str | None:
    """An address, or None from nothing: no email on file."""
    return clean_address(text) if text.strip() else None


class OfficialForm(WindowForm):
    """When one official is written to, how fast, and how much they take."""

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
                "hourly_rate": official.hourly_rate,
                "longest_message": official.longest_message,
                **stored_plan(official, official.time_zone or usual_zone),
            },
            key=official.id,
        )

    def details(self) -> OfficialDetails:
        """What the service takes: every field as it was typed, None for what was not sent."""
        return OfficialDetails(
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


def read_day(text: str) -> date:
    """A day that has come."""
    return read_past_day(text, now=now())


class OfficeAnswerForm(DeskForm):
    """What an office answered, on one ask or on the letter as a whole."""

    ask = StringField(default="")
    stance = StringField(default="", validators=[Reads(read_stance)])
    answered_on = StringField(default="", validators=[Reads(read_day)])
    evidence = StringField(default="", validators=[Reads(read_web_address)])
    note = TextAreaField(default="", validators=[Reads(read_note)])
    is_public = BooleanField()

    def details(self) -> AnswerDetails:
        """What the service takes."""
        return AnswerDetails(
            **{name: self.text(name) for name in ("ask", "stance", "answered_on", "evidence", "note")},
            is_public=bool(self.is_public.data),
        )


class HandOverForm(DeskForm):
    """What was handed over or posted to an office, when and where and to whom; or that it was refused."""

    handed_on = StringField(default="", validators=[Reads(read_day)])
    what = StringField(default="", validators=[Reads(read_what)])
    place = StringField(default="", validators=[Reads(read_place)])
    receiver = StringField(default="", validators=[Reads(read_place)])
    is_refused = BooleanField()
    refusal = TextAreaField(default="", validators=[Reads(read_note)])
    picture = FileField()
    is_public = BooleanField()
    photo: Photo | None = None

    def validate_picture(self, field: Any) -> None:
        """Draw the picture anew; ValidationError with the sentence of what it breaks."""
        data = field.data.read() if field.data else b""
        self.photo = read(read_photo, data) if data else None

    def details(self) -> HandOverDetails:
        """What the service takes."""
        return HandOverDetails(
            **{name: self.text(name) for name in ("handed_on", "what", "place", "receiver", "refusal")},
            is_public=bool(self.is_public.data),
            is_refused=bool(self.is_refused.data) or bool(self.text("refusal").strip()),
            picture=self.photo,
        )


class EntryForm(ActionForm):
    """The buttons of an answer or a hand-over: on the letter's page, off it, or deleted."""

    decision = StringField(
        validators=[AnyOf(["publish", "hide", "remove"], lazy_gettext("Choose what to do with this entry."))]
    )
    kind = StringField(
        validators=[AnyOf(list(EntryKind), lazy_gettext("Choose what to do with this entry."))]
    )
