"""What is shared beside the link itself: a QR code, and the picture that a link shows."""

import tempfile
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import cast

import segno
from flask import Response, request

from campaign.assets import folder
from campaign.documents.share_image import ShareImage, draw
from campaign.services.campaigns import pages
from campaign.web.context import runtime
from campaign.web.languages import address_of, vary_by_language
from campaign.web.public.blueprint import blueprint
from campaign.web.public.current_page import cached_page
from campaign.web.public.share_links import share_image_of, tag_of, tagged

A_DAY = 24 * 60 * 60
_one_at_a_time = Lock()


@blueprint.get("/c/<slug:slug>/qr.svg")
def qr(slug: str) -> Response:
    """A QR code that leads to the letter, in the language of this address where it has one."""
    pages.peek_head(runtime().database, slug)
    code = qr_svg(tagged(address_of("letter", slug=slug), "qr"))
    return _cached_for_a_day(Response(code, content_type="image/svg+xml"))


@blueprint.get("/c/<slug:slug>/share.png")
def share_image(slug: str) -> Response:
    """The letter's title as a picture of 1200 by 630 pixels, drawn once and stored in the instance folder."""
    image = share_image_of(cached_page(slug, count_matters=False).page)
    return vary_by_language(_cached_for_a_day(Response(_picture(slug, image), content_type="image/png")))


@lru_cache(maxsize=256)
def qr_svg(address: str) -> bytes:
    """A QR code as SVG without style or script, dark on white whatever is behind it."""
    file = BytesIO()
    segno.make(address, error="m", micro=False).save(
        file, kind="svg", border=4, scale=8, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return file.getvalue()


def _picture(slug: str, image: ShareImage) -> bytes:
    """The picture from its file; one that is missing is drawn, by one thread of a process at a time."""
    path = runtime().settings.instance / "share" / f"{slug}.{image.language}.{tag_of(image)}.png"
    if not path.exists():
        with _one_at_a_time:
            if not path.exists():
                drawn = draw(image, font_folder=folder("static") / "fonts")
                _store(path, drawn)
                return drawn
    return path.read_bytes()


def _store(path: Path, drawn: bytes) -> None:
    """Write the file whole, in place of older pictures of the same letter; a full disk only costs time."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(drawn)
        Path(file.name).replace(path)
        slug, language, _, _ = path.name.split(".")
        for older in path.parent.glob(f"{slug}.{language}.*.png"):
            if older != path:
                older.unlink(missing_ok=True)
    except OSError:
        return


def _cached_for_a_day(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={A_DAY}"
    response.add_etag()
    return cast(Response, response.make_conditional(request))
