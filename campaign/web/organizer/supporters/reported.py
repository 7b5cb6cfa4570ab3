"""Names that readers have reported: each decided with one press, which can be taken back."""

from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.name_reports import ReportDecision
from campaign.domain.roles import Permission
from campaign.i18n import to_translate
from campaign.services.campaigns import campaigns
from campaign.services.moderation import name_reports, removal
from campaign.services.signatures import hiding
from campaign.web.context import now, runtime
from campaign.web.jinja import translated
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.supporters.doubts import back
from campaign.web.organizer.supporters.forms import ReportDecisionForm

_REMOVED = to_translate("Readers reported it, and it is not what it seems")


@blueprint.post("/campaigns/<slug>/moderation/<id:signature_id>/reports")
@needs(Permission.PEOPLE, Permission.CHANGE)
def decide_reports(slug: str, signature_id: int) -> AnyResponse:
    """Leave a reported name, hide it, or remove its signature."""
    form = ReportDecisionForm()
    form.require()
    decision = ReportDecision(form.text("decision"))
    who, at = actor(), now()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        name_reports.decide(session, campaign.id, signature_id, decision, actor=who, now=at)
        if decision is ReportDecision.HIDE:
            context = runtime().mail_context
            hiding.hide(session, campaign.id, signature_id, context=context, actor=who, now=at)
        elif decision is ReportDecision.REMOVE:
            reason = translated(_REMOVED)
            removal.remove(
                session, campaign.id, signature_id, reason=reason, is_for_reports=True, actor=who, now=at
            )
    return back(slug, signature=signature_id, reported=decision.value)


@blueprint.post("/campaigns/<slug>/moderation/<id:signature_id>/reports/undo")
@needs(Permission.PEOPLE, Permission.CHANGE)
def undo_reports(slug: str, signature_id: int) -> AnyResponse:
    """Take such a decision back: the name is as it was, and its reports wait again."""
    form = ReportDecisionForm()
    form.require()
    decision = ReportDecision(form.text("decision"))
    who, at = actor(), now()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        name_reports.ask_again(session, campaign.id, signature_id, decision, actor=who, now=at)
        if decision is ReportDecision.HIDE:
            context = runtime().mail_context
            hiding.show(session, campaign.id, signature_id, context=context, actor=who, now=at)
        elif decision is ReportDecision.REMOVE:
            removal.restore_reported(session, campaign.id, signature_id, actor=who, now=at)
    return back(slug)


@blueprint.post("/campaigns/<slug>/moderation/reports/drop")
@needs(Permission.PEOPLE, Permission.CHANGE)
def drop_reports(slug: str) -> AnyResponse:
    """Set aside what came once: the way out of a flood."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        name_reports.drop_single(session, campaign.id, actor=actor(), now=now())
    return back(slug, dropped="y")


@blueprint.post("/campaigns/<slug>/moderation/reports/undrop")
@needs(Permission.PEOPLE, Permission.CHANGE)
def undrop_reports(slug: str) -> AnyResponse:
    """Let these wait again."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        name_reports.take_back_dropped(session, campaign.id, actor=actor(), now=now())
    return back(slug)
