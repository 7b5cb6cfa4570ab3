"""Forms of how far a campaign has come: goal, deadline, texts, and entries of the change log."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from wtforms.fields import IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange

from campaign.domain.changes import read_goal, read_note, read_summary
from campaign.domain.sending_plan import local_text, read_moment, read_time_zone
from campaign.i18n import LANGUAGES
from campaign.services.campaigns.progress import (
    CampaignTexts,
    ProgressDetails,
    ProgressShown,
    read_outcome,
)
from campaign.web.organizer.desk_form import ActionForm, DeskForm, Reads, lazy_gettext
from campaign.web.organizer.paging import LARGEST_ID


class ProgressForm(DeskForm):
    """Goal and deadline; for each language of the letter, a summary and an outcome."""

    goal = StringField(validators=[Reads(read_goal)])
    closes_at = StringField(validators=[Reads(partial(read_moment, time_zone=None))])
    closes_zone = StringField(validators=[Reads(read_time_zone)])
    languages: Sequence[str] = ()

    def details(self) -> ProgressDetails:
        """What the service takes: every field as it was typed, None for what was not sent."""
        texts = {
            language: CampaignTexts(self.text(f"summary_{key}"), self.text(f"outcome_{key}"))
            for language, key in keys(self.languages)
            if self[f"summary_{key}"].data is not None and self[f"outcome_{key}"].data is not None
        }
        return ProgressDetails(
            goal=self.goal.data,
            closes_at=self.closes_at.data,
            closes_zone=self.closes_zone.data,
            texts=texts,
        )


class NoteForm(DeskForm):
    """An entry of the change log in the organizers' own words."""

    text = TextAreaField(validators=[Reads(read_note)])


class ChangeEntryForm(ActionForm):
    """A button at one entry of the change log."""

    entry = IntegerField(
        default=0, validators=[NumberRange(0, LARGEST_ID, lazy_gettext("There is no such entry."))]
    )


def progress_form(languages: Sequence[str]) -> type[ProgressForm]:
    """The form with fields for these languages."""
    fields: dict[str, Any] = {"languages": tuple(languages)}
    for _, key in keys(languages):
        fields[f"summary_{key}"] = StringField(validators=[Reads(read_summary)])
        fields[f"outcome_{key}"] = TextAreaField(validators=[Reads(read_outcome)])
    return type("ProgressFormInLanguages", (ProgressForm,), fields)


def stored_progress(
    shown: ProgressShown, languages: Sequence[str], *, usual_zone: str | None
) -> ProgressForm:
    """The form with what stands now; where no zone was chosen, the usual one is offered."""
    zone = shown.closes_zone or usual_zone
    values: dict[str, object] = {
        "goal": shown.goal,
        "closes_at": local_text(shown.closes_at, zone),
        "closes_zone": zone,
    }
    for language, key in keys(languages):
        texts = shown.texts.get(language, CampaignTexts())
        values |= {f"summary_{key}": texts.summary, f"outcome_{key}": texts.outcome}
    return progress_form(languages).filled(values)


def keys(languages: Sequence[str]) -> list[tuple[str, str]]:
    """Each language with what its fields are called by."""
    return [(language, _key(language)) for language in languages]


def _key(language: str) -> str:
    known = LANGUAGES.get(language)
    return (known.slug if known else language.lower()).replace("-", "_")
