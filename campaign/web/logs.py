"""What the web writes into its log: which request, which route, which status; never who or what."""

import logging
import secrets
import traceback
from time import perf_counter
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, request

_log = logging.getLogger("campaign.web")


class RedactingFlask(Flask):
    """A Flask that logs a crash by its kind and place, not by its words, which may quote what was typed."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log the kinds in the chain of errors and where each was raised."""
        error: BaseException | None = exc_info[1]
        chain: list[str] = []
        while error is not None:
            chain += [f"{type(error).__qualname__}\n", *traceback.format_tb(error.__traceback__)]
            error = error.__cause__ or error.__context__
        _log.error("request %s failed at %s: %s", request_id(), _route(), "".join(chain))


def set_up(app: Flask) -> None:
    """Number the requests, and log each by its route: an address can hold a token."""

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if _log.isEnabledFor(logging.INFO):
            took = 1000 * (perf_counter() - g.get("began", perf_counter()))
            _log.info(
                "%s %s %s %d %.1fms", request_id(), request.method, _route(), response.status_code, took
            )
        return response


def request_id() -> str:
    """The number of this request, by which a supporter's report and a line in the log find each other."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def _route() -> Any:
    return request.url_rule.rule if request.url_rule else "(no route)"
