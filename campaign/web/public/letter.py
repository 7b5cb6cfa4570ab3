"""The letter's page, its signatories, its JSON, and the list of open letters."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, jsonify, make_response, render_template, request

from campaign.domain.campaign_page import CampaignPage, SignatoryShown
from campaign.domain.letter import SignatoryKind
from campaign.services.campaigns import campaigns, signatories, versions
from campaign.web.context import now, runtime
from campaign.web.csrf import form_token, full_hour
from campaign.web.languages import address_of, is_negotiated, is_prefixed, negotiated
from campaign.web.public.blueprint import blueprint, shelf
from campaign.web.public.countries import countries
from campaign.web.public.form_host import ON_ITS_PAGE, Place
from campaign.web.public.forms import FilledForm, blank_form, clean_source
from campaign.web.public.page_cache import KeptBody, KeptLetter
from campaign.web.public.responses import for_any_site, revalidated
from campaign.web.public.share_links import share_image_address
from campaign.web.response_cache import keep_at_the_door

LATEST = 24
ON_A_PAGE = 100
JSON_SECONDS = 10
_NO_SOURCE = b'<input type="hidden" name="source" value="">'


@blueprint.get("/")
def home() -> Response:
    """The open letters; a single one is shown at once."""
    with runtime().database.reading() as session:
        heads = campaigns.open_campaigns(session)
        titles = versions.titles_in(session, negotiated(default="en"))
    if len(heads) == 1:
        return page_with_form(kept_letter(heads[0].slug))
    page = render_template("public/home.html", campaigns=heads, titles=titles)
    return revalidated(make_response(page))


@blueprint.get("/c/<slug:slug>")
def letter(slug: str) -> Response:
    """The letter with its form, the same for every visitor: drawn anew when it changed."""
    kept = kept_letter(slug)
    hold_while_unchanged(kept)
    return page_with_form(kept)


@blueprint.get("/c/<slug:slug>/signatures")
def signatures(slug: str) -> Response:
    """All names the public may read, newest first, a page at a time."""
    with runtime().database.reading() as session:
        head = campaigns.head(session, slug)
        page = campaigns.page(session, slug, language=negotiated(default=head.language))
        shown = signatories.page(session, head.id, after=request.args.get("after"), limit=ON_A_PAGE)
    return revalidated(
        make_response(
            render_template(
                "public/signatures.html",
                page=page,
                signatories=shown.signatories,
                next=shown.next,
                is_first="after" not in request.args,
            )
        )
    )


@blueprint.get("/c/<slug:slug>.json")
def as_json(slug: str) -> Response:
    """What the page shows, for programs on any site."""
    with runtime().database.reading() as session:
        head = campaigns.head(session, slug)
        page = campaigns.page(session, slug, language=negotiated(default=head.language))
        shown = signatories.page(session, head.id, limit=ON_A_PAGE)
    document = _document(page)
    document["signatories"] = [
        *map(_signatory, page.initial_signatories),
        *map(_signatory, shown.signatories),
    ]
    if shown.next:
        document["next"] = address_of("signatures", slug=slug, after=shown.next)
    return revalidated(for_any_site(jsonify(document)), seconds=JSON_SECONDS)


def kept_letter(slug: str, *, count_matters: bool = True) -> KeptLetter:
    """What the page shows in the reader's language, read anew when the campaign has changed.

    NotFoundError for a campaign that is not there or not open to the public yet.
    """
    database = runtime().database
    head = campaigns.glance(database, slug)
    language = negotiated(default=head.language)
    key = (slug, language, is_prefixed())
    kept = shelf().letter(key, head, count_matters=count_matters)
    if kept is None:
        with database.reading() as session:
            page = campaigns.page(session, slug, language=language)
            latest = signatories.latest(session, page.head.id, limit=LATEST)
        kept = shelf().keep(key, KeptLetter(page, latest))
    return kept


def hold_while_unchanged(kept: KeptLetter) -> None:
    """Let this page go out at the door until its campaign changes or its form's token does."""
    database, head = runtime().database, kept.page.head
    keep_at_the_door(
        request.environ,
        lambda: campaigns.glance(database, head.slug) == head,
        until=_holds_until(kept.page, now()),
    )


def page_with_form(kept: KeptLetter, place: Place = ON_ITS_PAGE) -> Response:
    """The page with an empty form, drawn once for all visitors of an hour."""
    time = now()
    body = kept.body(
        (full_hour(time), kept.page.is_open(time)),
        lambda: draw_letter(kept, blank_form(kept.page), place=place),
        of=place.page,
    )
    source = clean_source(request.args.get("source", ""))
    if source:
        # The one thing on the page that may differ among visitors; its characters need no escaping.
        tagged = _NO_SOURCE.replace(b'value=""', b'value="' + source.encode() + b'"')
        body = KeptBody.of(body.plain.replace(_NO_SOURCE, tagged, 1))
    return body.response(vary="Accept-Encoding, Accept-Language" if is_negotiated() else "Accept-Encoding")


def draw_letter(
    kept: KeptLetter, form: FilledForm, *, problem: str | None = None, place: Place = ON_ITS_PAGE
) -> str:
    """The page with a form as it stands; `problem` is one sentence about the form as a whole."""
    page, time = kept.page, now()
    return render_template(
        place.template,
        place=place,
        page=page,
        latest=kept.latest,
        form=form,
        problem=problem,
        is_open=page.is_open(time),
        token=form_token(runtime().settings, page.head.slug, time),
        countries=countries(negotiated(default=page.head.language)),
        share_image=share_image_address(page),
    )


def _holds_until(page: CampaignPage, time: datetime) -> datetime:
    """When the page changes though nothing is written: the form has a new token, or the letter closes."""
    next_hour = full_hour(time) + timedelta(hours=1)
    closes = page.closes_at if page.closes_at and page.closes_at > time else None
    return min(next_hour, closes) if closes else next_hour


def _document(page: CampaignPage) -> dict[str, Any]:
    slug = page.head.slug
    return {
        "slug": slug,
        "url": address_of("letter", slug=slug),
        "title": page.letter.title or page.head.title,
        "summary": page.summary,
        "language": page.letter.language,
        "original_language": page.head.language,
        "state": page.head.state,
        "closes_at": page.closes_at.isoformat() if page.closes_at else None,
        "counts": {
            "signatures": page.head.signature_count,
            "initial_signatories": len(page.initial_signatories),
            "goal": page.goal,
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
        "officials": [
            {
                "role": one.role,
                "name": one.name,
                "title": one.title,
                "office": one.office,
                "answers": [
                    {"on": answer.received_at.date().isoformat(), "text": answer.summary}
                    for answer in page.answers
                    if answer.official_id == one.id
                ],
            }
            for one in page.officials
        ],
    }


def _signatory(one: SignatoryShown) -> dict[str, Any]:
    return {
        "kind": SignatoryKind(one.kind),
        "name": one.name,
        "title": one.title,
        "organization": one.organization,
        "country": one.country,
        "initial": one.initial,
    }
