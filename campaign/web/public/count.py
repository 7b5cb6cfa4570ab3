"""The live count: a few bytes that an open page asks for now and then."""

from datetime import timedelta

from flask import Response, jsonify, request

from campaign.services.campaigns import pages
from campaign.web.context import now, runtime
from campaign.web.jinja import counted_people, number
from campaign.web.languages import negotiated, vary_by_language
from campaign.web.public.blueprint import blueprint
from campaign.web.public.responses import for_any_site
from campaign.web.response_cache import cache_response

# However many watch, each process looks no more often than this.
SECONDS = 5


@blueprint.get("/c/<slug:slug>/count.json")
def count(slug: str) -> Response:
    """How many have signed; and the people as the page shows them, in its language."""
    head = pages.peek_head(runtime().database, slug)
    negotiated(default=head.language)
    response = vary_by_language(
        jsonify(
            signatures=head.shown_count,
            organizations=head.organizations,
            people=head.people,
            number=number(head.people),
            words=counted_people(head.people),
        )
    )
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    cache_response(request.environ, lambda: True, until=now() + timedelta(seconds=SECONDS))
    return for_any_site(response)
