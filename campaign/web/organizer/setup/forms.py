"""The forms of setting up a desk."""

from wtforms.fields import StringField
from wtforms.validators import AnyOf

from campaign.domain.first_steps import Step, StepState
from campaign.domain.publisher import read_publisher_name
from campaign.web.organizer.desk_form import ActionForm, DeskForm, Reads, lazy_gettext


class PublisherNameForm(DeskForm):
    """The one thing that must be known of a publisher."""

    name = StringField(validators=[Reads(read_publisher_name)])


class StepForm(ActionForm):
    """A button that skips a step, says that it is done, or takes it up again."""

    step = StringField(validators=[AnyOf(list(Step), lazy_gettext("There is no such step."))])
    state = StringField(validators=[AnyOf(list(StepState), lazy_gettext("There is no such step."))])


class SetupActionForm(ActionForm):
    """A button with nothing to type."""
