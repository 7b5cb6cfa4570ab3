"""The forms of spot checks."""

from datetime import datetime

from wtforms.fields import Field, StringField

from campaign.domain.drawing import USUAL_DRAWN, ChanceSource, read_number, read_source_name
from campaign.domain.sending_plan import local_text, read_moment, read_time_zone
from campaign.domain.ssh_signatures import read_public_key
from campaign.domain.witnesses import read_witness_name
from campaign.errors import RefusedError
from campaign.services.spot_checks.announcing import Announcement
from campaign.web.organizer.desk_form import DeskForm, Reads


def _read_source(text: str) -> ChanceSource:
    if text not in list(ChanceSource):
        raise RefusedError("Choose what decides the draw.")
    return ChanceSource(text)


def _read_known_at(text: str) -> datetime:
    moment = read_moment(text, time_zone=None)
    if moment is None:
        raise RefusedError("Enter a date and a time like 2026-12-01 09:00.")
    return moment


class AnnouncementForm(DeskForm):
    """How many to draw, and what decides, from when on."""

    wanted = StringField(validators=[Reads(read_number)])
    source = StringField(validators=[Reads(_read_source)])
    source_name = StringField()
    known_at = StringField(validators=[Reads(_read_known_at)])
    zone = StringField(validators=[Reads(read_time_zone)])

    @classmethod
    def fresh(cls, *, usual_zone: str | None) -> "AnnouncementForm":
        """The form with what fits most."""
        values = {"wanted": USUAL_DRAWN, "source": ChanceSource.DRAND.value, "zone": usual_zone}
        return cls.filled({**values, "source_name": "", "known_at": local_text(None, None)})

    def validate_source_name(self, field: Field) -> None:
        """Words are needed where no round of drand decides."""
        if field.data or self.text("source") == ChanceSource.OTHER:
            Reads(read_source_name)(self, field)

    def announcement(self) -> Announcement:
        """What was filled in, of a form that is right."""
        zone = read_time_zone(self.text("zone"))
        known_at = read_moment(self.text("known_at"), time_zone=zone) or _read_known_at("")
        return Announcement(
            wanted=read_number(self.text("wanted")),
            source=_read_source(self.text("source")),
            source_name=self.text("source_name"),
            known_at=known_at,
        )


class ValueForm(DeskForm):
    """The value that was published."""

    published = StringField()


class WitnessForm(DeskForm):
    """A partner organization, and the key it signs with."""

    name = StringField(validators=[Reads(read_witness_name)])
    public_key = StringField(validators=[Reads(read_public_key)])


class AbandonForm(DeskForm):
    """Why a spot check is given up."""

    reason = StringField()
