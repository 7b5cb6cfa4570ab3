"""Who publishes here, for the head and foot of every page, and the publisher's mark."""

from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, g, url_for

from campaign.domain.publisher import Mark, Publisher
from campaign.errors import UnavailableError
from campaign.services.installation import publisher as publishers
from campaign.web.context import runtime
from campaign.web.static import FOR_EVER

blueprint = Blueprint("publisher", __name__)


def set_up(app: Flask) -> None:
    """Let every template ask who publishes."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(publisher=publisher, mark_path=mark_path, mark_address=mark_address)


def publisher() -> Publisher:
    """Who publishes here, read once in a request; while the database gives no answer, who did before."""
    if "publisher" not in g:
        g.publisher = _read()
    return cast(Publisher, g.publisher)


def mark_path(mark: Mark) -> str:
    """The path of the publisher's logo."""
    return url_for("publisher.mark", tag=mark.tag)


def mark_address(mark: Mark) -> str:
    """The full address of the publisher's logo."""
    return runtime().settings.web.public_url + mark_path(mark)


def database_is_away() -> None:
    """Note that this request has waited for the database in vain: its pages do not wait once more."""
    g.publisher = _last()


def _read() -> Publisher:
    try:
        said = publishers.peek(runtime().database, default=runtime().default_publisher)
    except UnavailableError:
        return _last()
    current_app.extensions["campaign_publisher"] = said
    return said


def _last() -> Publisher:
    return cast(Publisher, current_app.extensions.get("campaign_publisher", runtime().default_publisher))


@blueprint.get("/publisher-mark/<tag>.png", endpoint="mark")
def show_mark(tag: str) -> Response:
    """The publisher's logo; its address tells its content, so that it is kept for ever."""
    with runtime().database.reading() as session:
        png = publishers.mark_png(session, tag)
    if png is None:
        abort(404)
    return Response(png, content_type="image/png", headers={"Cache-Control": FOR_EVER, "ETag": f'"{tag}"'})
