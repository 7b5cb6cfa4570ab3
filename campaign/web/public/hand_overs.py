"""Photos and receipts of what was handed over, where organizers made them public."""

from flask import Response, abort

from campaign.services.campaigns import offices, pages
from campaign.web.context import runtime
from campaign.web.public.blueprint import blueprint


@blueprint.get("/c/<slug:slug>/handed-over/<tag>.jpg")
def hand_over_picture(slug: str, tag: str) -> Response:
    """A picture whose entry is public now; once it is not, nobody gets it, so that nothing keeps it long."""
    head = pages.peek_head(runtime().database, slug)
    with runtime().database.reading() as session:
        jpeg = offices.public_picture(session, head.id, tag)
    if jpeg is None:
        abort(404)
    return Response(jpeg, content_type="image/jpeg", headers={"Cache-Control": "public, max-age=300"})
