"""One campaign: its numbers, what its letter's reader was unsure of, and whether people can sign."""

from dataclasses import fields

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import CampaignState
from campaign.domain.roles import Permission
from campaign.domain.signature import SignatureState
from campaign.errors import RefusedError
from campaign.services import counting
from campaign.services.campaigns import campaigns, versions
from campaign.services.documents import pdf_jobs
from campaign.services.queue import schedule
from campaign.services.queue.schedule import PlanDetails
from campaign.services.signatures import own_words
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.template_filters import time_zones


@blueprint.get("/campaigns/<slug>")
@needs(Permission.LOOK)
def campaign(slug: str) -> str:
    """The campaign's own page on the desk."""
    return _page(slug)


def _page(slug: str, *, error: RefusedError | None = None, typed: PlanDetails | None = None) -> str:
    with runtime().database.reading() as session:
        found = campaigns.by_slug(session, slug)
        return render_template(
            "organizer/campaign.html",
            campaign=found,
            warnings=versions.warnings_of(versions.original(session, found)),
            confirmations=counting.confirmations(session, found.id, now=now()),
            pending=counting.count_in_state(session, found.id, SignatureState.PENDING),
            withdrawn=counting.count_in_state(session, found.id, SignatureState.WITHDRAWN),
            counted_up_to=counting.COUNTED_UP_TO,
            pdf_problem=pdf_jobs.last_problem(session, found.id),
            own_words=own_words.summary(session, found.id),
            usual_rate=runtime().settings.mail.official_rate,
            why_all_wait=schedule.why_all_wait(session, found, now=now()),
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
            schedule.change(session, slug, typed, actor=actor(), now=now())
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
        campaigns.set_state(session, slug, CampaignState(wanted), actor=actor(), now=now())
    return redirect(url_for("organizer.campaign", slug=slug, done=wanted), 303)
