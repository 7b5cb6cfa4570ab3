"""The officials of a campaign as one list, and each: when they are written to, and whether they rest."""

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.digest import USUAL_THRESHOLD
from campaign.domain.official import OfficialListed
from campaign.domain.roles import Permission
from campaign.errors import RefusedError
from campaign.services.campaigns import campaigns, pages
from campaign.services.digests import settings
from campaign.services.documents import hand_delivery
from campaign.services.officials import address_changes, answers, directory, official_list
from campaign.services.queue import schedule
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import DeskForm, PauseForm
from campaign.web.organizer.guard import actor, blueprint, me, needs
from campaign.web.organizer.officials.forms import DigestForm, HandOverForm, OfficeAnswerForm, OfficialForm
from campaign.web.organizer.officials.list_form import (
    LARGEST_FORM,
    OfficialListForm,
    OfficialsFileForm,
)
from campaign.web.organizer.template_filters import time_zones

_CONFLICT = 409


@blueprint.get("/campaigns/<slug>/officials")
@needs(Permission.LOOK)
def officials(slug: str) -> str:
    """All officials in one form."""
    return _list_page(slug, OfficialListForm.stored(_listed(slug)))


@blueprint.post("/campaigns/<slug>/officials")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def save_officials(slug: str) -> AnyResponse | str | tuple[str, int]:
    """Store the list; what breaks a rule comes back beside it, as it was typed."""
    form = OfficialListForm.sent(_listed(slug))
    if "more" in request.form:
        return _list_page(slug, form.with_another_row())
    frozen: list[str] = []

    def save(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        rows = form.rows()
        elsewhere = address_changes.in_list(session, campaign, rows)
        if elsewhere and not me().is_fresh(now()):
            form.needs_password = True
            raise RefusedError("Your password is needed before email to officials goes somewhere else.")
        frozen[:] = official_list.save(
            session, campaign.id, rows, seen=form.text("seen"), actor=actor(), now=now()
        )
        if elsewhere:
            address_changes.tell(
                session, campaign, elsewhere, context=runtime().organizer_mail, actor=actor(), now=now()
            )

    if not form.carry_out(save):
        if form.status == _CONFLICT:
            form.seen.data = official_list.fingerprint(_listed(slug))
        return _list_page(slug, form), form.status
    return redirect(url_for("organizer.officials", slug=slug, done="holder" if frozen else "saved"), 303)


@blueprint.post("/campaigns/<slug>/officials/file")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def read_officials_file(slug: str) -> str | tuple[str, int]:
    """The list as a file would change it, with every difference; nothing is stored before it is saved."""
    upload, listed = OfficialsFileForm(), _listed(slug)
    if not upload.validate():
        return _list_page(slug, OfficialListForm.stored(listed), upload=upload), upload.status
    form = OfficialListForm.merged(listed, upload.read.rows)
    return _list_page(slug, form, differences=form.differences(), unknown=upload.read.unknown)


@blueprint.get("/campaigns/<slug>/officials/<id:official_id>")
@needs(Permission.LOOK)
def official(slug: str, official_id: int) -> str:
    """One official: what they answered, what they were handed, and how their messages go."""
    return official_page(slug, official_id)


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>")
@needs(Permission.CHANGE)
def change_official(slug: str, official_id: int) -> AnyResponse | tuple[str, int]:
    """Store when an official is written to; what breaks a rule comes back beside it, as it was typed."""
    form = OfficialForm()

    def change(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        directory.change(session, campaign.id, official_id, form.details(), actor=actor(), now=now())

    if not form.carry_out(change, field="sending_until"):
        return official_page(slug, official_id, form=form), form.status
    return to_official(slug, official_id, "saved")


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
    return to_official(slug, official_id, done)


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>/digest")
@needs(Permission.CHANGE)
def change_digest(slug: str, official_id: int) -> AnyResponse | tuple[str, int]:
    """Send an official's messages one by one, or many in one mail a day."""
    form = DigestForm()

    def change(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        settings.change(session, campaign.id, official_id, form.details(), actor=actor(), now=now())

    if not form.carry_out(change):
        return official_page(slug, official_id, digest_form=form), form.status
    return to_official(slug, official_id, "saved")


def to_official(slug: str, official_id: int, done: str) -> AnyResponse:
    """Back to an official's page, which says what was done."""
    return redirect(url_for("organizer.official", slug=slug, official_id=official_id, done=done), 303)


def official_page(slug: str, official_id: int, **forms: DeskForm) -> str:
    """The page of one official; `forms` are those that come back with errors."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        listed = directory.by_id(session, campaign.id, official_id)
        usual_rate = runtime().settings.mail.official_rate
        if campaign.official_rate is not None:
            usual_rate = campaign.official_rate
        asks = pages.asks(session, campaign.id)
        shown: dict[str, Any] = {
            "campaign": campaign,
            "official": listed,
            "asks": asks,
            "ask_choices": [(str(ask.id), f"{ask.position}. {ask.heading}", {}) for ask in asks],
            "answers": answers.answers(session, campaign.id, official_id),
            "hand_overs": answers.hand_overs(session, campaign.id, official_id),
            "to_print": hand_delivery.waiting_counts(session, campaign.id),
            "next_digests": settings.next_digests(session, campaign, now=now()),
            "why_waiting": schedule.why_waiting(session, campaign, usual_rate=usual_rate, now=now()),
            "queued": schedule.queued_counts(session, campaign.id),
            "usual_rate": usual_rate,
        }
    empty: dict[str, DeskForm] = {
        "form": OfficialForm.stored(listed, usual_zone=campaign.time_zone),
        "digest_form": DigestForm.stored(listed),
        "answer_form": OfficeAnswerForm.filled({"answered_on": _today().isoformat()}, key="answer"),
        "hand_over_form": HandOverForm.filled({"handed_on": _today().isoformat()}, key="handed"),
    }
    return render_template(
        "organizer/official.html",
        **shown | empty | forms,
        counted_up_to=COUNTED_UP_TO,
        time_zones=time_zones(),
        usual_threshold=USUAL_THRESHOLD,
    )


def _today() -> date:
    return now().date()


def _listed(slug: str) -> tuple[OfficialListed, ...]:
    with runtime().database.reading() as session:
        return directory.list_officials(session, campaigns.by_slug(session, slug).id)


def _list_page(slug: str, form: OfficialListForm, **more: Any) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        listed = directory.list_officials(session, campaign.id)
        to_print = hand_delivery.waiting_counts(session, campaign.id)
        queued = schedule.queued_counts(session, campaign.id)
    values: dict[str, Any] = {
        "upload": OfficialsFileForm.filled({}),
        "differences": None,
        "unknown": (),
        **more,
    }
    return render_template(
        "organizer/officials.html",
        campaign=campaign,
        form=form,
        officials=listed,
        to_print=to_print,
        queued=queued,
        counted_up_to=COUNTED_UP_TO,
        due=official_list.due_for_review(listed, _today()),
        **values,
    )
