"""How public answers travel: compressed where that is taken, kept by caches, not sent twice to one reader."""

import gzip
from typing import cast

from flask import Response, request

from campaign.web.languages import vary_by_language

# Below this a compressed answer is no smaller on the wire.
WORTH_COMPRESSING = 600


def revalidated(response: Response, *, seconds: int = 0) -> Response:
    """Let caches keep an answer for so long, and then ask whether it is still the same."""
    vary_by_language(response)
    response.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "public, no-cache"
    if len(response.get_data()) >= WORTH_COMPRESSING:
        response.vary.add("Accept-Encoding")
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
            response.content_encoding = "gzip"
    response.add_etag()
    return cast(Response, response.make_conditional(request))


def for_any_site(response: Response) -> Response:
    """Let programs on any site read this answer: it holds nothing that the page does not show."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
