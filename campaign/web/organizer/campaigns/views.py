"""One campaign: its numbers, what its letter's reader was unsure of, and whether people can sign."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import CampaignState
from campaign.domain.charts import bars
from campaign.domain.rate_limit import local_day
from campaign.domain.roles import Permission
from campaign.domain.signature import SignatureState
from campaign.services.campaigns import campaigns, quiet_mode, versions
from campaign.services.documents import pdf_jobs
from campaign.services.moderation import name_reports
from campaign.services.opening import schedule as schedule_of_opening
from campaign.services.opening.checklist import Premises
from campaign.services.queue import schedule
from campaign.services.retention import settings
from campaign.services.seals import recipients
from campaign.services.signatures import held_forms, own_words
from campaign.services.statistics import counting, reading
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.campaigns.forms import CampaignStateForm, RetentionForm, SendingPlanForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.template_filters import time_zones
from campaign.web.publisher import publisher


@blueprint.get("/campaigns/<slug>")
@needs(Permission.LOOK)
def campaign(slug: str) -> str:
    """The campaign's own page on the desk."""
    return _page(slug)


def _page(
    slug: str,
    *,
    refused_plan: SendingPlanForm | None = None,
    refused_retention: RetentionForm | None = None,
) -> str:
    zone = publisher().time_zone
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        days = reading.days(session, campaign.id, until=local_day(now(), zone))
        confirmed = [day.of("confirmed") for day in days]
        return render_template(
            "organizer/campaign.html",
            campaign=campaign,
            warnings=versions.warnings_of(versions.original(session, campaign)),
            confirmed_today=confirmed[-1],
            confirmed_this_week=sum(confirmed[-7:]),
            lately=bars(confirmed),
            days=days,
            pending=counting.unconfirmed_forms(session, campaign.id),
            suspected=counting.count_in_state(session, campaign.id, SignatureState.SUSPECTED),
            held=held_forms.held(session, campaign.id),
            has_reported_names=name_reports.are_waiting(session, campaign.id),
            held_until=now(),
            seal=recipients.shown(session, slug),
            quiet_may_end=quiet_mode.may_turn_off(session, slug),
            withdrawn=counting.count_in_state(session, campaign.id, SignatureState.WITHDRAWN),
            counted_up_to=counting.COUNTED_UP_TO,
            pdf_problem=pdf_jobs.last_problem(session, campaign.id),
            own_words=own_words.summary(session, campaign.id),
            usual_rate=runtime().settings.mail.official_rate,
            why_all_wait=schedule.why_all_wait(session, campaign, now=now()),
            time_zones=time_zones(),
            plan_form=refused_plan or SendingPlanForm.stored(campaign),
            retention_form=refused_retention or RetentionForm.stored(campaign.retention),
        )


@blueprint.post("/campaigns/<slug>/when")
@needs(Permission.CHANGE)
def change_sending(slug: str) -> AnyResponse | tuple[str, int]:
    """Store when and how many messages are sent; what breaks a rule comes back as it was typed."""
    form = SendingPlanForm()

    def change(session: Session) -> None:
        schedule.change(session, slug, form.details(), actor=actor(), now=now())

    if not form.carry_out(change, field="sending_until"):
        return _page(slug, refused_plan=form), form.status
    return redirect(url_for("organizer.campaign", slug=slug, done="saved"), 303)


@blueprint.post("/campaigns/<slug>/retention")
@needs(Permission.CHANGE)
def change_retention(slug: str) -> AnyResponse | tuple[str, int]:
    """Store how long it is known who signed; what breaks a promise comes back as it was typed."""
    form = RetentionForm()

    def change(session: Session) -> None:
        settings.change(session, slug, form.details(), actor=actor(), now=now())

    if not form.carry_out(change, field="retention_days"):
        return _page(slug, refused_retention=form), form.status
    return redirect(url_for("organizer.campaign", slug=slug, done="saved"), 303)


@blueprint.post("/campaigns/<slug>/state")
@needs(Permission.CHANGE)
def change_state(slug: str) -> AnyResponse:
    """Close the campaign or open it again; a draft opens only when nothing must be mended."""
    form = CampaignStateForm()
    form.require()
    wanted = form.text("state")
    with runtime().database.transaction() as session:
        is_draft = campaigns.by_slug(session, slug).state is CampaignState.DRAFT
        if is_draft and wanted == CampaignState.OPEN:
            premises = Premises.of(runtime().settings, runtime().default_publisher)
            schedule_of_opening.open_now(session, slug, premises, actor=actor(), now=now())
        else:
            campaigns.set_state(session, slug, CampaignState(wanted), actor=actor(), now=now())
    return redirect(url_for("organizer.campaign", slug=slug, done=wanted), 303)
