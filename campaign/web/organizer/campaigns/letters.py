"""A new campaign out of a letter: upload, look at what was read, then store it as a draft."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.letter import Letter
from campaign.domain.roles import Permission
from campaign.errors import RefusedError
from campaign.services.campaigns import letters as stored
from campaign.store.database import Session
from campaign.web.context import now
from campaign.web.organizer.campaigns.forms import LARGEST_FORM, LetterFileForm, StoreLetterForm
from campaign.web.organizer.guard import actor, blueprint, needs


@blueprint.get("/campaigns/new")
@needs(Permission.CHANGE)
def new_campaign() -> str:
    """The form to upload a letter by."""
    return _upload_page(LetterFileForm.filled({}))


@blueprint.post("/campaigns/new")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def read_uploaded() -> str | tuple[str, int]:
    """Show what was read in the file, with every warning; nothing is stored."""
    form = LetterFileForm()
    if not form.validate():
        return _upload_page(form), form.status
    carried = {"packed": form.packed, "file_name": form.letter.data.filename}
    return _review_page(form.parsed, StoreLetterForm.filled(carried))


@blueprint.post("/campaigns/new/store")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def store_letter() -> AnyResponse | tuple[str, int]:
    """Read the same file again and store it as a draft."""
    form = StoreLetterForm()
    try:
        letter = form.letter()
    except RefusedError as error:
        upload = LetterFileForm.filled({})
        upload.refuse(error, field="letter")
        return _upload_page(upload), upload.status
    slug = form.text("slug").strip()

    def store(session: Session) -> None:
        stored.import_letter(session, letter, slug=slug, publish=False, actor=actor(), now=now())

    if not form.carry_out(store, field="slug"):
        return _review_page(letter, form), form.status
    return redirect(url_for("organizer.campaign", slug=slug, done="imported"), 303)


def _upload_page(form: LetterFileForm) -> str:
    return render_template("organizer/new_campaign.html", form=form)


def _review_page(letter: Letter, form: StoreLetterForm) -> str:
    return render_template("organizer/letter_read.html", letter=letter, form=form)
