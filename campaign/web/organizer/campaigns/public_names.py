"""Taking every name off the public pages at once, and bringing the names back."""

from flask import redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.services.campaigns import public_names
from campaign.services.moderation import all_names
from campaign.web.context import now, runtime
from campaign.web.organizer.campaigns.forms import NamesForm
from campaign.web.organizer.guard import actor, blueprint, needs


@blueprint.post("/campaigns/<slug>/names")
@needs(Permission.CHANGE)
def change_names(slug: str) -> AnyResponse:
    """Hide all names, or show them again: one press either way."""
    form = NamesForm()
    form.require()
    change = all_names.hide if form.is_hide else public_names.show
    with runtime().database.transaction() as session:
        change(session, slug, actor=actor(), now=now())
    return redirect(
        url_for("organizer.campaign", slug=slug, done="names-hidden" if form.is_hide else "names-shown"), 303
    )
