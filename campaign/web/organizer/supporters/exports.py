"""Lists of supporters to take away: only with a fresh password, and entered into the audit log."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.export_choice import EXPORTED_STATES, ExportAudience, ExportFormat
from campaign.domain.export_columns import COLUMNS, PRESET_NAMES, PRESETS
from campaign.domain.prepared_files import PreparedKind
from campaign.domain.roles import Permission
from campaign.errors import CampaignError, ConflictError, RefusedError
from campaign.i18n import LANGUAGES
from campaign.services.campaigns import campaigns
from campaign.services.documents import exports as lists
from campaign.services.documents import prepared_files, saved_choices
from campaign.services.documents.exports import ExportRequest
from campaign.services.officials import directory
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.languages import name_of
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, me, needs
from campaign.web.organizer.supporters.downloads import attachment
from campaign.web.organizer.supporters.export_forms import EncryptionForm, ExportForm


@blueprint.get("/campaigns/<slug>/export")
@needs(Permission.PEOPLE, fresh=True, shows_people=False)
def export(slug: str) -> str:
    """Choose people, columns and a kind of file; first the password, unless it was given a moment ago."""
    wanted = request.args.get("choice", "")
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        saved = saved_choices.of_campaign(session, campaign.id)
    chosen = next((one.choice for one in saved if str(one.id) == wanted), None)
    return _page(slug, ExportForm.of(chosen))


@blueprint.post("/campaigns/<slug>/export")
@needs(Permission.PEOPLE, fresh=True)
def download(slug: str) -> AnyResponse | tuple[str, int]:
    """The file, streamed, or an order for the worker where it is long; or the choice, saved for later.

    The entry in the audit log is committed before the first byte.
    """
    form = ExportForm()
    if not form.validate():
        return _page(slug, form), form.status
    if form.is_save:
        return _save(slug, form)
    try:
        with runtime().database.transaction() as session:
            requested, is_ordered = _request(session, slug, form)
    except (ConflictError, RefusedError) as error:
        form.refuse(error, field="official" if isinstance(error, RefusedError) else "")
        return _page(slug, form), form.status
    if is_ordered:
        return redirect(url_for("organizer.export", slug=slug, done="file-ordered") + "#files", 303)
    return attachment(
        lists.chunks(runtime().database, requested),
        f"{slug}-supporters-{now():%Y-%m-%d}.{requested.format}",
        content_type=lists.MEDIA_TYPES[requested.format],
        form=form,
    )


@blueprint.post("/campaigns/<slug>/export/choices/<id:choice_id>/delete")
@needs(Permission.PEOPLE)
def delete_choice(slug: str, choice_id: int) -> AnyResponse:
    """Delete a saved choice."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        saved_choices.delete(session, campaign.id, choice_id, actor=actor(), now=now())
    return redirect(url_for("organizer.export", slug=slug, done="choice-deleted"), 303)


def _save(slug: str, form: ExportForm) -> AnyResponse | tuple[str, int]:
    try:
        with runtime().database.transaction() as session:
            campaign = campaigns.by_slug(session, slug)
            choice_id = saved_choices.save(
                session, campaign.id, form.text("name"), form.choice(), actor=actor(), now=now()
            )
    except CampaignError as error:
        form.refuse(error, field="name")
        return _page(slug, form), form.status
    return redirect(
        url_for("organizer.export", slug=slug, choice=choice_id, done="choice-saved"),
        303,
    )


def _request(session: Session, slug: str, form: ExportForm) -> tuple[ExportRequest, bool]:
    """What is asked for, entered into the audit log; and whether the worker was asked to make it."""
    choice = form.choice()
    requested = lists.request_export(session, slug, choice=choice, actor=actor(), now=now())
    if not lists.is_large(session, requested.campaign_id, choice):
        return requested, False
    campaign = campaigns.by_slug(session, slug)
    prepared_files.order(
        session,
        campaign.id,
        PreparedKind.SUPPORTERS,
        choice.as_json(),
        expected=campaign.signature_count,
        organizer_id=me().organizer_id,
        now=now(),
    )
    return requested, True


def _page(slug: str, form: ExportForm) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        saved = saved_choices.of_campaign(session, campaign.id)
        files = prepared_files.of_organizer(
            session, campaign.id, me().organizer_id, PreparedKind.SUPPORTERS, now=now()
        )
        officials = directory.list_officials(session, campaign.id)
    return render_template(
        "organizer/export.html",
        campaign=campaign,
        formats=[(kind.value, kind.value.upper(), {"translate": "no"}) for kind in ExportFormat],
        presets=[(preset, PRESET_NAMES[preset], {"translate": "no"}) for preset in PRESETS],
        audiences=[audience.value for audience in ExportAudience],
        columns=COLUMNS,
        states=[state.value for state in EXPORTED_STATES],
        languages=[(code, name_of(code), {"lang": code}) for code in LANGUAGES],
        officials=[(str(official.id), official.name, {}) for official in officials],
        saved=saved,
        files=[(file, EncryptionForm.filled({}, key=file.id)) for file in files],
        form=form,
    )
