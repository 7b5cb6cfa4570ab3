"""Buttons of the queue: what becomes of one email, or of all in a list."""

from wtforms.fields import HiddenField, IntegerField, StringField
from wtforms.validators import NumberRange

from campaign.errors import RefusedError
from campaign.services.queue.decisions import Decision
from campaign.web.organizer.desk_form import ActionForm, Reads, lazy_gettext
from campaign.web.organizer.paging import LARGEST_ID


def read_decision(text: str) -> Decision:
    """A decision by its word; RefusedError for any other."""
    if text not in list(Decision):
        raise RefusedError("Choose what to do with this email.")
    return Decision(text)


class DecisionForm(ActionForm):
    """A button for one email; the hidden fields name the page that it stands on."""

    decision = StringField(default="", validators=[Reads(read_decision)])
    list_name = HiddenField()
    campaign = HiddenField()

    @property
    def chosen(self) -> Decision:
        """The decision; only of a valid form."""
        return Decision(self.text("decision"))


class DecisionAboutAllForm(DecisionForm):
    """A button for all emails of a list up to the last that was counted."""

    up_to = IntegerField(
        validators=[NumberRange(1, LARGEST_ID, lazy_gettext("Look at the emails again, then decide."))]
    )
