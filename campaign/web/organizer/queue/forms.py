"""Buttons of the queue: what becomes of one email, or of all in a list."""

from wtforms.fields import HiddenField, StringField
from wtforms.validators import AnyOf, Regexp

from campaign.services.queue.decisions import Decision
from campaign.web.organizer.desk_form import ActionForm, lazy_gettext


class DecisionForm(ActionForm):
    """A button for one email; the hidden fields name the page that it stands on."""

    decision = StringField(
        validators=[AnyOf(list(Decision), lazy_gettext("Choose what to do with this email."))]
    )
    list_name = HiddenField()
    campaign = HiddenField()

    @property
    def chosen(self) -> Decision:
        """The decision; only of a valid form."""
        return Decision(self.text("decision"))


class DecisionAboutAllForm(DecisionForm):
    """A button for all emails of a list up to the last that was counted."""

    up_to = HiddenField(
        validators=[Regexp(r"[0-9]{1,10}\Z", message=lazy_gettext("Look at the emails again, then decide."))]
    )
