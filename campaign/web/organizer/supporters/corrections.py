"""A signature corrected by an organizer, and the correction undone."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.moderation import LONGEST_REASON
from campaign.domain.names import LONGEST_NAME
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.signatures import correcting
from campaign.services.signatures import supporters as people
from campaign.services.signatures.correcting import Correction
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.supporters.forms import CorrectionForm


@blueprint.get("/campaigns/<slug>/supporters/<id:signature_id>/correct")
@needs(Permission.PEOPLE)
def correct_supporter(slug: str, signature_id: int) -> str:
    """What a signature says, to be corrected; the audit log knows who looked."""
    return _page(slug, signature_id)


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/correct")
@needs(Permission.PEOPLE, Permission.CHANGE)
def store_correction(slug: str, signature_id: int) -> AnyResponse | tuple[str, int]:
    """Correct a signature; its owner is told by email."""
    form = CorrectionForm()
    done = "not-corrected"

    def change(session: Session) -> None:
        nonlocal done
        campaign = campaigns.by_slug(session, slug)
        texts = {name: form.text(name) for name in ("name", "organization", "role", "reason")}
        is_changed = correcting.correct(
            session,
            campaign.id,
            signature_id,
            Correction(**texts),
            context=runtime().mail_context,
            actor=actor(),
            now=now(),
        )
        told = "corrected-quietly" if campaign.quiet_at else "corrected"
        done = told if is_changed else done

    if not form.carry_out(change):
        return _page(slug, signature_id, form), form.status
    return redirect(url_for("organizer.supporter", slug=slug, signature_id=signature_id, done=done), 303)


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/corrections/<id:change_id>/undo")
@needs(Permission.PEOPLE, Permission.CHANGE)
def undo_correction(slug: str, signature_id: int, change_id: int) -> AnyResponse:
    """Take a correction back; the signature's owner is told by email."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        correcting.undo(
            session,
            campaign.id,
            signature_id,
            change_id,
            context=runtime().mail_context,
            actor=actor(),
            now=now(),
        )
    done = "undone-quietly" if campaign.quiet_at else "correction-undone"
    return redirect(url_for("organizer.supporter", slug=slug, signature_id=signature_id, done=done), 303)


def _page(slug: str, signature_id: int, form: CorrectionForm | None = None) -> str:
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        supporter = people.by_id(session, campaign.id, signature_id, actor=actor(), now=now())
    values = {name: getattr(supporter, name) for name in correcting.MAY_BE_CORRECTED}
    return render_template(
        "organizer/supporter_correction.html",
        campaign=campaign,
        supporter=supporter,
        form=form or CorrectionForm.filled(values),
        longest_name=LONGEST_NAME,
        longest_reason=LONGEST_REASON,
    )
