"""Goal, deadline, summary, outcome and change log of a campaign, on the desk."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns, change_log, changes, versions
from campaign.services.campaigns import progress as stored
from campaign.services.installation import publisher as publishers
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.campaigns.progress_forms import (
    ChangeEntryForm,
    NoteForm,
    ProgressForm,
    keys,
    progress_form,
    stored_progress,
)
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.template_filters import time_zones


@blueprint.get("/campaigns/<slug>/progress")
@needs(Permission.LOOK)
def progress(slug: str) -> str:
    """How far it is, by when, and what readers are told of changes."""
    return _page(slug)


@blueprint.post("/campaigns/<slug>/progress")
@needs(Permission.CHANGE)
def change_progress(slug: str) -> AnyResponse | tuple[str, int]:
    """Store it; what breaks a rule comes back as it was typed."""
    with runtime().database.reading() as session:
        languages = _languages(session, slug)
    form = progress_form(languages)()

    def change(session: Session) -> None:
        stored.change(session, slug, form.details(), actor=actor(), now=now())

    if not form.carry_out(change, field="closes_at"):
        return _page(slug, refused=form), form.status
    return redirect(url_for("organizer.progress", slug=slug, done="saved"), 303)


@blueprint.post("/campaigns/<slug>/progress/note")
@needs(Permission.CHANGE)
def add_note(slug: str) -> AnyResponse | tuple[str, int]:
    """Add an entry in the organizers' own words to the public log."""
    form = NoteForm()

    def add(session: Session) -> None:
        changes.add_note(session, slug, form.value("text"), actor=actor(), now=now())

    if not form.carry_out(add, field="text"):
        return _page(slug, note=form), form.status
    return redirect(url_for("organizer.progress", slug=slug, done="saved"), 303)


@blueprint.post("/campaigns/<slug>/progress/remove-note")
@needs(Permission.CHANGE)
def remove_note(slug: str) -> AnyResponse:
    """Take such an entry back."""
    form = ChangeEntryForm()
    form.require()
    with runtime().database.transaction() as session:
        changes.remove_note(session, slug, form.entry.data or 0, actor=actor(), now=now())
    return redirect(url_for("organizer.progress", slug=slug, done="saved"), 303)


@blueprint.post("/campaigns/<slug>/progress/withhold")
@needs(Permission.CHANGE)
def withhold_words(slug: str) -> AnyResponse:
    """Delete the words of an entry about the letter."""
    form = ChangeEntryForm()
    form.require()
    with runtime().database.transaction() as session:
        changes.withhold_words(session, slug, form.entry.data or 0, actor=actor(), now=now())
    return redirect(url_for("organizer.progress", slug=slug, done="words-withheld"), 303)


def _languages(session: Session, slug: str) -> tuple[str, ...]:
    campaign = campaigns.by_slug(session, slug)
    return (campaign.language, *versions.published_languages(session, campaign.id))


def _page(slug: str, *, refused: ProgressForm | None = None, note: NoteForm | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        languages = _languages(session, slug)
        shown = stored.stored(session, slug)
        who = publishers.current(session, default=runtime().default_publisher)
        entries = change_log.latest(session, campaign.id)
    usual_zone = who.time_zone or campaign.time_zone
    return render_template(
        "organizer/progress.html",
        campaign=campaign,
        shown=shown,
        entries=entries,
        language_keys=keys(languages),
        form=refused or stored_progress(shown, languages, usual_zone=usual_zone),
        note_form=note or NoteForm.filled({}),
        time_zones=time_zones(),
    )
