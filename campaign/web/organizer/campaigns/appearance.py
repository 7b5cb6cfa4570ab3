"""A campaign's colour, the sites that may show its form, and the code they need for it."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import CampaignState
from campaign.domain.colour import DEFAULT_ACCENT, PALETTE, accent_of
from campaign.domain.roles import Permission
from campaign.errors import RefusedError
from campaign.services.campaigns import appearance, campaigns
from campaign.services.campaigns.appearance import Appearance
from campaign.web.context import now, runtime
from campaign.web.embed_code import frame_code, script_code
from campaign.web.organizer.guard import actor, blueprint, needs

OTHER = "other"


@blueprint.get("/campaigns/<slug>/look")
@needs(Permission.LOOK)
def look(slug: str) -> str:
    """What the campaign looks like now, with a form to change it."""
    return _page(slug)


@blueprint.post("/campaigns/<slug>/look")
@needs(Permission.CHANGE)
def change_look(slug: str) -> AnyResponse | tuple[str, int]:
    """Store what the form says; what breaks a rule comes back beside it, as it was typed."""
    chosen = request.form.get("palette", OTHER)
    typed = Appearance(
        colour=PALETTE.get(chosen, request.form.get("colour", "")), sites=request.form.get("sites", "")
    )
    try:
        with runtime().database.transaction() as session:
            appearance.change(
                session,
                slug,
                typed,
                loopback=runtime().settings.web.is_local,
                actor=actor(),
                now=now(),
            )
    except RefusedError as error:
        return _page(slug, error=error, typed=typed), 422
    return redirect(url_for("organizer.look", slug=slug, done="saved"), 303)


def _page(slug: str, *, error: RefusedError | None = None, typed: Appearance | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        page = None
        if campaign.state is not CampaignState.DRAFT:
            page = campaigns.page(session, slug, language=campaign.language)
    colour = campaign.accent or DEFAULT_ACCENT
    return render_template(
        "organizer/look.html",
        campaign=campaign,
        palette=PALETTE,
        colour=typed.colour if typed else colour,
        sites=typed.sites if typed else "\n".join(campaign.embed_sites),
        shown=accent_of(colour),
        frame=frame_code(page) if page else None,
        script=script_code(),
        error=error,
    )
