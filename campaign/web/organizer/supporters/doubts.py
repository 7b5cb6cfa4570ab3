"""Signatures to be looked at: suspects, organizations, likely duplicates; each decided with one press."""

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.doubts import MAY_BE_CLEARED, Doubt, DoubtDecision
from campaign.domain.name_reports import OF_ONE_NAME
from campaign.domain.roles import Permission
from campaign.i18n import to_translate
from campaign.services.campaigns import campaigns
from campaign.services.moderation import doubts, name_reports, removal
from campaign.services.signatures import acceptance
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.jinja import translated
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.paging import row_named
from campaign.web.organizer.supporters.forms import DoubtForm

# Why it was removed, for whoever finds it later.
_REASONS = {
    Doubt.SUSPECT: to_translate("Looks as if a program made it"),
    Doubt.ORGANIZATION: to_translate("Does not speak for this organization"),
    Doubt.DUPLICATE: to_translate("Signed more than once"),
}


@blueprint.get("/campaigns/<slug>/moderation")
@needs(Permission.PEOPLE)
def moderation(slug: str) -> str:
    """What waits for a decision, newest first; a page of each kind, or the next one of a single kind."""
    kind = request.args.get("only", "")
    before = row_named("before")
    kinds = [Doubt(kind)] if kind in list(Doubt) else list(Doubt)
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        reported = name_reports.waiting(session, campaign.id) if len(kinds) > 1 else None
        pages = doubts.look(
            session,
            campaign.id,
            kinds,
            before=before if len(kinds) == 1 else None,
            besides=len(reported.names) if reported else 0,
            actor=actor(),
            now=now(),
        )
    return render_template(
        "organizer/moderation.html",
        campaign=campaign,
        pages=pages,
        reported=reported,
        is_first=before is None,
        decided=_decided(),
        decided_report=_decided_report(),
        has_dropped="dropped" in request.args,
    )


@blueprint.post("/campaigns/<slug>/moderation/<id:signature_id>")
@needs(Permission.PEOPLE, Permission.CHANGE)
def decide_doubt(slug: str, signature_id: int) -> AnyResponse:
    """Find one signature in order, or remove it."""
    form = DoubtForm()
    form.require()
    kind, decision = Doubt(form.text("kind")), DoubtDecision(form.text("decision"))
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        _decide(session, campaign.id, signature_id, kind, decision)
    return back(slug, signature=signature_id, kind=kind.value, decision=decision.value)


@blueprint.post("/campaigns/<slug>/moderation/<id:signature_id>/undo")
@needs(Permission.PEOPLE, Permission.CHANGE)
def undo_doubt(slug: str, signature_id: int) -> AnyResponse:
    """Take a decision back."""
    form = DoubtForm()
    form.require()
    kind = Doubt(form.text("kind"))
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        if form.text("decision") == DoubtDecision.REMOVE:
            removal.restore(session, campaign.id, signature_id, actor=actor(), now=now())
        else:
            doubts.ask_again(session, campaign.id, signature_id, kind, actor=actor(), now=now())
    return back(slug)


def _decide(
    session: Session, campaign_id: int, signature_id: int, kind: Doubt, decision: DoubtDecision
) -> None:
    if decision is DoubtDecision.REMOVE:
        reason = translated(_REASONS[kind])
        removal.remove(session, campaign_id, signature_id, reason=reason, actor=actor(), now=now())
    elif kind in MAY_BE_CLEARED:
        doubts.clear(session, campaign_id, signature_id, kind, actor=actor(), now=now())
    else:
        context = runtime().mail_context
        acceptance.accept(session, campaign_id, signature_id, context=context, actor=actor(), now=now())


def back(slug: str, **decided: int | str) -> AnyResponse:
    """To the page, which says what was decided a moment ago."""
    leads_to = url_for("organizer.moderation", slug=slug)
    return redirect(f"{leads_to}?{urlencode(decided)}" if decided else leads_to, 303)


def _decided() -> dict[str, str | int | bool] | None:
    """What was decided a moment ago, as the address says; what is accepted has left and is not undone."""
    signature_id, kind = row_named("signature"), request.args.get("kind", "")
    decision = request.args.get("decision", "")
    if signature_id is None or kind not in list(Doubt) or decision not in list(DoubtDecision):
        return None
    may_be_undone = decision == DoubtDecision.REMOVE or Doubt(kind) in MAY_BE_CLEARED
    return {
        "signature_id": signature_id,
        "kind": kind,
        "decision": decision,
        "may_be_undone": may_be_undone,
    }


def _decided_report() -> dict[str, str | int] | None:
    """The same of a reported name."""
    signature_id, decision = row_named("signature"), request.args.get("reported", "")
    if signature_id is None or decision not in OF_ONE_NAME:
        return None
    return {"signature_id": signature_id, "decision": decision}
