"""The letter in other languages: brought in, compared with the original, reviewed and published."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import TranslationState
from campaign.domain.roles import Permission
from campaign.errors import NotFoundError
from campaign.i18n import available_languages
from campaign.services.campaigns import campaigns, letters
from campaign.services.campaigns import translations as versions
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.languages import name_of
from campaign.web.organizer.campaigns.forms import LARGEST_FORM, TranslationForm, TranslationStateForm
from campaign.web.organizer.guard import actor, blueprint, needs


@blueprint.get("/campaigns/<slug>/translations")
@needs(Permission.LOOK)
def translations(slug: str) -> str:
    """Every language with the state of its translation, and the form to bring one in."""
    return _list(slug)


@blueprint.post("/campaigns/<slug>/translations")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def store_translation(slug: str) -> AnyResponse | tuple[str, int]:
    """Store a pasted or uploaded letter as a draft in a language, or as a correction of the original."""
    form = TranslationForm()
    language = versions.known_language(form.text("language"))

    def store(session: Session) -> None:
        versions.import_version(session, form.parsed, slug=slug, language=language, actor=actor(), now=now())

    with runtime().database.reading() as session:
        original = campaigns.by_slug(session, slug).language
    form.original = original
    if not form.carry_out(store, field=form.given_in):
        return _list(slug, form), form.status
    if language == original:
        return redirect(url_for("organizer.translations", slug=slug, done="saved"), 303)
    leads_to = url_for("organizer.translation", slug=slug, language=language, done="translation-stored")
    return redirect(leads_to, 303)


@blueprint.get("/campaigns/<slug>/translations/<language>")
@needs(Permission.LOOK)
def translation(slug: str, language: str) -> str:
    """One translation beside the original."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        translation = versions.find_translation(session, campaign, language)
        if translation.is_original:
            raise NotFoundError("This is the original letter, not a translation.")
        parts = versions.side_by_side(session, slug, language)
    return render_template(
        "organizer/translation.html", campaign=campaign, translation=translation, parts=parts
    )


@blueprint.post("/campaigns/<slug>/translations/<language>")
@needs(Permission.CHANGE)
def move_translation(slug: str, language: str) -> AnyResponse:
    """Mark as reviewed, publish, or take a step back."""
    form = TranslationStateForm()
    form.require()
    state = TranslationState(form.text("state"))
    with runtime().database.transaction() as session:
        versions.set_state(
            session,
            slug,
            language,
            form.number.data,
            state,
            actor=actor(),
            now=now(),
        )
    return redirect(url_for("organizer.translation", slug=slug, language=language, done=state.value), 303)


def _list(slug: str, refused: TranslationForm | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        there = versions.list_translations(session, campaign)
        ask_count = len(letters.stored_letter(session, slug).asks)
    return render_template(
        "organizer/translations.html",
        campaign=campaign,
        versions=there,
        missing=versions.missing_languages(campaign, there),
        ask_count=ask_count,
        form=refused or TranslationForm.filled({}),
        languages=[
            (spoken.code, name_of(spoken.code), {})
            for spoken in available_languages()
            if spoken.code != campaign.language
        ],
    )
