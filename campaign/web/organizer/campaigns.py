"""One campaign: its numbers, what its letter's reader was unsure of, and whether people can sign."""

from dataclasses import fields

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.domain.states import CampaignState, SignatureState
from campaign.errors import RefusedError
from campaign.services import (
    audit,
    campaigns,
    documents,
    letter_versions,
    own_words,
    sending_plans,
    statistics,
)
from campaign.services.sending_plans import PlanDetails
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import blueprint, me, needs
from campaign.web.organizer.words import time_zones


@blueprint.get("/campaigns/<slug>")
@needs(Permission.LOOK)
def campaign(slug: str) -> str:
    """The campaign's own page on the desk."""
    return _page(slug)


def _page(slug: str, *, error: RefusedError | None = None, typed: PlanDetails | None = None) -> str:
    with runtime().database.reading() as session:
        found = campaigns.by_slug(session, slug)
        letter = letter_versions.original(session, found)
        return render_template(
            "organizer/campaign.html",
            campaign=found,
            letter=letter,
            confirmations=statistics.confirmations(session, found.id, now=now()),
            pending=statistics.counted(session, found.id, SignatureState.PENDING),
            withdrawn=statistics.counted(session, found.id, SignatureState.WITHDRAWN),
            counted_up_to=statistics.COUNTED_UP_TO,
            pdf_problem=documents.problem_of(session, found.id),
            own_words=own_words.summary(session, found.id),
            usual_rate=runtime().settings.official_rate,
            why_all_wait=sending_plans.why_all_wait(session, found, now=now()),
            time_zones=time_zones(),
            error=error,
            typed=typed,
        )


@blueprint.post("/campaigns/<slug>/when")
@needs(Permission.CHANGE)
def change_sending(slug: str) -> AnyResponse | tuple[str, int]:
    """Store when and how many messages are sent; what breaks a rule comes back as it was typed."""
    typed = PlanDetails(**{field.name: request.form.get(field.name) for field in fields(PlanDetails)})
    try:
        with runtime().database.transaction() as session:
            sending_plans.change(session, slug, typed, organizer_id=me().organizer_id, now=now())
    except RefusedError as error:
        return _page(slug, error=error, typed=typed), 422
    return redirect(url_for("organizer.campaign", slug=slug, done="saved"), 303)


@blueprint.post("/campaigns/<slug>/state")
@needs(Permission.CHANGE)
def change_state(slug: str) -> AnyResponse:
    """Open or close the campaign."""
    wanted = request.form.get("state", "")
    if wanted not in (CampaignState.OPEN, CampaignState.CLOSED):
        raise RefusedError("A campaign can be opened or closed.")
    with runtime().database.transaction() as session:
        head = campaigns.set_state(session, slug, CampaignState(wanted), now=now())
        audit.record(
            session,
            action="campaign.state",
            organizer_id=me().organizer_id,
            details={"campaign": head.id, "state": wanted},
            now=now(),
        )
    return redirect(url_for("organizer.campaign", slug=slug, done=wanted), 303)
