"""Who signed: the wall of names, one found on it, and the list of the newest."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from campaign.domain.campaign_page import CampaignPage, WallGroup
from campaign.domain.name_order import NameScript, WallHeading
from campaign.errors import NotFoundError
from campaign.services.campaigns import name_wall, signatories
from campaign.services.campaigns.signatories import SignatoriesPage
from campaign.web.context import runtime
from campaign.web.languages import is_negotiated, is_prefixed, negotiated
from campaign.web.page_style import drawn_sources
from campaign.web.public.blueprint import blueprint, wall_cache
from campaign.web.public.current_page import cache_while_unchanged, current_page
from campaign.web.public.page_cache import CachedBody
from campaign.web.public.page_tokens import page_token, position_of, wall_position_of, wall_token
from campaign.web.public.responses import revalidated

ON_A_PAGE = 100
ON_A_WALL = 500
LONGEST_SEARCH = 80
# The fonts that a page needs for names in a script, by the language whose style brings them.
_STYLED_AS = {NameScript.ARABIC: "ug", NameScript.TIBETAN: "bo"}


@blueprint.get("/c/<slug:slug>/signatures")
def signatures(slug: str) -> Response:
    """The wall of names; with `q` whom it finds, with `after` or `newest` the list of the newest."""
    asked = request.args
    if "q" in asked:
        # Whom somebody looked for is kept by no cache.
        response = make_response(_page(slug, "public/names_found.html", _found, text=_asked_for()))
        response.headers["Cache-Control"] = "no-store"
        return response
    if "after" in asked or "newest" in asked:
        return revalidated(make_response(_page(slug, "public/newest_names.html", _newest)))
    return _wall(slug, at=asked.get("at", ""), after=asked.get("wall", ""))


def token_of_next(campaign_id: int, names: SignatoriesPage) -> str | None:
    """What leads on in the list of the newest."""
    return page_token(runtime().settings, campaign_id, names.last) if names.last else None


def _wall(slug: str, *, at: str, after: str) -> Response:
    """A part of the wall, drawn once as long as nothing changes: the same for every visitor."""
    cached = current_page(slug)
    head = cached.page.head
    part = urlencode({name: value for name, value in (("at", at), ("wall", after)) if value})
    key = (slug, negotiated(default=head.language), is_prefixed(), part)
    body = wall_cache().get(key, head)
    if body is None:
        values = _read_wall(cached.page, at=at, after=after)
        body = CachedBody.of(render_template("public/signatures.html", **values).encode(), drawn_sources())
        # Letters under which nobody stands are as many as there are in Unicode.
        if values["at"] in {None, *values["headings"]}:
            wall_cache().put(key, head, body)
    cache_while_unchanged(cached, query=part, is_arbitrary=bool(part))
    vary = "Accept-Encoding, Accept-Language" if is_negotiated() else "Accept-Encoding"
    return body.response(source="", vary=vary)


def _read_wall(page: CampaignPage, *, at: str, after: str) -> dict[str, Any]:
    settings, campaign_id = runtime().settings, page.head.id
    place = wall_position_of(settings, campaign_id, after) if after else None
    heading = _heading(at) if at else None
    with runtime().database.reading() as session:
        wall = name_wall.page(session, campaign_id, heading=heading, after=place, limit=ON_A_WALL)
        headings = name_wall.headings(session, campaign_id)
    return {
        "page": page,
        "longest": LONGEST_SEARCH,
        "groups": wall.groups,
        "headings": headings,
        "at": heading,
        "next": wall_token(settings, campaign_id, wall.last) if wall.last else None,
        "is_first": not (place or heading),
        "names_in": _styles(wall.groups),
    }


def _page(slug: str, template: str, read: Any, **values: Any) -> str:
    page = current_page(slug).page
    with runtime().database.reading() as session:
        values |= read(session, page.head.id)
    return render_template(template, page=page, longest=LONGEST_SEARCH, **values)


def _newest(session: Any, campaign_id: int) -> dict[str, Any]:
    token = request.args.get("after")
    after = position_of(runtime().settings, campaign_id, token) if token else None
    names = signatories.page(session, campaign_id, after=after, limit=ON_A_PAGE)
    return {
        "signatories": names.signatories,
        "next": token_of_next(campaign_id, names),
        "is_first": not token,
    }


def _found(session: Any, campaign_id: int) -> dict[str, Any]:
    return {"found": name_wall.search(session, campaign_id, _asked_for())}


def _asked_for() -> str:
    return " ".join(request.args["q"].split())[:LONGEST_SEARCH]


def _heading(text: str) -> WallHeading:
    """A heading as an address has it: `latin-a`, `han`."""
    script, _, letter = text.partition("-")
    if script not in set(NameScript) or len(letter) > 1:
        raise NotFoundError("There is no such page of signatories.")
    return WallHeading(NameScript(script), letter.upper())


def _styles(groups: tuple[WallGroup, ...]) -> list[str]:
    scripts = {group.heading.script for group in groups}
    return [language for script, language in _STYLED_AS.items() if script in scripts]
