"""Forms of a campaign: its letter, state, translations, appearance, and when its messages are sent."""

from abc import abstractmethod
from collections.abc import Iterable
from functools import partial
from typing import Any

from flask_wtf.file import FileField, FileSize
from wtforms.fields import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, ValidationError

from campaign.documents.read_letter.apart import read_letter_apart
from campaign.domain.campaign import CampaignShown, CampaignState, TranslationState
from campaign.domain.colour import PALETTE, clean_colour
from campaign.domain.letter import Letter
from campaign.domain.official import OfficialListed
from campaign.domain.retention import RetentionTerms, read_retention_days
from campaign.domain.sending_plan import (
    Window,
    check_window,
    local_text,
    read_daily_limit,
    read_moment,
    read_rate,
    read_time_zone,
)
from campaign.domain.sites import clean_sites
from campaign.errors import RefusedError
from campaign.services.campaigns.appearance import Appearance
from campaign.services.campaigns.letter_imports import LetterFile
from campaign.services.campaigns.translations import read_language
from campaign.services.queue.schedule import PlanDetails
from campaign.services.retention.settings import RetentionDetails
from campaign.web.context import runtime
from campaign.web.jinja import translated
from campaign.web.organizer.desk_form import ActionForm, DeskForm, Reads, lazy_gettext, read

LARGEST_LETTER = 5 * 1024 * 1024
# A letter that is pasted may take three bytes for each of its own, encoded as forms are.
LARGEST_FORM = 7 * 1024 * 1024 + 64 * 1024
OTHER_COLOUR = "other"

read_local_time = Reads(partial(read_moment, time_zone=None))


class IncomingLetterForm(DeskForm):
    """A letter as text, or as a file, which goes before it; what one that is right does with it is `take`."""

    pasted = TextAreaField(default="")
    letter = FileField(
        validators=[FileSize(LARGEST_LETTER, message=lazy_gettext("The file can have at most 5 MB."))]
    )

    @property
    def given_in(self) -> str:
        """The field that the letter is in."""
        return "letter" if self.letter.data else "pasted"

    def validate_pasted(self, field: Any) -> None:
        """What the reader can read a letter in."""
        if self.given_in != "pasted":
            return
        if not (field.data or "").strip():
            raise ValidationError(translated("Paste the letter, or choose a file."))
        self.take(LetterFile(field.data.encode(), ""))

    def validate_letter(self, field: Any) -> None:
        """Likewise."""
        if field.data and not field.errors:
            self.take(LetterFile(field.data.read(), field.data.filename or ""))

    @abstractmethod
    def take(self, file: LetterFile) -> None:
        """Read the letter; ValidationError for none that the reader can read."""


class TranslationForm(IncomingLetterForm):
    """A version of the letter in one of the platform's languages, or in its `original` one: a correction.

    Of a valid one, `parsed` is the letter.
    """

    language = StringField(default="")
    original: str
    parsed: Letter

    def validate_language(self, field: Any) -> None:
        """A language that there can be a version in."""
        read(partial(read_language, original=self.original), field.data)

    def take(self, file: LetterFile) -> None:
        """Read it without the roles of its lines."""
        self.parsed = read(partial(_letter, name=file.name), file.data)


class TranslationStateForm(ActionForm):
    """A button that moves the version that was looked at to another state."""

    state = StringField(
        validators=[
            AnyOf(list(TranslationState), lazy_gettext("Choose what to do with this translation.")),
        ]
    )
    number = IntegerField(default=0)


class NamesForm(ActionForm):
    """A button that hides all names from the public or shows them again."""

    names = StringField(
        validators=[AnyOf(["hidden", "shown"], lazy_gettext("Names can be hidden or shown."))]
    )

    @property
    def is_hide(self) -> bool:
        """Whether they are to be hidden."""
        return self.text("names") == "hidden"


class QuietForm(ActionForm):
    """A button that makes a campaign quiet, or a draft no longer so."""

    quiet = StringField(validators=[AnyOf(["on", "off"], lazy_gettext("Quiet emails can be on or off."))])

    @property
    def is_on(self) -> bool:
        """Whether it is to be quiet."""
        return self.text("quiet") == "on"


class CampaignStateForm(ActionForm):
    """A button that opens or closes a campaign."""

    state = StringField(
        validators=[
            AnyOf(
                [CampaignState.OPEN, CampaignState.CLOSED],
                lazy_gettext("A campaign can be opened or closed."),
            )
        ]
    )


class AppearanceForm(DeskForm):
    """A colour of the palette or another, and the sites that may show the form, one a line."""

    palette = StringField(default=OTHER_COLOUR)
    colour = StringField()
    sites = TextAreaField()

    @classmethod
    def stored(cls, colour: str, sites: Iterable[str]) -> "AppearanceForm":
        """The form with what a campaign has now."""
        name = next((name for name, value in PALETTE.items() if value == colour), OTHER_COLOUR)
        return cls.filled(
            {
                "palette": name,
                "colour": colour if name == OTHER_COLOUR else "",
                "sites": "\n".join(sites),
            }
        )

    @property
    def chosen_colour(self) -> str:
        """The colour of the palette, or what was typed beside it."""
        return PALETTE.get(self.text("palette"), self.text("colour"))

    def validate_colour(self, _field: Any) -> None:
        """A colour; what stands in the field does not count when one of the palette is chosen."""
        read(clean_colour, self.chosen_colour)

    def validate_sites(self, field: Any) -> None:
        """Addresses of sites."""
        read(partial(clean_sites, loopback=runtime().settings.web.is_local), field.data or "")

    def details(self) -> Appearance:
        """What the service takes."""
        return Appearance(colour=self.chosen_colour, sites=self.text("sites"))


class WindowForm(DeskForm):
    """What forms with a time to begin and a time to end have in common."""

    def validate_sending_until(self, field: Any) -> None:
        """An end after the beginning, when both are times."""
        begin = self["sending_from"]
        if field.data and begin.data and not (field.errors or begin.errors):
            opens, closes = (read_moment(bound.data, time_zone=None) for bound in (begin, field))
            read(check_window, Window(opens, closes))


def stored_plan(planned: CampaignShown | OfficialListed, zone: str | None) -> dict[str, object]:
    """The fields of a plan as a campaign or an official has it, with its times in a zone."""
    return {
        "time_zone": planned.time_zone,
        "sending_from": local_text(planned.sending_from, zone),
        "sending_until": local_text(planned.sending_until, zone),
        "daily_limit": planned.daily_limit,
    }


class SendingPlanForm(WindowForm):
    """When and how fast a campaign's messages are sent."""

    hourly_rate = StringField(validators=[Reads(read_rate)])
    time_zone = StringField(validators=[Reads(read_time_zone)])
    sending_from = StringField(validators=[read_local_time])
    sending_until = StringField(validators=[read_local_time])
    daily_limit = StringField(validators=[Reads(read_daily_limit)])

    @classmethod
    def stored(cls, campaign: CampaignShown) -> "SendingPlanForm":
        """The form with what a campaign has now."""
        rate = {"hourly_rate": campaign.official_rate}
        return cls.filled(rate | stored_plan(campaign, campaign.time_zone))

    def details(self) -> PlanDetails:
        """What the service takes: every field as it was typed, None for what was not sent."""
        return PlanDetails(
            hourly_rate=self.hourly_rate.data,
            daily_limit=self.daily_limit.data,
            time_zone=self.time_zone.data,
            sending_from=self.sending_from.data,
            sending_until=self.sending_until.data,
        )


class RetentionForm(DeskForm):
    """How long after the close it is known who signed, and whether names stay on the page."""

    retention_days = StringField(validators=[Reads(read_retention_days)])
    keep_public_names = BooleanField()

    @classmethod
    def stored(cls, terms: RetentionTerms) -> "RetentionForm":
        """The form with what a campaign has now."""
        return cls.filled({"retention_days": terms.days, "keep_public_names": terms.keep_public_names})

    def details(self) -> RetentionDetails:
        """What the service takes."""
        return RetentionDetails(
            days=self.text("retention_days"), keep_public_names=bool(self.keep_public_names.data)
        )


def _letter(data: bytes, *, name: str) -> Letter:
    if not data:
        raise RefusedError("Choose a file with the letter.")
    return read_letter_apart(data, name=name or None)
