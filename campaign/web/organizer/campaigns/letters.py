"""A new campaign out of a letter: upload, look at what was read, then store it as a draft."""

import binascii
import zlib
from base64 import b64decode, b64encode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.documents.read_letter.read import read_letter
from campaign.domain.letter import Letter
from campaign.domain.roles import Permission
from campaign.errors import CampaignError, ConflictError, RefusedError
from campaign.services.campaigns import letters as stored
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs

LARGEST_LETTER = 5 * 1024 * 1024
# The file travels back in the form that stores it, in base64: a third more, and some room for the rest.
LARGEST_FORM = 7 * 1024 * 1024 + 64 * 1024


@blueprint.get("/campaigns/new")
@needs(Permission.CHANGE)
def new_campaign() -> str:
    """The form to upload a letter by."""
    return _form(None)


@blueprint.post("/campaigns/new")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def read_uploaded() -> str | tuple[str, int]:
    """Show what was read in the file, with every warning; nothing is stored."""
    file = request.files.get("letter")
    try:
        data = file.read(LARGEST_LETTER + 1) if file else b""
        name = (file.filename or "") if file else ""
        letter = read_file(data, name)
    except RefusedError as error:
        return _form(error), 422
    return _preview(letter, data=_packed(data), name=name, error=None)


@blueprint.post("/campaigns/new/store")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def store_letter() -> AnyResponse | tuple[str, int]:
    """Read the same file again and store it as a draft."""
    packed, name = request.form.get("data", ""), request.form.get("name", "")
    try:
        letter = read_file(_unpacked(packed), name)
    except RefusedError as error:
        return _form(error), 422
    slug = request.form.get("slug", "").strip()
    try:
        with runtime().database.transaction() as session:
            stored.import_letter(session, letter, slug=slug, publish=False, actor=actor(), now=now())
    except RefusedError as error:
        return _preview(letter, data=packed, name=name, error=error), 422
    except ConflictError as error:
        return _preview(letter, data=packed, name=name, error=error), 409
    return redirect(url_for("organizer.campaign", slug=slug, done="imported"), 303)


def read_file(data: bytes, name: str) -> Letter:
    """The letter in an uploaded file; RefusedError for no file, too large a one, and what is no letter."""
    if not data:
        raise RefusedError("Choose a file with the letter.")
    if len(data) > LARGEST_LETTER:
        raise RefusedError("A letter's file can have at most 5 MB.")
    return read_letter(data, name=name or None)


def _packed(data: bytes) -> str:
    return b64encode(zlib.compress(data)).decode()


def _unpacked(text: str) -> bytes:
    """The file as it was uploaded; empty when the form was tampered with."""
    try:
        opened = zlib.decompressobj()
        return opened.decompress(b64decode(text, validate=True), LARGEST_LETTER + 1)
    except (binascii.Error, ValueError, zlib.error):
        return b""


def _form(error: CampaignError | None) -> str:
    return render_template("organizer/new_campaign.html", error=error)


def _preview(letter: Letter, *, data: str, name: str, error: CampaignError | None) -> str:
    return render_template(
        "organizer/letter_read.html",
        letter=letter,
        data=data,
        name=name,
        error=error,
        slug=request.form.get("slug", ""),
    )
