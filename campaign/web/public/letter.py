"""The letter's page, its JSON, and the list of open letters."""

import re
from typing import Any

from flask import Response, jsonify, make_response, render_template, request

from campaign.domain.campaign_page import CampaignPage, SignatoryShown
from campaign.domain.letter import SignatoryKind
from campaign.i18n import SOURCE_LANGUAGE
from campaign.services.campaigns import change_log, front_page, pages, signatories
from campaign.web.context import now, runtime
from campaign.web.countries import countries
from campaign.web.csrf import form_token, full_hour
from campaign.web.languages import address_of, is_negotiated, negotiated
from campaign.web.public import names
from campaign.web.public.blueprint import blueprint
from campaign.web.public.current_page import cache_while_unchanged, cached_page
from campaign.web.public.form_host import ON_ITS_PAGE, FormHost
from campaign.web.public.forms import FilledForm, blank_form
from campaign.web.public.office_document import office_document
from campaign.web.public.page_cache import CachedPage
from campaign.web.public.responses import for_any_site, revalidated
from campaign.web.public.share_links import share_image_address
from campaign.web.public.sources import KNOWN_SOURCES, clean_source
from campaign.web.publisher import publisher

JSON_SECONDS = 10


@blueprint.get("/")
def home() -> Response:
    """The open letters, and the closed ones below; a letter that is the only one is shown at once."""
    language = negotiated(default=SOURCE_LANGUAGE)
    with runtime().database.reading() as session:
        letters = front_page.letters(session, language=language)
    time = now()
    is_open = [one for one in letters if one.is_open(time)]
    if len(is_open) == len(letters) == 1:
        return page_with_form(cached_page(letters[0].head.slug))
    page = render_template(
        "public/home.html",
        letters=is_open,
        closed=[one for one in letters if one not in is_open],
        written_in=[code for one in letters for code in (one.title_language, one.summary_language)],
    )
    return revalidated(make_response(page))


@blueprint.get("/c/<slug:slug>")
def letter(slug: str) -> Response:
    """The letter with its form, the same for every visitor: drawn anew when it changed."""
    cached = cached_page(slug)
    cache_letter(cached)
    return page_with_form(cached)


@blueprint.get("/c/<slug:slug>/changes")
def changes(slug: str) -> Response:
    """What was changed since people could sign, with the words before and after: a page of it."""
    asked = request.args.get("page", "1")
    number = int(asked) if re.fullmatch("[1-9][0-9]?", asked) else 0
    cached = cached_page(slug)

    def draw() -> str:
        with runtime().database.reading() as session:
            shown = change_log.page_for_readers(session, cached.page.head.id, number)
        return render_template("public/changes.html", page=cached.page, shown=shown)

    if number == 1:
        vary = "Accept-Encoding, Accept-Language" if is_negotiated() else "Accept-Encoding"
        response = cached.body("changes", number, draw).response(source="", vary=vary)
    else:
        response = revalidated(make_response(draw()))
    query = f"page={asked}" if "page" in request.args else ""
    cache_while_unchanged(cached, query=query, is_arbitrary=bool(query))
    return response


@blueprint.get("/c/<slug:slug>.json")
def as_json(slug: str) -> Response:
    """What the page shows, for programs on any site."""
    with runtime().database.reading() as session:
        head = pages.head(session, slug)
        page = pages.page(session, slug, language=negotiated(default=head.language))
        newest = signatories.page(session, head.id, limit=names.ON_A_PAGE)
    document = _document(page)
    document["signatories"] = [
        *map(_signatory, page.initial_signatories),
        *map(_signatory, newest.signatories),
    ]
    if token := names.token_of_next(head.id, newest):
        document["next"] = address_of("signatures", slug=slug, after=token)
    return revalidated(for_any_site(jsonify(document)), seconds=JSON_SECONDS)


def page_with_form(cached: CachedPage, form_host: FormHost = ON_ITS_PAGE) -> Response:
    """The page with an empty form, drawn once for all visitors of an hour."""
    time = now()
    body = cached.body(
        form_host.page,
        (full_hour(time), cached.page.is_open(time)),
        lambda: draw_letter(cached, blank_form(cached.page), form_host=form_host),
    )
    return body.response(
        source=clean_source(request.args.get("source", "")),
        vary="Accept-Encoding, Accept-Language" if is_negotiated() else "Accept-Encoding",
    )


def cache_letter(cached: CachedPage) -> None:
    """Let the page with the form serve like requests, whatever known source they came from."""
    source = clean_source(request.args.get("source", ""))
    is_arbitrary = bool(source) and source not in KNOWN_SOURCES
    cache_while_unchanged(cached, query=f"source={source}" if source else "", is_arbitrary=is_arbitrary)


def draw_letter(
    cached: CachedPage,
    form: FilledForm,
    *,
    problem: str | None = None,
    form_host: FormHost = ON_ITS_PAGE,
    is_open: bool | None = None,
) -> str:
    """The page with a form as it stands; `problem` is one sentence about the form as a whole.

    A draft is drawn as if it `is_open`.
    """
    page, time = cached.page, now()
    return render_template(
        form_host.template,
        form_host=form_host,
        page=page,
        latest=cached.latest,
        form=form,
        problem=problem,
        is_open=page.is_open(time) if is_open is None else is_open,
        token=form_token(runtime().settings, page.head.slug, time),
        countries=countries(negotiated(default=page.head.language)),
        share_image=share_image_address(page),
        today=time.date(),
    )


def _document(page: CampaignPage) -> dict[str, Any]:
    slug = page.head.slug
    return {
        "slug": slug,
        "url": address_of("letter", slug=slug),
        "title": page.letter.title or page.head.title,
        "publisher": {"name": publisher().name, "url": address_of("about")} if publisher().is_named else None,
        "summary": page.summary,
        "language": page.letter.language,
        "original_language": page.head.language,
        "state": page.head.state,
        "version": page.wording,
        "closes_at": page.closes_at.isoformat() if page.closes_at else None,
        "outcome": "\n\n".join(page.outcome.paragraphs) if page.outcome else None,
        "goal_reached_on": page.goal_reached_at.date().isoformat() if page.goal_reached_at else None,
        "changes": address_of("changes", slug=slug),
        "counts": {
            "signatures": page.head.shown_count,
            "entered": page.head.shown_entered_count,
            "initial_signatories": page.initial_count,
            "organizations": page.head.organizations,
            "people": page.head.people,
            "goal": page.goal,
            "current_version": page.versions.current if page.versions else page.head.shown_count,
            "earlier_versions": page.versions.earlier if page.versions else 0,
        },
        "asks": [
            {
                "position": ask.position,
                "title": ask.title,
                "text": ask.text,
                "url": f"{address_of('letter', slug=slug)}#ask-{ask.position}",
            }
            for ask in page.asks
        ],
        "quotes": [vars(quote) for quote in page.quotes],
        "officials": [office_document(page, official, now().date()) for official in page.officials],
    }


def _signatory(signatory: SignatoryShown) -> dict[str, Any]:
    return {
        "kind": SignatoryKind(signatory.kind),
        "name": signatory.name,
        "title": signatory.title,
        "organization": signatory.organization,
        "country": signatory.country,
        "initial": signatory.initial,
    }
