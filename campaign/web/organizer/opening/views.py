"""From a draft to an open campaign, on one page: preview, list, and the two ways to open it."""

from collections.abc import Callable

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.opening import CheckItem, CheckState
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.opening import checklist, preview_links, schedule
from campaign.services.opening.checklist import Premises
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.languages import address_of
from campaign.web.organizer.desk_form import DeskForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.opening.forms import OpeningActionForm, OpeningTimeForm
from campaign.web.organizer.template_filters import time_zones
from campaign.web.organizer.trial import send_trial
from campaign.web.publisher import publisher

# Where each line of the list can be mended: a route, and a place on its page.
_MENDED_AT = {
    CheckItem.LETTER: ("campaign", "warnings-title"),
    CheckItem.OFFICIALS: ("officials", None),
    CheckItem.SALUTATIONS: ("officials", None),
    CheckItem.TRANSLATIONS: ("translations", None),
    CheckItem.GOAL: ("progress", None),
    CheckItem.RETENTION: ("campaign", "retention-title"),
    CheckItem.TEST_EMAIL: ("opening", "test"),
    CheckItem.PREVIEW: ("opening", "preview"),
}
# What needs somebody stands above what does not.
_FIRST = (CheckState.MEND, CheckState.LOOK, CheckState.DONE)
_OF_THE_SITE = frozenset({CheckItem.PUBLISHER, CheckItem.CONTACT, CheckItem.PRIVACY})


@blueprint.get("/campaigns/<slug>/opening")
@needs(Permission.LOOK)
def opening(slug: str) -> str:
    """What to look at before the campaign opens, and when it does."""
    return _page(slug)


@blueprint.post("/campaigns/<slug>/preview")
@needs(Permission.CHANGE)
def make_preview(slug: str) -> str:
    """Make a link to the preview, which this page shows once; an earlier one ends."""
    OpeningActionForm().require()
    with runtime().database.transaction() as session:
        token = preview_links.make(session, slug, actor=actor(), now=now())
    return _page(slug, link=address_of("draft", token=token))


@blueprint.post("/campaigns/<slug>/preview/end")
@needs(Permission.CHANGE)
def end_preview(slug: str) -> AnyResponse:
    """End the link at once."""
    with runtime().database.transaction() as session:
        preview_links.end(session, slug, actor=actor(), now=now())
    return _back(slug, "preview-ended")


@blueprint.post("/campaigns/<slug>/preview/looked")
@needs(Permission.CHANGE)
def looked_at_preview(slug: str) -> AnyResponse:
    """Keep that somebody has looked at the draft as it is now."""
    with runtime().database.transaction() as session:
        preview_links.mark_seen(session, slug, actor=actor(), now=now())
    return _back(slug, "preview-looked")


@blueprint.post("/campaigns/<slug>/test-email")
@needs(Permission.CHANGE)
def send_test_email(slug: str) -> AnyResponse | tuple[str, int]:
    """Send an email to whoever asks."""
    form = OpeningActionForm(key="test")
    if not form.carry_out(send_trial):
        return _page(slug), form.status
    return _back(slug, "test-sent")


@blueprint.post("/campaigns/<slug>/opening/now")
@needs(Permission.CHANGE)
def open_now(slug: str) -> AnyResponse | tuple[str, int]:
    """Open it, unless something must be mended."""

    def change(session: Session) -> None:
        schedule.open_now(session, slug, _premises(), actor=actor(), now=now())

    form = OpeningActionForm(key="now")
    if not form.carry_out(change):
        return _page(slug), form.status
    return redirect(url_for("organizer.campaign", slug=slug, done="open"), 303)


@blueprint.post("/campaigns/<slug>/opening/time")
@needs(Permission.CHANGE)
def set_opening_time(slug: str) -> AnyResponse | tuple[str, int]:
    """Let it open at a time; one that cannot be comes back as it was typed."""
    form = OpeningTimeForm()

    def change(session: Session) -> None:
        schedule.set_time(
            session,
            slug,
            opens_at=form.text("opens_at"),
            zone=form.text("opens_zone"),
            actor=actor(),
            now=now(),
        )

    return _done(slug, form, change, "scheduled")


@blueprint.post("/campaigns/<slug>/opening/call-off")
@needs(Permission.CHANGE)
def call_off_opening(slug: str) -> AnyResponse:
    """Let it stay a draft."""
    with runtime().database.transaction() as session:
        schedule.call_off(session, slug, actor=actor(), now=now())
    return _back(slug, "called-off")


def _done(
    slug: str, form: OpeningTimeForm, change: Callable[[Session], None], done: str
) -> AnyResponse | tuple[str, int]:
    if not form.carry_out(change, field="opens_at"):
        return _page(slug, refused=form), form.status
    return _back(slug, done)


def _back(slug: str, done: str) -> AnyResponse:
    return redirect(url_for("organizer.opening", slug=slug, done=done), 303)


def _premises() -> Premises:
    return Premises.of(runtime().settings, runtime().default_publisher)


def _page(slug: str, *, link: str | None = None, refused: DeskForm | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        checks = checklist.checks(session, slug, _premises(), now=now())
        plan = schedule.plan_of(session, slug)
        preview = preview_links.shown(session, slug, now=now())
    states = [check.state for check in checks]
    return render_template(
        "organizer/opening.html",
        campaign=campaign,
        checks=sorted(checks, key=lambda check: _FIRST.index(check.state)),
        to_mend=states.count(CheckState.MEND),
        to_look_at=states.count(CheckState.LOOK),
        mended_at=_mended_at,
        plan=plan,
        preview=preview,
        link=link,
        preview_days=preview_links.GOOD_FOR.days,
        form=refused or OpeningTimeForm.stored(plan, usual_zone=publisher().time_zone),
        time_zones=time_zones(),
    )


def _mended_at(item: CheckItem, slug: str) -> str | None:
    """The address where a line of the list can be mended; None where nobody can on the desk."""
    if item in _OF_THE_SITE:
        return url_for("organizer.site", opening=slug)
    endpoint, place = _MENDED_AT.get(item, (None, None))
    return url_for(f"organizer.{endpoint}", slug=slug, _anchor=place) if endpoint else None
