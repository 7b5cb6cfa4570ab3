"""Every failure as an answer: a page in the reader's language, or a problem document for machines."""

import re
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from campaign.errors import (
    CampaignError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from campaign.web.jinja import translated
from campaign.web.logs import request_id
from campaign.web.publisher import database_is_away

STATUS: dict[type[CampaignError], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    RefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConflictError: HTTPStatus.CONFLICT,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
FOR_MACHINES = ("/api/", "/webhooks/", "/healthz", "/readyz", "/metrics")
_SECRET = re.compile("password|^code$")
RETRY_AFTER = 5  # seconds: a locked database is free again sooner than that, as a rule


def set_up(app: Flask) -> None:
    """Answer every failure in one place."""
    app.register_error_handler(CampaignError, campaign_error)
    app.register_error_handler(HTTPException, http_error)


def campaign_error(error: CampaignError, *, status: int | None = None) -> Response:
    """The answer to one of our own failures, with its sentence."""
    status = status or next(status for kind, status in STATUS.items() if isinstance(error, kind))
    return answer(status, translated(error.message, **error.values))


def http_error(error: HTTPException) -> Response:
    """The answer to what the web's own rules refuse, and to a crash."""
    if error.response is not None:
        return current_app.make_response(cast(Response, error.response))
    status = error.code or InternalServerError.code
    own_words = error.description if error.description != type(error).description else None
    response = answer(status, translated(own_words) if own_words else None)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def answer(status: int, sentence: str | None) -> Response:
    """A page, or RFC 9457's problem document where a machine asks, with this status and sentence."""
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        database_is_away()
    if is_for_machines():
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status)}
        response = jsonify({**problem, "detail": sentence} if sentence else problem)
        response.content_type = "application/problem+json"
    else:
        page = render_template(
            "errors/page.html",
            status=int(status),
            sentence=sentence,
            request_id=request_id(),
            typed=_typed() if status == HTTPStatus.SERVICE_UNAVAILABLE else [],
        )
        response = Response(page, content_type="text/html; charset=utf-8")
    response.status_code = int(status)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _typed() -> list[tuple[str, str]]:
    """The fields of a form that could not be taken, to be sent once more; secrets are typed anew."""
    if request.method != "POST":
        return []
    try:
        fields = list(request.form.items(multi=True))
    except HTTPException:  # a form that cannot be read
        return []
    return [(name, value) for name, value in fields if not _SECRET.search(name)]


def is_for_machines() -> bool:
    """Whether the address is one that programs read."""
    return request.path.endswith((".json", "/own-words", "/proof")) or request.path.startswith(FOR_MACHINES)
