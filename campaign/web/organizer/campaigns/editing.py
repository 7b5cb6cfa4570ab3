"""The letter edited on the desk: its text on one page, who signed it first on another."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.validators import ValidationError

from campaign.domain.letter import Letter
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns, editing, first_signatories, wordings
from campaign.services.campaigns.first_signatories import SignatoryListed
from campaign.services.updates import questions
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.campaigns.letter_form import LetterForm
from campaign.web.organizer.campaigns.signatories_form import ROWS_ON_A_PAGE, SignatoriesForm, read_page
from campaign.web.organizer.guard import actor, blueprint, needs

LARGEST_FORM = 2_000_000
_CONFLICT = 409


@blueprint.get("/campaigns/<slug>/letter")
@needs(Permission.LOOK)
def edit_letter(slug: str) -> str:
    """The letter's text with a field for each part."""
    with runtime().database.reading() as session:
        stored = editing.stored(session, slug)
    return _letter_page(slug, LetterForm.stored(stored))


@blueprint.post("/campaigns/<slug>/letter")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def save_letter(slug: str) -> AnyResponse | str | tuple[str, int]:
    """Store the text, or show the form again: with an ask moved, with a preview, or with what is wrong."""
    form = LetterForm.sent()
    with runtime().database.reading() as session:
        stored = editing.stored(session, slug)
    action, _, key = request.form.get("act", "").partition(":")
    if action and action != "preview":
        return _rearranged(slug, form, action, key)
    if action == "preview":
        if not form.validate():
            return _letter_page(slug, form), form.status
        preview = editing.read_letter(form.typed(stored.ask_ids), stored.letter)
        return _letter_page(slug, form, preview=preview)

    def save(session: Session) -> None:
        editing.save(
            session,
            slug,
            form.typed(stored.ask_ids),
            seen=int(form.text("seen")) if form.text("seen").isdecimal() else 0,
            size=form.chosen_size(),
            withheld=bool(form.withheld.data),
            actor=actor(),
            now=now(),
        )

    if not form.carry_out(save, field="size" if stored.is_frozen and not form.text("size") else ""):
        if form.status == _CONFLICT:
            form.seen.data = str(stored.number)
        return _letter_page(slug, form), form.status
    return redirect(url_for("organizer.edit_letter", slug=slug, done="saved"), 303)


@blueprint.get("/campaigns/<slug>/letter/signatories")
@needs(Permission.LOOK)
def edit_signatories(slug: str) -> str:
    """A page of those who signed first."""
    listed = _listed(slug)
    page = read_page(request.args.get("page", "1"), of=len(listed))
    return _signatories_page(slug, SignatoriesForm.stored(listed, page), listed)


@blueprint.post("/campaigns/<slug>/letter/signatories")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def save_signatories(slug: str) -> AnyResponse | str | tuple[str, int]:
    """Store the rows of a page; what breaks a rule comes back beside it, as it was typed."""
    listed = _listed(slug)
    form = SignatoriesForm.sent(listed)
    if "more" in request.form:
        return _signatories_page(slug, form.with_another_row(), listed)
    are_named: list[bool] = []

    def save(session: Session) -> None:
        are_named.append(
            first_signatories.save(
                session,
                slug,
                form.typed(),
                seen=form.text("seen"),
                withhold=bool(form.withhold.data),
                actor=actor(),
                now=now(),
            )
        )

    if not form.carry_out(save):
        if form.status == _CONFLICT:
            form.seen.data = first_signatories.fingerprint(listed)
        return _signatories_page(slug, form, listed), form.status
    if any(are_named):
        return redirect(url_for("organizer.progress", slug=slug, done="still-named"), 303)
    page = form.text("page") if form.text("page").isdecimal() else "1"
    return redirect(url_for("organizer.edit_signatories", slug=slug, page=page, done="saved"), 303)


def _rearranged(slug: str, form: LetterForm, action: str, key: str) -> str | tuple[str, int]:
    try:
        return _letter_page(slug, form.rearranged(action, key))
    except ValidationError as error:
        form.refuse_ask(key, error)
        return _letter_page(slug, form), form.status


def _letter_page(slug: str, form: LetterForm, *, preview: Letter | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        stored = editing.stored(session, slug)
        signed = wordings.signed(session, campaign.id)
        question = questions.of_wording(session, campaign.id, signed[0].wording) if signed else None
    if preview:
        preview = editing.with_counts_filled_in(preview, supporters=campaign.shown_count)
    return render_template(
        "organizer/letter.html",
        campaign=campaign,
        form=form,
        stored=stored,
        signed=signed,
        question=question,
        preview=preview,
    )


def _listed(slug: str) -> tuple[SignatoryListed, ...]:
    with runtime().database.reading() as session:
        return first_signatories.listed(session, campaigns.by_slug(session, slug).id)


def _signatories_page(slug: str, form: SignatoriesForm, listed: tuple[SignatoryListed, ...]) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
    page = read_page(form.value("page") or "1", of=len(listed))
    return render_template(
        "organizer/letter_signatories.html",
        campaign=campaign,
        form=form,
        listed=listed,
        number=page,
        is_last=page * ROWS_ON_A_PAGE >= len(listed),
    )
