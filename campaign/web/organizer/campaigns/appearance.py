"""A campaign's colour, the sites that may show its form, and the code they need for it."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import CampaignState
from campaign.domain.colour import DEFAULT_ACCENT, PALETTE, accent_of
from campaign.domain.roles import Permission
from campaign.services.campaigns import appearance as stored
from campaign.services.campaigns import campaigns, pages
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.embed_code import frame_code, script_code
from campaign.web.organizer.campaigns.forms import AppearanceForm
from campaign.web.organizer.guard import actor, blueprint, needs


@blueprint.get("/campaigns/<slug>/look")
@needs(Permission.LOOK)
def appearance(slug: str) -> str:
    """What the campaign looks like now, with a form to change it."""
    return _page(slug)


@blueprint.post("/campaigns/<slug>/look")
@needs(Permission.CHANGE)
def change_appearance(slug: str) -> AnyResponse | tuple[str, int]:
    """Store what the form says; what breaks a rule comes back beside it, as it was typed."""
    form = AppearanceForm()

    def change(session: Session) -> None:
        stored.change(
            session,
            slug,
            form.details(),
            loopback=runtime().settings.web.is_local,
            actor=actor(),
            now=now(),
        )

    if not form.carry_out(change):
        return _page(slug, form), form.status
    return redirect(url_for("organizer.appearance", slug=slug, done="saved"), 303)


def _page(slug: str, refused: AppearanceForm | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        page = None
        if campaign.state is not CampaignState.DRAFT:
            page = pages.page(session, slug, language=campaign.language)
    colour = campaign.accent or DEFAULT_ACCENT
    return render_template(
        "organizer/appearance.html",
        campaign=campaign,
        palette=PALETTE,
        form=refused or AppearanceForm.stored(colour, campaign.embed_sites),
        shown=accent_of(colour),
        frame=frame_code(page) if page else None,
        script=script_code(),
    )
