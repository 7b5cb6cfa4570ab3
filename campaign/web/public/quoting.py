"""The page behind the link in the question whether somebody may be quoted."""

from collections.abc import Mapping

from flask import Response, make_response, render_template, request

from campaign.domain.names import initials
from campaign.domain.quotes import QuoteNaming, read_consent
from campaign.errors import ConflictError, RefusedError
from campaign.i18n import country_name, to_translate
from campaign.services.signatures import quoting
from campaign.services.signatures.quoting import QuoteAsked
from campaign.web.context import now, runtime
from campaign.web.jinja import translated
from campaign.web.languages import chosen_language, current_language, prefer_language
from campaign.web.public.blueprint import blueprint
from campaign.web.public.links import refuse_from_elsewhere

# What each yes says; it is kept with the consent, in the words that were read.
SENTENCES: Mapping[QuoteNaming, str] = {
    QuoteNaming.NAME: to_translate("Yes, with my name"),
    QuoteNaming.INITIALS: to_translate("Yes, with my initials and my country"),
    QuoteNaming.UNNAMED: to_translate("Yes, without my name"),
}


@blueprint.get("/quote/<token>")
def show_quote(token: str) -> Response:
    """The words as they would be quoted; looking changes nothing."""
    return _page(_asked(token), token)


@blueprint.post("/quote/<token>")
def answer_quote(token: str) -> Response:
    """Agree to be quoted with what the page showed, or not."""
    refuse_from_elsewhere()
    try:
        naming = read_consent(request.form.get("answer", ""))
        wording = translated(SENTENCES[naming]) if naming else ""
        with runtime().database.transaction() as session:
            seen = request.form.get("seen", "")
            language = chosen_language()
            asked = quoting.answer(
                session, token, naming, seen=seen, wording=wording, language=language, now=now()
            )
    except RefusedError as error:
        return _page(_asked(token), token, problem=translated(error.message), status=422)
    except ConflictError as error:
        return _page(_asked(token), token, problem=translated(error.message), status=409)
    return _page(asked, token, is_kept=True)


def _asked(token: str) -> QuoteAsked:
    with runtime().database.reading() as session:
        asked = quoting.asked(session, token, language=chosen_language(), now=now())
    prefer_language(asked.language)
    return asked


def _page(
    asked: QuoteAsked, token: str, *, problem: str | None = None, is_kept: bool = False, status: int = 200
) -> Response:
    prefer_language(asked.language)
    choices = [(one.value, translated(SENTENCES[one]), _shown_as(one, asked)) for one in asked.may_be_named]
    page = render_template(
        "public/quote.html", asked=asked, token=token, problem=problem, is_kept=is_kept, choices=choices
    )
    return make_response(page, status)


def _shown_as(naming: QuoteNaming, asked: QuoteAsked) -> str:
    """What stands below the words: told beside the choice."""
    match naming:
        case QuoteNaming.NAME:
            return asked.name
        case QuoteNaming.INITIALS:
            place = country_name(asked.country, current_language()) if asked.country else None
            return " · ".join(filter(None, (initials(asked.name), place)))
        case _:
            return translated("Below your words it says: somebody who signed.")
