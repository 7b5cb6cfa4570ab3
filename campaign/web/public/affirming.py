"""The page behind the link in the question about a new version: three answers, none of them chosen before."""

from flask import Response, make_response, render_template, request

from campaign.domain.affirming import read_answer
from campaign.errors import ConflictError, RefusedError
from campaign.services.signatures import affirming
from campaign.services.signatures.affirming import VersionAsked
from campaign.web.context import now, runtime
from campaign.web.jinja import translated
from campaign.web.languages import chosen_language, prefer_language
from campaign.web.public.blueprint import blueprint
from campaign.web.public.links import refuse_from_elsewhere


@blueprint.get("/affirm/<token>")
def show_question(token: str) -> Response:
    """What is asked; looking changes nothing."""
    return _page(_asked(token), token)


@blueprint.post("/affirm/<token>")
def give_answer(token: str) -> Response:
    """Affirm the version that the page showed, stay with the one signed, or withdraw."""
    refuse_from_elsewhere()
    try:
        given = read_answer(request.form.get("answer", ""))
        with runtime().database.transaction() as session:
            asked = affirming.answer(
                session, token, given, seen=_seen(), language=chosen_language(), now=now()
            )
    except RefusedError as error:
        return _page(_asked(token), token, problem=translated(error.message), status=422)
    except ConflictError as error:
        return _page(_asked(token), token, problem=translated(error.message), status=409)
    return _page(asked, token, is_kept=True)


def _seen() -> int:
    """The version that the page asked about; 0, which is none, for what is no number."""
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _asked(token: str) -> VersionAsked:
    with runtime().database.reading() as session:
        return affirming.asked(session, token, language=chosen_language(), now=now())


def _page(
    asked: VersionAsked, token: str, *, problem: str | None = None, is_kept: bool = False, status: int = 200
) -> Response:
    prefer_language(asked.language)
    page = render_template("public/affirm.html", asked=asked, token=token, problem=problem, is_kept=is_kept)
    return make_response(page, status)
