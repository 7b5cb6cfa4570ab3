"""Closing a campaign: what happens then, what came of it, and a word to those who signed."""

from datetime import timedelta

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields import BooleanField, TextAreaField

from campaign.domain.changes import LONGEST_OUTCOME
from campaign.domain.retention import WORDS_DAYS
from campaign.domain.roles import Permission
from campaign.domain.updates import Audience
from campaign.services.campaigns import campaigns
from campaign.services.campaigns.progress import read_outcome
from campaign.services.updates import audience, closing
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import DeskForm, Reads
from campaign.web.organizer.guard import actor, blueprint, needs


class ClosingForm(DeskForm):
    """What came of it, and whether to begin an update about it."""

    outcome = TextAreaField(validators=[Reads(read_outcome)])
    begins_update = BooleanField()


@blueprint.get("/campaigns/<slug>/close")
@needs(Permission.CHANGE)
def closing_page(slug: str) -> str:
    """What closing does, before it is done."""
    return _page(slug)


@blueprint.post("/campaigns/<slug>/close")
@needs(Permission.CHANGE)
def close_campaign(slug: str) -> AnyResponse | tuple[str, int]:
    """Close it; what breaks a rule comes back as it was typed."""
    form = ClosingForm()
    begun: list[int | None] = []

    def close(session: Session) -> None:
        update_id = closing.close(
            session,
            slug,
            outcome=form.text("outcome"),
            begins_update=bool(form.begins_update.data),
            actor=actor(),
            now=now(),
        )
        begun.append(update_id)

    if not form.carry_out(close):
        return _page(slug, refused=form), form.status
    if begun[-1] is None:
        return redirect(url_for("organizer.campaign", slug=slug, done="closed"), 303)
    return redirect(url_for("organizer.update", slug=slug, update_id=begun[-1], done="closed"), 303)


def _page(slug: str, *, refused: ClosingForm | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        outcome = closing.outcome_of(session, slug)
        number = audience.number(session, campaign.id, Audience())
    return render_template(
        "organizer/close.html",
        campaign=campaign,
        form=refused or ClosingForm.filled({"outcome": outcome, "begins_update": True}),
        number=number,
        forgotten_on=now() + timedelta(days=campaign.retention.days),
        words_days=WORDS_DAYS,
        longest_outcome=LONGEST_OUTCOME,
    )
