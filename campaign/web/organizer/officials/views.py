"""The officials of a campaign: how each is reached, how fast, and whether they rest."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.digest import USUAL_THRESHOLD
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.counting import COUNTED_UP_TO
from campaign.services.digests import settings
from campaign.services.documents import hand_delivery
from campaign.services.officials import directory
from campaign.services.queue import schedule
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import PauseForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.officials.forms import DigestForm, OfficialForm
from campaign.web.organizer.template_filters import time_zones


@blueprint.get("/campaigns/<slug>/officials")
@needs(Permission.LOOK)
def officials(slug: str) -> str:
    """Each official with a form."""
    return _page(slug)


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>")
@needs(Permission.CHANGE)
def change_official(slug: str, official_id: int) -> AnyResponse | tuple[str, int]:
    """Store what the form says; what breaks a rule comes back beside it, as it was typed."""
    form = OfficialForm(key=official_id)

    def change(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        directory.change(session, campaign.id, official_id, form.details(), actor=actor(), now=now())

    if not form.carry_out(change, field="sending_until"):
        return _page(slug, official_forms={official_id: form}), form.status
    return redirect(
        url_for("organizer.officials", slug=slug, done="saved", _anchor=f"official-{official_id}"), 303
    )


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>/pause")
@needs(Permission.CHANGE)
def pause_official(slug: str, official_id: int) -> AnyResponse:
    """Let an official rest, or go on."""
    form = PauseForm()
    form.require()
    paused = form.is_pause
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        directory.set_paused(session, campaign.id, official_id, paused=paused, actor=actor(), now=now())
    done = "paused" if paused else "resumed"
    if form.text("back") == "queue":
        return redirect(url_for("organizer.campaign_queue", slug=slug, done=done), 303)
    return redirect(
        url_for("organizer.officials", slug=slug, done=done, _anchor=f"official-{official_id}"), 303
    )


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>/digest")
@needs(Permission.CHANGE)
def change_digest(slug: str, official_id: int) -> AnyResponse | tuple[str, int]:
    """Send an official's messages one by one, or many in one mail a day."""
    form = DigestForm(key=official_id)

    def change(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        settings.change(session, campaign.id, official_id, form.details(), actor=actor(), now=now())

    if not form.carry_out(change):
        return _page(slug, digest_forms={official_id: form}), form.status
    return redirect(
        url_for("organizer.officials", slug=slug, done="saved", _anchor=f"official-{official_id}"), 303
    )


def _page(
    slug: str,
    *,
    official_forms: Mapping[int, OfficialForm] = MappingProxyType({}),
    digest_forms: Mapping[int, DigestForm] = MappingProxyType({}),
) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        listed = directory.list_officials(session, campaign.id)
        to_print = hand_delivery.waiting_counts(session, campaign.id)
        next_digests = settings.next_digests(session, campaign, now=now())
        usual_rate = runtime().settings.mail.official_rate
        if campaign.official_rate is not None:
            usual_rate = campaign.official_rate
        why_waiting = schedule.why_waiting(session, campaign, usual_rate=usual_rate, now=now())
        queued = schedule.queued_counts(session, campaign.id)
    return render_template(
        "organizer/officials.html",
        campaign=campaign,
        officials=listed,
        to_print=to_print,
        counted_up_to=COUNTED_UP_TO,
        usual_rate=usual_rate,
        why_waiting=why_waiting,
        queued=queued,
        time_zones=time_zones(),
        official_forms={
            official.id: OfficialForm.stored(official, usual_zone=campaign.time_zone) for official in listed
        }
        | dict(official_forms),
        digest_forms={official.id: DigestForm.stored(official) for official in listed} | dict(digest_forms),
        next_digests=next_digests,
        usual_threshold=USUAL_THRESHOLD,
    )
