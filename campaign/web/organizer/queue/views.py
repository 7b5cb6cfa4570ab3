"""The queue of emails: what waits and why, what failed, what is in doubt, and what to do about it."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import CampaignShown
from campaign.domain.roles import Permission
from campaign.errors import ForbiddenError, NotFoundError
from campaign.services.campaigns import campaigns
from campaign.services.queue import counts, lists, schedule
from campaign.services.queue import decisions as emails
from campaign.services.queue.lists import EmailList, EmailPage
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.database import Session
from campaign.web.context import now, provider_names, runtime
from campaign.web.organizer.alert_banner import check_health
from campaign.web.organizer.desk_form import PauseForm
from campaign.web.organizer.guard import actor, blueprint, i_may, me, needs, require
from campaign.web.organizer.paging import row_named
from campaign.web.organizer.queue.forms import DecisionAboutAllForm, DecisionForm, read_decision

# How many of a list its page shows beside everything else.
FIRST_FEW = 4


@blueprint.get("/queue")
@needs(Permission.LOOK)
def queue() -> str:
    """The queue as it is."""
    with runtime().database.reading() as session:
        kinds = counts.by_kind(session)
        return render_template(
            "organizer/queue.html",
            light=emails.queue_status(session, check_health(session)),
            kinds=kinds,
            total=counts.total(list(kinds.values())),
            deferred=counts.deferred(session),
            waiting=counts.waiting(session, now=now()),
            providers=counts.providers(session, provider_names()),
            campaigns=counts.campaigns(session),
            in_doubt=_first_few(session, EmailList.IN_DOUBT),
            failed=_first_few(session, EmailList.FAILED),
            campaign=None,
            counted_up_to=COUNTED_UP_TO,
            now=now(),
        )


@blueprint.get("/campaigns/<slug>/queue")
@needs(Permission.LOOK)
def campaign_queue(slug: str) -> str:
    """One campaign's messages: each official's in a line, and those that need somebody."""
    after = row_named("after")
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        lines, following = counts.officials(session, campaign.id, after=-1 if after is None else after)
        return render_template(
            "organizer/queue_campaign.html",
            campaign=campaign,
            officials=lines,
            following=following,
            is_first=after is None,
            why_all_wait=schedule.why_all_wait(session, campaign, now=now()),
            why_waiting=schedule.why_waiting(
                session, campaign, usual_rate=runtime().settings.mail.official_rate, now=now()
            ),
            deferred=counts.deferred(session, campaign_id=campaign.id),
            in_doubt=_first_few(session, EmailList.IN_DOUBT, campaign_id=campaign.id),
            failed=_first_few(session, EmailList.FAILED, campaign_id=campaign.id),
            counted_up_to=COUNTED_UP_TO,
            now=now(),
        )


@blueprint.get("/queue/<any('in-doubt', 'failed', 'bounced', 'deferred'):list_name>")
@needs(Permission.LOOK, somewhere=True)
def queue_list(list_name: str) -> str:
    """All emails of one list, page by page; of one campaign when the address names one."""
    before = row_named("before")
    with runtime().database.reading() as session:
        campaign = _campaign_named(session, request.args.get("campaign", ""), Permission.LOOK)
        page = lists.page(
            session,
            EmailList(list_name),
            campaign_id=campaign.id if campaign else None,
            before=before,
            with_people=_sees_people(),
        )
    return render_template(
        "organizer/queue_list.html",
        list_name=list_name,
        campaign=campaign,
        page=page,
        is_first=before is None,
    )


@blueprint.post("/queue/<id:email_id>")
@needs(Permission.CHANGE, somewhere=True)
def decide(email_id: int) -> AnyResponse:
    """Try again, send again, or treat as sent."""
    form = DecisionForm()
    form.require()
    with runtime().database.transaction() as session:
        emails.decide(
            session,
            email_id,
            form.chosen,
            of_campaigns=me().rights.where(Permission.CHANGE),
            actor=actor(),
            now=now(),
        )
    return redirect(_way_back(form, done=form.chosen.value), 303)


@blueprint.get("/queue/all")
@needs(Permission.CHANGE, somewhere=True)
def ask_about_all() -> str:
    """How many emails a decision about all would move, before it is taken."""
    decision = read_decision(request.args.get("decision", ""))
    with runtime().database.reading() as session:
        campaign = _campaign_named(session, request.args.get("campaign", ""), Permission.CHANGE)
        selection = emails.select_emails(session, decision, campaign_id=campaign.id if campaign else None)
    return render_template(
        "organizer/queue_all.html", decision=decision, campaign=campaign, selection=selection
    )


@blueprint.post("/queue/all")
@needs(Permission.CHANGE, somewhere=True)
def decide_all() -> AnyResponse:
    """Carry the decision out for those that were counted."""
    form = DecisionAboutAllForm()
    form.require()
    with runtime().database.transaction() as session:
        campaign = _campaign_named(session, form.text("campaign"), Permission.CHANGE)
        number = emails.decide_all(
            session,
            form.chosen,
            campaign_id=campaign.id if campaign else None,
            up_to=form.up_to.data,
            actor=actor(),
            now=now(),
        )
    return redirect(_way_back(form, done=f"all-{form.chosen.value}", number=number), 303)


@blueprint.post("/queue/providers/<name>")
@needs(Permission.CHANGE)
def pause_provider(name: str) -> AnyResponse:
    """Send nothing through a provider, or use it again."""
    form = PauseForm()
    form.require()
    paused = form.is_pause
    with runtime().database.transaction() as session:
        providers = {line.name for line in counts.providers(session, provider_names())}
        if name not in providers:
            raise NotFoundError("There is no such provider.")
        emails.set_provider_paused(session, name, paused=paused, actor=actor(), now=now())
    return redirect(url_for("organizer.queue", done="paused" if paused else "resumed"), 303)


@blueprint.post("/campaigns/<slug>/sending")
@needs(Permission.CHANGE)
def pause_sending(slug: str) -> AnyResponse:
    """Stop a campaign's messages to officials, or let them go on."""
    form = PauseForm()
    form.require()
    paused = form.is_pause
    with runtime().database.transaction() as session:
        emails.set_paused(session, slug, paused=paused, actor=actor(), now=now())
    done = "paused" if paused else "resumed"
    back = {"queue": "organizer.queue", "campaign-queue": "organizer.campaign_queue"}
    endpoint = back.get(form.text("back"), "organizer.campaign")
    return redirect(url_for(endpoint, slug=None if endpoint == "organizer.queue" else slug, done=done), 303)


def _first_few(session: Session, email_list: EmailList, *, campaign_id: int | None = None) -> EmailPage:
    return lists.page(
        session, email_list, campaign_id=campaign_id, limit=FIRST_FEW, with_people=_sees_people()
    )


def _sees_people() -> bool:
    return i_may(Permission.PEOPLE)


def _campaign_named(session: Session, slug: str, permission: Permission) -> CampaignShown | None:
    """The campaign that somebody asks about, who may there; None for all, who may everywhere."""
    if slug:
        require(permission, slug)
        return campaigns.by_slug(session, slug)
    if not i_may(permission):
        raise ForbiddenError("Choose one of your campaigns first.")
    return None


def _way_back(form: DecisionForm, **told: Any) -> str:
    """The page a decision was taken on, as its form names it: a list, a campaign's queue, or the queue."""
    list_name, slug = form.text("list_name"), form.text("campaign") or None
    if list_name in list(EmailList):
        return url_for("organizer.queue_list", list_name=list_name, campaign=slug, **told)
    if slug:
        return url_for("organizer.campaign_queue", slug=slug, **told)
    return url_for("organizer.queue", **told)
