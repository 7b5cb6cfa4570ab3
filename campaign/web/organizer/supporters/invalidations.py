"""Many signatures removed by a rule: a look at whom it means, how far each run is, and the way back."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import CampaignShown
from campaign.domain.moderation import LONGEST_REASON
from campaign.domain.roles import Permission
from campaign.errors import RefusedError
from campaign.services.campaigns import campaigns
from campaign.services.moderation import invalidation
from campaign.services.moderation import preview as previews
from campaign.services.moderation.preview import Preview
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, me, needs
from campaign.web.organizer.supporters.forms import InvalidationForm


@blueprint.get("/campaigns/<slug>/invalidations")
@needs(Permission.PEOPLE, Permission.CHANGE)
def invalidations(slug: str) -> str:
    """The runs, the last first, and the form of a rule for whoever gave their password a moment ago."""
    rule = {name: request.args.get(name, "") for name in ("domain", "network")}
    return _page(_campaign(slug), InvalidationForm.filled(rule))


@blueprint.post("/campaigns/<slug>/invalidations/preview")
@needs(Permission.PEOPLE, Permission.CHANGE, shows_people=True)
def preview_invalidation(slug: str) -> AnyResponse | str | tuple[str, int]:
    """Whom a rule means: how many, and the newest of them, which the audit log notes."""
    if not me().is_fresh(now()):
        return _password_first(slug)
    form, campaign = InvalidationForm(), _campaign(slug)
    seen = _preview(campaign, form)
    if seen is None:
        return _page(campaign, form), form.status
    with runtime().database.transaction() as session:
        previews.record_look(session, campaign.id, seen, actor=actor(), now=now())
    return _page(campaign, form, seen=seen)


@blueprint.post("/campaigns/<slug>/invalidations")
@needs(Permission.PEOPLE, Permission.CHANGE)
def invalidate(slug: str) -> AnyResponse | tuple[str, int]:
    """Begin a run; a worker does it."""
    if not me().is_fresh(now()):
        return _password_first(slug)
    form, campaign = InvalidationForm(), _campaign(slug)
    seen = _preview(campaign, form)
    if seen is None:
        return _page(campaign, form), form.status
    with runtime().database.transaction() as session:
        invalidation.begin(
            session,
            slug,
            seen.rule,
            expected=seen.number,
            reason=form.text("reason"),
            actor=actor(),
            now=now(),
        )
    return redirect(url_for("organizer.invalidations", slug=slug, done="invalidating"), 303)


@blueprint.post("/campaigns/<slug>/invalidations/<id:invalidation_id>/undo")
@needs(Permission.PEOPLE, Permission.CHANGE)
def undo_invalidation(slug: str, invalidation_id: int) -> AnyResponse:
    """Have a run restored; a worker does it."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        run = invalidation.by_id(session, invalidation_id, campaign_id=campaign.id)
        invalidation.undo(session, run.id, actor=actor(), now=now())
    return redirect(url_for("organizer.invalidations", slug=slug, done="undoing"), 303)


def _preview(campaign: CampaignShown, form: InvalidationForm) -> Preview | None:
    """What the form's rule means; None when it is no rule, which the form then says."""
    if not form.validate():
        return None
    try:
        rule = form.rule()
        with runtime().database.reading() as session:
            return previews.preview(session, campaign.id, rule, now=now())
    except RefusedError as error:
        form.refuse(error, field="domain")
        return None


def _campaign(slug: str) -> CampaignShown:
    with runtime().database.reading() as session:
        return campaigns.by_slug(session, slug)


def _password_first(slug: str) -> AnyResponse:
    leads_to = url_for("organizer.invalidations", slug=slug)
    return redirect(url_for("organizer.confirm_password", next=leads_to), 303)


def _page(campaign: CampaignShown, form: InvalidationForm, *, seen: Preview | None = None) -> str:
    with runtime().database.reading() as session:
        runs = invalidation.latest(session, campaign.id)
    return render_template(
        "organizer/invalidations.html",
        campaign=campaign,
        runs=runs,
        form=form,
        seen=seen,
        is_fresh=me().is_fresh(now()),
        longest_reason=LONGEST_REASON,
    )
