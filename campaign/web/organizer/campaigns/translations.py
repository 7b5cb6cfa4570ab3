"""The letter in other languages: uploaded, compared with the original, reviewed and published."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import TranslationState
from campaign.domain.roles import Permission
from campaign.errors import CampaignError, NotFoundError, RefusedError
from campaign.services.campaigns import campaigns, letters
from campaign.services.campaigns import translations as versions
from campaign.web.context import now, runtime
from campaign.web.organizer.campaigns.letters import LARGEST_FORM, LARGEST_LETTER, read_file
from campaign.web.organizer.guard import actor, blueprint, needs


@blueprint.get("/campaigns/<slug>/translations")
@needs(Permission.LOOK)
def translations(slug: str) -> str:
    """Every language with the state of its translation, and the form to upload one."""
    return _list(slug, None)


@blueprint.post("/campaigns/<slug>/translations")
@needs(Permission.CHANGE, largest_form=LARGEST_FORM)
def store_translation(slug: str) -> AnyResponse | tuple[str, int]:
    """Store an uploaded letter as a draft in a language, or as a correction of the original."""
    file = request.files.get("letter")
    language = versions.known_language(request.form.get("language", ""))
    try:
        data = file.read(LARGEST_LETTER + 1) if file else b""
        letter = read_file(data, (file.filename or "") if file else "")
        with runtime().database.transaction() as session:
            stored = versions.import_version(
                session, letter, slug=slug, language=language, actor=actor(), now=now()
            )
    except RefusedError as error:
        return _list(slug, error, chosen=language), 422
    if stored.is_original:
        return redirect(url_for("organizer.translations", slug=slug, done="saved"), 303)
    leads_to = url_for("organizer.translation", slug=slug, language=language, done="translation-stored")
    return redirect(leads_to, 303)


@blueprint.get("/campaigns/<slug>/translations/<language>")
@needs(Permission.LOOK)
def translation(slug: str, language: str) -> str:
    """One translation beside the original."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        shown = versions.one_of(session, campaign, language)
        if shown.is_original:
            raise NotFoundError("This is the original letter, and no translation.")
        parts = versions.side_by_side(session, slug, language)
    return render_template("organizer/translation.html", campaign=campaign, shown=shown, parts=parts)


@blueprint.post("/campaigns/<slug>/translations/<language>")
@needs(Permission.CHANGE)
def move_translation(slug: str, language: str) -> AnyResponse:
    """Mark as reviewed, publish, or take a step back."""
    wanted = request.form.get("state", "")
    if wanted not in list(TranslationState):
        raise RefusedError("Choose what to do with this translation.")
    with runtime().database.transaction() as session:
        versions.set_state(
            session,
            slug,
            language,
            request.form.get("number", 0, type=int),
            TranslationState(wanted),
            actor=actor(),
            now=now(),
        )
    return redirect(url_for("organizer.translation", slug=slug, language=language, done=wanted), 303)


def _list(slug: str, error: CampaignError | None, *, chosen: str = "") -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        there = versions.all_of(session, campaign)
        ask_count = len(letters.stored_letter(session, slug).asks)
    return render_template(
        "organizer/translations.html",
        campaign=campaign,
        versions=there,
        missing=versions.missing_languages(campaign, there),
        ask_count=ask_count,
        chosen=chosen,
        error=error,
    )
