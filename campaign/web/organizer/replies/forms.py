"""The form about an office's answer."""

from typing import Any

from wtforms.fields import StringField, TextAreaField
from wtforms.validators import AnyOf

from campaign.domain.replies import clean_summary
from campaign.services.replies.review import ReviewDecision
from campaign.web.organizer.desk_form import DeskForm, lazy_gettext, read


class ReplyForm(DeskForm):
    """The organizers' own words about an answer, and the button that says what becomes of both."""

    summary = TextAreaField(default="")
    decision = StringField(
        validators=[AnyOf(list(ReviewDecision), lazy_gettext("Choose what to do with this answer."))]
    )

    def validate_summary(self, field: Any) -> None:
        """Words fit to be published, when they are to be."""
        if self.decision.data == ReviewDecision.PUBLISH:
            read(clean_summary, field.data)

    @property
    def chosen(self) -> ReviewDecision:
        """What becomes of the answer; only of a valid form."""
        return ReviewDecision(self.text("decision"))
