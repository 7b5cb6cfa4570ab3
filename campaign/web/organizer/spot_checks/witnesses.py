"""Witnesses of a count on the desk: registered by their keys, and removed."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.services.transparency import witnesses
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.spot_checks.forms import WitnessForm
from campaign.web.organizer.spot_checks.views import page


@blueprint.post("/campaigns/<slug>/witnesses")
@needs(Permission.CHANGE)
def add_witness(slug: str) -> AnyResponse | tuple[str, int]:
    """Take the signatures of this key from now on."""
    form = WitnessForm()

    def change(session: Session) -> None:
        name, key = form.text("name"), form.text("public_key")
        witnesses.add(session, slug, name, key, actor=actor(), now=now())

    if not form.carry_out(change):
        return page(slug, witness=form), form.status
    return _back(slug, "witness-added")


@blueprint.post("/campaigns/<slug>/witnesses/remove")
@needs(Permission.CHANGE)
def remove_witness(slug: str) -> AnyResponse:
    """Take no more of them; what they signed stays."""
    with runtime().database.transaction() as session:
        witnesses.remove(session, slug, request.form.get("name", ""), actor=actor(), now=now())
    return _back(slug, "witness-removed")


def _back(slug: str, done: str) -> AnyResponse:
    return redirect(url_for("organizer.spot_checks", slug=slug, done=done, _anchor="witnesses"), 303)
