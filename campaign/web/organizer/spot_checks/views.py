"""Spot checks of one campaign: what runs, what it needs, and what came of those that are over."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.approval import Approvable
from campaign.domain.drawing import LEAST_COUNT, LEAST_DRAWN, MOST_DRAWN
from campaign.domain.roles import Permission
from campaign.domain.spot_check import ANSWER_DAYS, IS_RUNNING
from campaign.services.accounts import second_person
from campaign.services.campaigns import campaigns
from campaign.services.spot_checks import announcing, reading
from campaign.services.transparency import reading as count_log
from campaign.services.transparency import witnesses
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm, ApprovalForm
from campaign.web.organizer.guard import actor, blueprint, me, needs, require_fresh
from campaign.web.organizer.spot_checks.forms import (
    AbandonForm,
    AnnouncementForm,
    ValueForm,
    WitnessForm,
)
from campaign.web.organizer.template_filters import time_zones
from campaign.web.publisher import publisher


@blueprint.get("/campaigns/<slug>/spot-checks")
@needs(Permission.LOOK)
def spot_checks(slug: str) -> str:
    """What runs, and what came of those before."""
    return page(slug)


@blueprint.post("/campaigns/<slug>/spot-checks")
@needs(Permission.CHANGE)
def propose_spot_check(slug: str) -> AnyResponse | tuple[str, int]:
    """Ask a second person to have one announced."""
    form = AnnouncementForm()

    def change(session: Session) -> None:
        announcing.propose(session, slug, form.announcement(), actor=actor(), now=now())

    if not form.carry_out(change):
        return page(slug, announcement=form), form.status
    return _back(slug, "asked-to-approve")


@blueprint.post("/campaigns/<slug>/spot-checks/<id:number>/announce")
@needs(Permission.CHANGE)
def announce_spot_check(slug: str, number: int) -> AnyResponse | tuple[str, int]:
    """Announce it in public: by a second person, with a fresh password."""
    require_fresh(url_for("organizer.spot_checks", slug=slug))
    form = ApprovalForm()

    def change(session: Session) -> None:
        announcing.announce(session, slug, number, seen=form.text("seen"), actor=actor(), now=now())

    if not form.carry_out(change):
        return page(slug), form.status
    return _back(slug, "announced")


@blueprint.post("/campaigns/<slug>/spot-checks/<id:number>/take-back")
@needs(Permission.CHANGE)
def take_back_spot_check(slug: str, number: int) -> AnyResponse:
    """Delete what was only proposed."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        announcing.take_back(session, slug, number, actor=actor(), now=now())
    return _back(slug, "proposal-deleted")


@blueprint.post("/campaigns/<slug>/spot-checks/<id:number>/value")
@needs(Permission.CHANGE)
def draw_spot_check(slug: str, number: int) -> AnyResponse | tuple[str, int]:
    """Take the value, draw, and have those people asked."""
    form = ValueForm()

    def change(session: Session) -> None:
        announcing.draw(session, slug, number, form.text("published"), actor=actor(), now=now())

    if not form.carry_out(change, field="published"):
        return page(slug, value=form), form.status
    return _back(slug, "drawn")


@blueprint.post("/campaigns/<slug>/spot-checks/<id:number>/give-up")
@needs(Permission.CHANGE)
def abandon_spot_check(slug: str, number: int) -> AnyResponse | tuple[str, int]:
    """Give it up; the page says so."""
    form = AbandonForm()

    def change(session: Session) -> None:
        announcing.abandon(session, slug, number, form.text("reason"), actor=actor(), now=now())

    if not form.carry_out(change, field="reason"):
        return page(slug, abandon=form), form.status
    return _back(slug, "given-up")


def _back(slug: str, done: str) -> AnyResponse:
    return redirect(url_for("organizer.spot_checks", slug=slug, done=done), 303)


def page(
    slug: str,
    *,
    announcement: AnnouncementForm | None = None,
    value: ValueForm | None = None,
    abandon: AbandonForm | None = None,
    witness: WitnessForm | None = None,
) -> str:
    """The page of both, with what was refused as it was typed."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        checks = reading.shown(session, slug)
        head = count_log.head(session, campaign.id)
        running = next((check for check in checks if check.state in IS_RUNNING), None)
        signers = witnesses.shown(session, campaign.id)
        progress = reading.progress(session, slug, running.number) if running else None
        proposed = _proposed(session, slug, campaign.id)
    return render_template(
        "organizer/spot_checks.html",
        campaign=campaign,
        **proposed,
        running=running,
        progress=progress,
        others=[check for check in checks if check is not running],
        now=now(),
        count=head.count,
        least_count=LEAST_COUNT,
        least=LEAST_DRAWN,
        most=min(MOST_DRAWN, max(head.count, LEAST_DRAWN)),
        answer_days=ANSWER_DAYS,
        announcement=announcement or AnnouncementForm.fresh(usual_zone=publisher().time_zone),
        value=value or ValueForm.filled({"published": ""}),
        abandon=abandon or AbandonForm.filled({"reason": ""}),
        time_zones=time_zones(),
        witnesses=[one for one in signers if one.removed_on is None],
        witness=witness or WitnessForm.filled({"name": "", "public_key": ""}),
    )


def _proposed(session: Session, slug: str, campaign_id: int) -> dict[str, object]:
    """What waits for a second person, and whether I am one."""
    proposal = reading.proposal(session, slug)
    if proposal is None:
        return {"proposed": None}
    begun_by = (proposal.proposed_by,)
    may_approve = second_person.who_may(
        session, Approvable.SPOT_CHECK, me().organizer_id, campaign_id, begun_by=begun_by
    )
    return {
        "proposed": proposal.check,
        "seen": proposal.mark,
        "may_approve": may_approve,
        "is_fresh": me().is_fresh(now()),
    }
