"""“Was this you?”: the page behind the link of a spot check. Looking changes nothing; a button does."""

from flask import Response, make_response, render_template, request

from campaign.errors import RefusedError
from campaign.services.spot_checks import answering
from campaign.services.spot_checks.answering import VouchQuestion
from campaign.web.context import now, runtime
from campaign.web.languages import prefer_language
from campaign.web.public.blueprint import blueprint
from campaign.web.public.links import refuse_from_elsewhere, withdrawn_page

_ANSWERS = {"yes": True, "no": False}


@blueprint.get("/vouch/<token>")
def ask_to_vouch(token: str) -> Response:
    """The question, and two buttons; nothing of who signed."""
    with runtime().database.reading() as session:
        question = answering.question(session, token, now=now())
    return _page(question, token)


@blueprint.post("/vouch/<token>")
def vouch(token: str) -> Response:
    """Count the answer; to whoever says no it is offered to erase the signature."""
    refuse_from_elsewhere()
    is_theirs = _ANSWERS.get(request.form.get("answer", ""))
    if is_theirs is None:
        raise RefusedError("Press one of the two buttons.")
    with runtime().database.transaction() as session:
        question = answering.answer(session, token, is_theirs=is_theirs, now=now())
    return _page(question, token, answered=question.is_open, offers_erasure=not is_theirs)


@blueprint.post("/vouch/<token>/erase")
def erase_not_vouched(token: str) -> Response:
    """Erase the signature."""
    refuse_from_elsewhere()
    with runtime().database.transaction() as session:
        gone = answering.erase(session, token, now=now())
    return withdrawn_page(gone)


def _page(
    question: VouchQuestion, token: str, *, answered: bool = False, offers_erasure: bool = False
) -> Response:
    prefer_language(question.letter.language)
    return make_response(
        render_template(
            "public/vouch.html",
            about=question.letter,
            token=token,
            is_open=question.is_open,
            answered=answered,
            offers_erasure=offers_erasure,
        )
    )
