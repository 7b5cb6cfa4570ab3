"""A supporter shown among the first signatories, and no longer."""

from flask import redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.services.campaigns import first_signers
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.supporters.forms import FirstSignerForm
from campaign.web.organizer.supporters.views import page_of


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/first")
@needs(Permission.PEOPLE, Permission.CHANGE)
def show_first(slug: str, signature_id: int) -> AnyResponse | tuple[str, int]:
    """Show a supporter among the first signatories."""
    form = FirstSignerForm()

    def show(session: Session) -> None:
        first_signers.show(session, slug, signature_id, form.wanted(), actor=actor(), now=now())

    if not form.carry_out(show):
        return page_of(slug, signature_id, first_form=form), form.status
    return redirect(url_for("organizer.supporter", slug=slug, signature_id=signature_id, done="saved"), 303)


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/first/undo")
@needs(Permission.PEOPLE, Permission.CHANGE)
def undo_first(slug: str, signature_id: int) -> AnyResponse:
    """Show them there no more."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        first_signers.take_away(session, slug, signature_id, actor=actor(), now=now())
    return redirect(url_for("organizer.supporter", slug=slug, signature_id=signature_id, done="saved"), 303)
