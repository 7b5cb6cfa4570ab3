"""Lists of supporters to take away: only with a fresh password, and entered into the audit log."""

from flask import Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.export_columns import PRESET_NAMES, PRESETS
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.documents import exports as lists
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import DeskForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.supporters.forms import ExportForm


@blueprint.get("/campaigns/<slug>/export")
@needs(Permission.PEOPLE, fresh=True)
def export(slug: str) -> str:
    """Choose a kind of file; first the password, unless it was given a moment ago."""
    return _page(slug, ExportForm.filled({}))


@blueprint.post("/campaigns/<slug>/export")
@needs(Permission.PEOPLE, fresh=True)
def download(slug: str) -> AnyResponse | tuple[str, int]:
    """The file, streamed; the entry in the audit log is committed before its first byte."""
    form = ExportForm()
    if not form.validate():
        return _page(slug, form), form.status
    with runtime().database.transaction() as session:
        requested = lists.request_export(
            session,
            slug,
            format=form.text("format"),
            preset=form.text("preset") or None,
            actor=actor(),
            now=now(),
        )
    response = Response(
        lists.chunks(runtime().database, requested), content_type=lists.MEDIA_TYPES[requested.format]
    )
    response.headers.set(
        "Content-Disposition",
        "attachment",
        filename=f"{requested.slug}-supporters-{now():%Y-%m-%d}.{requested.format}",
    )
    return response


def _page(slug: str, form: DeskForm) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
    return render_template(
        "organizer/export.html",
        campaign=campaign,
        formats=[(kind.value, kind.value.upper(), {"translate": "no"}) for kind in lists.ExportFormat],
        presets=[(preset, PRESET_NAMES[preset], {"translate": "no"}) for preset in PRESETS],
        form=form,
    )
