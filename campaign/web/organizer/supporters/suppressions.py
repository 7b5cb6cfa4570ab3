"""Addresses that are not written to, and officials whose mail came back."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.domain.suppressions import LONGEST_NOTE
from campaign.services.feedback import suppressions as addresses
from campaign.services.feedback.suppressions import SuppressionShown
from campaign.services.officials import pauses
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, count_look, i_may, needs
from campaign.web.organizer.paging import row_named
from campaign.web.organizer.supporters.forms import AddressForm, SuppressionForm


@blueprint.get("/suppressions")
@needs(Permission.LOOK)
def suppressions() -> str:
    """Officials at rest; for those who see people, a page of the list, the newest first."""
    return _page()


@blueprint.post("/suppressions/find")
@needs(Permission.PEOPLE, shows_people=True)
def find_suppression() -> str | tuple[str, int]:
    """Look for one exact address: sent as a form, so that it stands in no address bar and no log."""
    form = AddressForm(key="find")
    if not form.validate():
        return _page(find_form=form), form.status
    with runtime().database.transaction() as session:
        matches = addresses.search(
            session, form.text("address"), key=runtime().address_key, actor=actor(), now=now()
        )
    return _page(found=matches, find_form=form)


@blueprint.post("/suppressions")
@needs(Permission.PEOPLE, Permission.CHANGE)
def suppress() -> AnyResponse | tuple[str, int]:
    """Add an address by hand."""
    form = SuppressionForm()

    def add(session: Session) -> None:
        addresses.add(
            session,
            form.text("address"),
            key=runtime().address_key,
            note=form.text("note"),
            actor=actor(),
            now=now(),
        )

    if not form.carry_out(add, field="address"):
        return _page(add_form=form), form.status
    return redirect(url_for("organizer.suppressions", done="suppressed"), 303)


@blueprint.post("/suppressions/<id:suppression_id>/lift")
@needs(Permission.PEOPLE, Permission.CHANGE)
def lift_suppression(suppression_id: int) -> AnyResponse:
    """Write to an address again."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        addresses.lift(session, suppression_id, actor=actor(), now=now())
    return redirect(url_for("organizer.suppressions", done="lifted"), 303)


def _page(
    *,
    found: tuple[SuppressionShown, ...] | None = None,
    find_form: AddressForm | None = None,
    add_form: SuppressionForm | None = None,
) -> str:
    before = row_named("before")
    page = None
    with runtime().database.reading() as session:
        resting = pauses.paused_by_system(session)
    if found is None and i_may(Permission.PEOPLE):
        count_look()
        with runtime().database.transaction() as session:
            page = addresses.page(session, before=before, actor=actor(), now=now())
    return render_template(
        "organizer/suppressions.html",
        page=page,
        found=found,
        is_first=before is None,
        resting=resting,
        find_form=find_form or AddressForm.filled({}, key="find"),
        add_form=add_form or SuppressionForm.filled({}),
        longest_note=LONGEST_NOTE,
    )
