"""Addresses that are not written to, and officials whose mail came back."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.errors import RefusedError
from campaign.services.feedback import suppressions as addresses
from campaign.services.feedback.suppressions import LONGEST_NOTE, SuppressionShown
from campaign.services.officials import pauses
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.paging import row_named


@blueprint.get("/suppressions")
@needs(Permission.LOOK)
def suppressions() -> str:
    """Officials at rest, and a page of the list, the newest first."""
    return _page()


@blueprint.post("/suppressions/find")
@needs(Permission.LOOK)
def find_suppression() -> str | tuple[str, int]:
    """Look for one exact address: sent as a form, so that it stands in no address bar and no log."""
    address = request.form.get("address", "")
    try:
        with runtime().database.reading() as session:
            found = addresses.of_address(session, address, key=runtime().address_key)
    except RefusedError as error:
        return _page(error=error, looked_for=address), 422
    return _page(found=found, looked_for=address)


@blueprint.post("/suppressions")
@needs(Permission.CHANGE)
def suppress() -> AnyResponse | tuple[str, int]:
    """Add an address by hand."""
    address, note = request.form.get("address", ""), request.form.get("note", "")
    try:
        with runtime().database.transaction() as session:
            addresses.add(
                session,
                address,
                key=runtime().address_key,
                note=note,
                actor=actor(),
                now=now(),
            )
    except RefusedError as error:
        return _page(error=error, typed=(address, note)), 422
    return redirect(url_for("organizer.suppressions", done="suppressed"), 303)


@blueprint.post("/suppressions/<id:suppression_id>/lift")
@needs(Permission.CHANGE)
def lift_suppression(suppression_id: int) -> AnyResponse:
    """Write to an address again."""
    with runtime().database.transaction() as session:
        addresses.lift(session, suppression_id, actor=actor(), now=now())
    return redirect(url_for("organizer.suppressions", done="lifted"), 303)


def _page(
    *,
    error: RefusedError | None = None,
    found: tuple[SuppressionShown, ...] | None = None,
    looked_for: str = "",
    typed: tuple[str, str] = ("", ""),
) -> str:
    before = row_named("before")
    with runtime().database.reading() as session:
        page = addresses.page(session, before=before)
        resting = pauses.paused_by_system(session)
    return render_template(
        "organizer/suppressions.html",
        page=page,
        found=found,
        is_first=before is None,
        resting=resting,
        error=error,
        looked_for=looked_for,
        typed_address=typed[0],
        typed_note=typed[1],
        longest_note=LONGEST_NOTE,
    )
