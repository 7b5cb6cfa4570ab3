"""A new campaign out of a letter: brought in, looked at line by line, then stored as a draft."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.documents.read_letter.apart import read_with_roles_apart
from campaign.documents.read_letter.reader import ReadLetter
from campaign.documents.read_letter.roles import LineRole, as_role_file
from campaign.domain.roles import Permission
from campaign.errors import RefusedError
from campaign.i18n import LANGUAGES
from campaign.services.campaigns import campaigns, copying, letter_imports, versions
from campaign.services.campaigns.letter_imports import LetterFile, LetterImportShown
from campaign.services.demo import example
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.languages import current_language, name_of
from campaign.web.organizer.campaigns.forms import LARGEST_FORM
from campaign.web.organizer.campaigns.new_forms import CopyForm, NewLetterForm
from campaign.web.organizer.campaigns.review_form import ReviewForm, pages_with_warnings, review_page
from campaign.web.organizer.campaigns.role_words import GOES_ON, GOES_ON_WORDS, ROLE_WORDS
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs

SIGNATORIES_SHOWN = 100


@blueprint.get("/campaigns/new")
@needs(Permission.CHANGE)
def new_campaign() -> str:
    """The ways to begin."""
    return _ways_to_begin()


@blueprint.post("/campaigns/new")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def read_uploaded() -> AnyResponse | tuple[str, int]:
    """Read a letter that was pasted or dropped, and keep it for a look."""
    form = NewLetterForm()
    if not form.validate():
        return _ways_to_begin(letter=form), form.status
    return _begin(form.file, form.read)


@blueprint.post("/campaigns/new/example")
@needs(Permission.CHANGE)
def begin_with_example() -> AnyResponse:
    """Look at the letter of the example campaign, in the language of the desk."""
    ActionForm().require()
    file = LetterFile(*example.letter_file(current_language()))
    return _begin(file, read_with_roles_apart(file.data, name=file.name))


@blueprint.post("/campaigns/new/copy")
@needs(Permission.CHANGE)
def copy_campaign() -> AnyResponse | tuple[str, int]:
    """Make a draft of what another campaign has, but for its people."""
    form = CopyForm()

    def copy(session: Session) -> None:
        copying.copy(session, form.text("source"), slug=form.text("slug"), actor=actor(), now=now())

    if not form.carry_out(copy, field="slug"):
        return _ways_to_begin(copy=form), form.status
    return redirect(url_for("organizer.campaign", slug=form.text("slug").strip(), done="copied"), 303)


@blueprint.get("/campaigns/new/<id:import_id>")
@needs(Permission.CHANGE)
def review(import_id: int) -> str:
    """The lines of a letter with what each is, beside what was understood."""
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    letter = _found(import_id)
    return _review(ReviewForm.stored(letter, review_page(letter, number)))


@blueprint.post("/campaigns/new/<id:import_id>/lines")
@needs(Permission.CHANGE)
def change_review(import_id: int) -> AnyResponse | tuple[str, int]:
    """Keep what was chosen; then turn the page, read the letter again, or store it as a draft."""
    form = _sent(import_id)
    if not form.validate():
        return _review(form), form.status
    turned_to = request.form.get("turn_to", "")
    if turned_to:
        _keep(form, form.roles())
        return redirect(url_for("organizer.review", import_id=import_id, page=turned_to), 303)
    if not _read_again(form):
        return _review(form), form.status
    if "store" in request.form:
        return _store(form)
    return redirect(url_for("organizer.review", import_id=import_id, page=form.shown.number), 303)


@blueprint.post("/campaigns/new/<id:import_id>/discard")
@needs(Permission.CHANGE)
def discard_letter(import_id: int) -> AnyResponse:
    """Forget the letter at once."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        letter_imports.discard(session, import_id, actor=actor(), now=now())
    return redirect(url_for("organizer.new_campaign", done="discarded"), 303)


def _begin(file: LetterFile, read: ReadLetter) -> AnyResponse:
    with runtime().database.transaction() as session:
        import_id = letter_imports.begin(session, file, read, actor=actor(), now=now())
    return redirect(url_for("organizer.review", import_id=import_id), 303)


def _found(import_id: int) -> LetterImportShown:
    with runtime().database.reading() as session:
        return letter_imports.find(session, import_id, actor=actor(), now=now())


def _sent(import_id: int) -> ReviewForm:
    letter = _found(import_id)
    typed = request.form.get("page", "1")
    page = review_page(letter, int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1)
    return ReviewForm.of(letter, page)()


def _store(form: ReviewForm) -> AnyResponse | tuple[str, int]:
    slug, language = form.text("slug").strip(), form.text("language")

    def store(session: Session) -> None:
        letter_imports.store(session, form.letter.id, slug=slug, language=language, actor=actor(), now=now())

    if not form.carry_out(store, field="slug"):
        return _review(form), form.status
    with runtime().database.reading() as session:
        has_warnings = versions.warnings_of(versions.original(session, campaigns.by_slug(session, slug)))
    done = "imported-with-warnings" if has_warnings else "imported"
    return redirect(url_for("organizer.campaign", slug=slug, done=done), 303)


def _read_again(form: ReviewForm) -> bool:
    """Whether the letter can be read by its roles; what was chosen is kept either way."""
    roles = form.roles()
    _keep(form, roles)
    if roles == form.letter.roles and form.letter.is_read:
        return True
    file = form.letter.file
    try:
        # Not in a transaction: it may take seconds.
        read = read_with_roles_apart(file.data, name=file.name, roles=as_role_file(roles))
    except RefusedError as error:
        form.refuse(error)
        return False
    _keep(form, read.roles, read)
    return True


def _keep(form: ReviewForm, roles: tuple[LineRole, ...], read: ReadLetter | None = None) -> None:
    with runtime().database.transaction() as session:
        letter_imports.keep(
            session,
            form.letter.id,
            roles=roles,
            slug=form.text("slug"),
            language=form.text("language"),
            read=read,
            actor=actor(),
            now=now(),
        )


def _ways_to_begin(*, letter: NewLetterForm | None = None, copy: CopyForm | None = None) -> str:
    with runtime().database.reading() as session:
        there = campaigns.all_campaigns(session)
        kept = letter_imports.newest(session, actor=actor(), now=now())
    return render_template(
        "organizer/new_campaign.html",
        form=letter or NewLetterForm.filled({}),
        copy_form=copy or CopyForm.filled({}),
        sources=[(one.slug, one.title, {"lang": one.language}) for one in there],
        kept=kept,
    )


def _review(form: ReviewForm) -> str:
    letter = form.letter
    found = letter.letter.language
    codes = list(LANGUAGES) if found is None or found in LANGUAGES else [found, *LANGUAGES]
    return render_template(
        "organizer/review.html",
        form=form,
        shown=form.shown,
        letter=letter.letter,
        import_id=letter.id,
        file_name=letter.file.name,
        warned_pages=pages_with_warnings(letter),
        roles=[(GOES_ON, GOES_ON_WORDS), *ROLE_WORDS.items()],
        languages=[(code, name_of(code), {}) for code in codes],
        signatories_shown=SIGNATORIES_SHOWN,
    )
