"""The form in a frame on other sites: its pages there, and oEmbed, by which sites find the frame."""

from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, abort, current_app, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from campaign.errors import NotFoundError
from campaign.i18n import LANGUAGES
from campaign.web.context import runtime
from campaign.web.embed_code import HEIGHT, frame_code
from campaign.web.jinja import translated
from campaign.web.public import inbox, signing
from campaign.web.public.blueprint import blueprint
from campaign.web.public.current_page import cached_page
from campaign.web.public.form_host import IN_A_FRAME, allow_framing
from campaign.web.public.letter import cache_letter, page_with_form
from campaign.web.public.responses import for_any_site, revalidated
from campaign.web.publisher import publisher

WIDTH = 600
LEAST_WIDTH = 280
OEMBED_SECONDS = 3600


@blueprint.get("/embed/c/<slug:slug>")
def embed(slug: str) -> Response:
    """The form alone, for the sites that the campaign allows."""
    cached = cached_page(slug)
    allow_framing(IN_A_FRAME, cached.page)
    cache_letter(cached)
    return page_with_form(cached, IN_A_FRAME)


@blueprint.post("/embed/c/<slug:slug>/sign")
def send_in_from_frame(slug: str) -> AnyResponse:
    """As from the letter's own page."""
    return signing.receive_form(slug, IN_A_FRAME)


@blueprint.post("/embed/c/<slug:slug>/preview")
def show_messages_in_frame(slug: str) -> AnyResponse:
    """As from the letter's own page."""
    return signing.preview_messages(slug, IN_A_FRAME)


@blueprint.post("/embed/c/<slug:slug>/choose")
def choose_group_in_frame(slug: str) -> AnyResponse:
    """As on the letter's own page."""
    return signing.choose_officials(slug, IN_A_FRAME)


@blueprint.get("/embed/c/<slug:slug>/check-your-inbox")
def check_your_inbox_in_frame(slug: str) -> Response:
    """What to do next, still inside the frame."""
    return inbox.inbox_page(slug, IN_A_FRAME)


@blueprint.get("/oembed")
def oembed() -> Response:
    """What a site needs to show the form for an address of the letter (oEmbed 1.0).

    While the campaign allows no site to frame it, the answer is a plain link.
    """
    if request.args.get("format", "json") != "json":
        abort(501, "This site describes its letters in JSON only.")
    slug, language = _letter_at(request.args.get("url", ""))
    page = cached_page(slug, count_matters=False).page
    document: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": page.letter.title or page.head.title,
        "provider_name": publisher().name or translated("Joint letters"),
        "provider_url": runtime().settings.web.public_url,
        "cache_age": OEMBED_SECONDS,
    }
    if page.embed_sites:
        width, height = _at_most("maxwidth", WIDTH), _at_most("maxheight", HEIGHT)
        document |= {
            "type": "rich",
            "html": frame_code(page, language=language, width=width, height=height),
            "width": width,
            "height": height,
        }
    return revalidated(for_any_site(jsonify(document)), seconds=OEMBED_SECONDS)


def _letter_at(address: str) -> tuple[str, str | None]:
    """The campaign, and the language if its address names one; NotFoundError for any other address."""
    public = runtime().settings.web.public_url
    path = urlsplit(address).path if address.startswith(f"{public}/") else ""
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        endpoint, values = "", {}
    if endpoint.rpartition(".")[2] not in {"letter", "embed"}:
        raise NotFoundError("There is no letter at this address.")
    by_slug = {language.slug: language.code for language in LANGUAGES.values()}
    return cast(str, values["slug"]), by_slug.get(values.get("language", ""))


def _at_most(name: str, usual: int) -> int:
    wanted = request.args.get(name, usual, type=int)
    return max(LEAST_WIDTH, min(usual, wanted))
