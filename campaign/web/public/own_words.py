"""The meter beside the message: how much of it is the writer's own, told while they write. Stores nothing."""

from flask import Response, jsonify, request

from campaign.domain.signing import LONGEST_MESSAGE
from campaign.domain.similarity import Advice
from campaign.errors import ForbiddenError, RefusedError, UnavailableError
from campaign.services.campaigns import pages
from campaign.services.signatures import own_words
from campaign.services.signatures.own_words import Measured
from campaign.web.context import now, runtime
from campaign.web.csrf import check_form_token
from campaign.web.jinja import translated
from campaign.web.languages import negotiated
from campaign.web.public.blueprint import blueprint
from campaign.web.public.forms import clean_words
from campaign.web.security import is_cross_site

# The longest message in UTF-8, percent-encoded as forms are: four bytes in three characters each.
LARGEST_BODY = 12 * LONGEST_MESSAGE + 2_000


@blueprint.post("/c/<slug:slug>/own-words")
def measure_words(slug: str) -> Response:
    """The score of `message` as JSON: `own_words` (0 to 100), `advice`, and a `sentence` for its writer."""
    request.max_content_length = LARGEST_BODY
    head = pages.peek_head(runtime().database, slug)
    negotiated(default=head.language)
    if is_cross_site():
        raise ForbiddenError("Another site sent this form. Please send it from here.")
    try:
        check_form_token(runtime().settings, slug, request.form.get("csrf_token", ""), now=now())
    except RefusedError as error:
        raise ForbiddenError(error.message, **error.values) from error
    measured = measure(head.id, [clean_words(request.form.get("message", ""))])[0]
    response = jsonify(
        own_words=measured.own_words, advice=measured.advice, sentence=advice_sentence(measured)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def measure(campaign_id: int, texts: list[str]) -> list[Measured]:
    """The score of each text, compared with the campaign's own texts."""
    with runtime().database.reading() as session:
        return [
            own_words.measure(session, campaign_id, text, address_key=runtime().address_key) for text in texts
        ]


def measured_messages(campaign_id: int, texts: list[str]) -> list[tuple[Measured, str] | None]:
    """The same with its sentence, for a page that would rather go without than fail."""
    try:
        return [(measured, advice_sentence(measured)) for measured in measure(campaign_id, texts)]
    except UnavailableError:
        return [None] * len(texts)


def advice_sentence(measured: Measured) -> str:
    """What to tell the writer, in the page's language."""
    if measured.advice is Advice.NOTHING:
        return translated("Nothing in your own words yet.")
    if measured.advice is Advice.COPIED:
        return translated("The letter already says this. How would you put it to a friend?")
    if measured.advice is Advice.PARTLY:
        return translated("Partly your own. The sentences that only you can write count most.")
    if measured.advice is Advice.SHORT:
        return translated("Your own, and short. Who or what do you think of?")
    return translated("Your own words. That is what offices read.")
