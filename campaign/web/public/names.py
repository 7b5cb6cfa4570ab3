"""Who signed: the wall of names, one found on it, and the list of the newest."""

from typing import Any

from flask import Response, make_response, render_template, request

from campaign.domain.campaign_page import WallGroup
from campaign.domain.name_order import NameScript, WallHeading
from campaign.errors import NotFoundError
from campaign.services.campaigns import name_wall, pages, signatories
from campaign.services.campaigns.signatories import SignatoriesPage
from campaign.web.context import runtime
from campaign.web.languages import negotiated
from campaign.web.public.blueprint import blueprint
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
    return revalidated(make_response(_page(slug, "public/signatures.html", _wall)))


def token_of_next(campaign_id: int, names: SignatoriesPage) -> str | None:
    """What leads on in the list of the newest."""
    return page_token(runtime().settings, campaign_id, names.last) if names.last else None


def _page(slug: str, template: str, read: Any, **values: Any) -> str:
    with runtime().database.reading() as session:
        head = pages.head(session, slug)
        page = pages.page(session, slug, language=negotiated(default=head.language))
        values |= read(session, head.id)
    return render_template(template, page=page, longest=LONGEST_SEARCH, **values)


def _wall(session: Any, campaign_id: int) -> dict[str, Any]:
    settings, asked = runtime().settings, request.args
    after = wall_position_of(settings, campaign_id, asked["wall"]) if asked.get("wall") else None
    heading = _heading(asked["at"]) if asked.get("at") else None
    wall = name_wall.page(session, campaign_id, heading=heading, after=after, limit=ON_A_WALL)
    return {
        "groups": wall.groups,
        "headings": name_wall.headings(session, campaign_id),
        "at": heading,
        "next": wall_token(settings, campaign_id, wall.last) if wall.last else None,
        "is_first": not (after or heading),
        "names_in": _styles(wall.groups),
    }


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
    return WallHeading(NameScript(script), letter)


def _styles(groups: tuple[WallGroup, ...]) -> list[str]:
    scripts = {group.heading.script for group in groups}
    return [language for script, language in _STYLED_AS.items() if script in scripts]
