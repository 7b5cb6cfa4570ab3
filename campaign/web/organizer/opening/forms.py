"""The forms of a draft that is to be opened."""

from functools import partial

from wtforms.fields import StringField

from campaign.domain.sending_plan import local_text, read_moment, read_time_zone
from campaign.services.opening.schedule import OpeningPlan
from campaign.web.organizer.desk_form import ActionForm, DeskForm, Reads


class OpeningTimeForm(DeskForm):
    """When the campaign opens, by the clocks of a time zone."""

    opens_at = StringField(validators=[Reads(partial(read_moment, time_zone=None))])
    opens_zone = StringField(validators=[Reads(read_time_zone)])

    @classmethod
    def stored(cls, plan: OpeningPlan, *, usual_zone: str | None) -> "OpeningTimeForm":
        """The form with what is planned; where no zone was chosen, the usual one is offered."""
        zone = plan.opens_zone or usual_zone
        return cls.filled({"opens_at": local_text(plan.opens_at, zone), "opens_zone": zone})


class OpeningActionForm(ActionForm):
    """A button about a draft, with nothing to type."""
