"""Files that leave, encrypted where that was asked for; those that the worker made are fetched or deleted."""

from collections.abc import Iterator

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.documents import age_file
from campaign.documents.sealed_file import read_sealed
from campaign.domain.export_choice import ExportChoice
from campaign.domain.prepared_files import PreparedKind
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.documents import exports as lists
from campaign.services.documents import prepared_files
from campaign.services.documents.prepared_files import FileToFetch
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.supporters.export_forms import EncryptionForm

AGE_MEDIA_TYPE = "application/octet-stream"


@blueprint.post("/campaigns/<slug>/files/<id:file_id>/fetch")
@needs(Permission.PEOPLE, fresh=True)
def fetch_file(slug: str, file_id: int) -> AnyResponse | tuple[str, int]:
    """A file that the worker made, for whoever ordered it."""
    form = EncryptionForm(key=file_id)
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
    if not form.validate():
        return render_template("organizer/fetch_file.html", campaign=campaign, form=form), form.status
    with runtime().database.transaction() as session:
        file = prepared_files.fetch(
            session,
            campaign.id,
            file_id,
            encrypted=bool(form.text("passphrase") or form.text("recipient")),
            actor=actor(),
            now=now(),
        )
    chunks = read_sealed(runtime().settings.prepared_folder / file.file_name, file.key)
    name, content_type = _named(slug, file)
    return attachment(chunks, name, content_type=content_type, form=form)


@blueprint.post("/campaigns/<slug>/files/<id:file_id>/delete")
@needs(Permission.PEOPLE)
def discard_file(slug: str, file_id: int) -> AnyResponse:
    """Delete a file that the worker made, or end its making."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        prepared_files.discard(session, campaign.id, file_id, actor=actor(), now=now())
    return redirect(url_for("organizer.export", slug=slug, done="file-deleted"), 303)


def attachment(chunks: Iterator[bytes], name: str, *, content_type: str, form: EncryptionForm) -> AnyResponse:
    """A file as a download; with a passphrase or a key it leaves as `.age`."""
    if form.text("passphrase"):
        chunks = age_file.for_passphrase(chunks, form.text("passphrase"))
    elif form.text("recipient"):
        chunks = age_file.for_recipient(chunks, form.text("recipient").strip())
    if form.text("passphrase") or form.text("recipient"):
        name, content_type = f"{name}.age", AGE_MEDIA_TYPE
    # A file that is gone is found out here, while there is still a page to say so.
    first = next(chunks, b"")
    response = Response(_from(first, chunks), content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _from(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _named(slug: str, file: FileToFetch) -> tuple[str, str]:
    """The name of a download and its type."""
    if file.kind is PreparedKind.PACK:
        return f"{slug}-delivery-{now():%Y-%m-%d}.zip", "application/zip"
    kind = ExportChoice.from_json(file.request).format
    return f"{slug}-supporters-{now():%Y-%m-%d}.{kind}", lists.MEDIA_TYPES[kind]
