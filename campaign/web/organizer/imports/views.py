"""Signatures collected on paper or on another list: uploaded or typed, checked, entered, taken out again."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.documents.tables.read_table import TableRead
from campaign.domain.imports import ImportField, ImportSource
from campaign.domain.roles import Permission
from campaign.errors import CampaignError, RefusedError
from campaign.services.campaigns import campaigns
from campaign.services.imports import drafts, entering, runs
from campaign.services.imports.drafts import TableChecked
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.imports.forms import (
    SHEET_BOXES,
    SHEET_ROWS,
    SHEET_TEXTS,
    MappingForm,
    SheetForm,
    UploadForm,
)

SAMPLES = 3


@blueprint.get("/campaigns/<slug>/imports")
@needs(Permission.PEOPLE, Permission.CHANGE, shows_people=False)
def imports(slug: str) -> str:
    """The runs, the last first, and the ways to begin one."""
    return _list_page(slug, UploadForm.filled({}))


@blueprint.post("/campaigns/<slug>/imports")
@needs(Permission.PEOPLE, Permission.CHANGE)
def upload_import(slug: str) -> AnyResponse | tuple[str, int]:
    """Keep a file for the look at it."""
    form = UploadForm()
    if not form.validate():
        return _list_page(slug, form), form.status
    return _kept(slug, form.read, form.where, {})


@blueprint.get("/campaigns/<slug>/imports/sheet")
@needs(Permission.PEOPLE, Permission.CHANGE, shows_people=False)
def sheet(slug: str) -> str:
    """A sheet to type in."""
    return _sheet_page(slug, SheetForm.filled({}))


@blueprint.post("/campaigns/<slug>/imports/sheet")
@needs(Permission.PEOPLE, Permission.CHANGE)
def type_import(slug: str) -> AnyResponse | tuple[str, int]:
    """Keep a sheet as it was typed."""
    form = SheetForm()
    if not form.validate():
        return _sheet_page(slug, form), form.status
    try:
        table = form.table()
    except RefusedError as error:
        form.refuse(error, field=f"{ImportField.NAME}-0")
        return _sheet_page(slug, form), form.status
    return _kept(slug, table, ImportSource.PAPER, dict(enumerate((*SHEET_TEXTS, *SHEET_BOXES))))


@blueprint.get("/campaigns/<slug>/imports/<id:import_id>")
@needs(Permission.PEOPLE, Permission.CHANGE, fresh=True)
def import_table(slug: str, import_id: int) -> str:
    """A table that is not entered yet, and what its columns hold."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        run = drafts.draft(session, campaign.id, import_id)
        table, mapping = drafts.table_of_run(run), drafts.mapping_of(run)
    return _table_page(slug, import_id, table, MappingForm.guessed(table, mapping))


@blueprint.post("/campaigns/<slug>/imports/<id:import_id>")
@needs(Permission.PEOPLE, Permission.CHANGE, fresh=True)
def check_import(slug: str, import_id: int) -> AnyResponse | str | tuple[str, int]:
    """What entering it would do; or have it entered, whole or without the rows that are wrong."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        table = drafts.table_of_run(drafts.draft(session, campaign.id, import_id))
    form = MappingForm.for_table(table)()
    if not form.validate():
        return _table_page(slug, import_id, table, form), form.status
    wanted = form.text("action")
    try:
        if wanted in {"all", "good"}:
            return _begun(slug, campaign.id, import_id, form, only_good=wanted == "good")
        checked = _checked(campaign.id, import_id, form)
    except CampaignError as error:
        form.refuse(error)
        return _table_page(slug, import_id, table, form), form.status
    return _table_page(slug, import_id, table, form, checked)


@blueprint.post("/campaigns/<slug>/imports/<id:import_id>/delete")
@needs(Permission.PEOPLE, Permission.CHANGE)
def discard_import(slug: str, import_id: int) -> AnyResponse:
    """Delete a table that is not entered."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        drafts.discard(session, campaign.id, import_id, actor=actor(), now=now())
    return redirect(url_for("organizer.imports", slug=slug, done="import-deleted"), 303)


@blueprint.post("/campaigns/<slug>/imports/<id:import_id>/undo")
@needs(Permission.PEOPLE, Permission.CHANGE)
def undo_import(slug: str, import_id: int) -> AnyResponse:
    """Have all of a run taken out again; a worker does it."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        entering.undo(session, campaign.id, import_id, actor=actor(), now=now())
    return redirect(url_for("organizer.imports", slug=slug, done="import-undoing"), 303)


def _kept(slug: str, table: TableRead, source: ImportSource, mapping: dict[int, ImportField]) -> AnyResponse:
    with runtime().database.transaction() as session:
        import_id = drafts.keep(session, slug, table, source, mapping=mapping, actor=actor(), now=now())
    return redirect(url_for("organizer.import_table", slug=slug, import_id=import_id), 303)


def _checked(campaign_id: int, import_id: int, form: MappingForm) -> TableChecked:
    with runtime().database.transaction() as session:
        return drafts.look(
            session,
            campaign_id,
            import_id,
            form.mapping(),
            asks_to_confirm=bool(form["asks_to_confirm"].data),
            key=runtime().address_key,
            actor=actor(),
            now=now(),
        )


def _begun(slug: str, campaign_id: int, import_id: int, form: MappingForm, *, only_good: bool) -> AnyResponse:
    with runtime().database.transaction() as session:
        drafts.begin(
            session,
            campaign_id,
            import_id,
            form.mapping(),
            note=form.text("note"),
            asks_to_confirm=bool(form["asks_to_confirm"].data),
            only_good=only_good,
            key=runtime().address_key,
            actor=actor(),
            now=now(),
        )
    return redirect(url_for("organizer.imports", slug=slug, done="import-begun"), 303)


def _list_page(slug: str, form: UploadForm) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        begun_runs = runs.latest(session, campaign.id)
    return render_template(
        "organizer/imports.html",
        campaign=campaign,
        runs=begun_runs,
        form=form,
        sources=[source.value for source in ImportSource],
    )


def _sheet_page(slug: str, form: SheetForm) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
    return render_template(
        "organizer/import_sheet.html", campaign=campaign, form=form, rows=range(SHEET_ROWS)
    )


def _table_page(
    slug: str, import_id: int, table: TableRead, form: MappingForm, checked: TableChecked | None = None
) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
    return render_template(
        "organizer/import_table.html",
        campaign=campaign,
        import_id=import_id,
        table=table,
        samples=[[row[at] for row in table.rows[:SAMPLES]] for at in range(len(table.header))],
        fields=[field.value for field in ImportField],
        form=form,
        checked=checked,
    )
