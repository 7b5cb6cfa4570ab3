"""Style sheets, scripts and images: read once, kept for ever under a name that tells their content."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Flask, Response, abort, current_app, request

from campaign.assets import folder

FOR_EVER = "public, max-age=31536000, immutable"
# Types that the machine's own table may not know or may get wrong.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
ROBOTS = "User-agent: *\n" + "".join(
    f"Disallow: /{path}/\n"
    for path in ("confirm", "withdraw", "manage", "unsubscribe", "organizer", "outbox", "api")
)


@dataclass(frozen=True)
class Asset:
    """One file with its type, its bytes and, where that is smaller, the same compressed."""

    type: str
    body: bytes
    compressed: bytes | None


@dataclass(frozen=True)
class Assets:
    """All files by path; one `version` over all of them, so that a file may name another relatively."""

    version: str
    files: Mapping[str, Asset]


def set_up(app: Flask) -> None:
    """Read the files and give them their addresses."""
    app.extensions["campaign_assets"] = read_assets(folder("static"))
    app.add_url_rule("/static/<version>/<path:path>", "static", serve)
    app.add_url_rule("/robots.txt", "robots", robots)


def read_assets(root: Path) -> Assets:
    """Read every file under a folder."""
    digest = hashlib.sha256()
    files = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name, body = path.relative_to(root).as_posix(), path.read_bytes()
            digest.update(name.encode() + b"\0" + body)
            kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
            packed = gzip.compress(body, 9, mtime=0)
            files[name] = Asset(kind, body, packed if len(packed) < 0.9 * len(body) else None)
    return Assets(digest.hexdigest()[:12], files)


def static_url(path: str) -> str:
    """The address of one file; a file that is not there is a mistake in a template."""
    assets = _assets()
    if path not in assets.files:
        raise LookupError(f"there is no static file {path}")
    return f"/static/{assets.version}/{path}"


def serve(version: str, path: str) -> Response:
    """One file; under another version's name (an old page) as it is now, and not to be kept."""
    assets = _assets()
    asset = assets.files.get(path)
    if asset is None:
        abort(404)
    compressed = asset.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(asset.compressed if compressed else asset.body, content_type=asset.type)
    if compressed:
        response.content_encoding = "gzip"
    if asset.compressed is not None:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOR_EVER if version == assets.version else "no-cache"
    response.set_etag(f"{assets.version}-{'gzip' if compressed else 'plain'}")
    return cast(Response, response.make_conditional(request))


def robots() -> Response:
    """What crawlers should leave alone; links in mails are secret anyway."""
    return Response(ROBOTS, content_type=TYPES[".txt"])


def _assets() -> Assets:
    return cast(Assets, current_app.extensions["campaign_assets"])
