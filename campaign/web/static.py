"""Style sheets, scripts and images: read once, kept for ever under a name that tells their content."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import cast

from flask import Flask, Response, abort, current_app, request
from markupsafe import Markup

from campaign.assets import folder
from campaign.domain.colour import DEFAULT_ACCENT, style_of

FOR_EVER = "public, max-age=31536000, immutable"
# What other sites name in their pages: its address stays, so it is asked for anew after an hour.
EMBED_SCRIPT = "js/embed.js"
ONE_HOUR = "public, max-age=3600"
STYLE = "css/site.css"
# What each kind of public page adds to the common style sheet.
PUBLIC_STYLES = ("site", "letter", "form", "names", "pages")
# The common style sheet with a campaign's colour and others of its folder after it, so that a page waits for
# one file alone: css/site-1f5a96+organizer.css.
_JOINED = re.compile(r"css/site(-[0-9a-f]{6})?((?:\+[a-z-]+){0,8})\.css")
# Modules one after the other, each in a block of its own: js/copy+share.js.
_JOINED_SCRIPTS = re.compile(r"js/([a-z_]+(?:\+[a-z_]+){1,7})\.js")
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
    for path in ("confirm", "withdraw", "manage", "unsubscribe", "unfollow", "organizer", "outbox", "api")
)


@dataclass(frozen=True)
class Asset:
    """One file with its type, its bytes and, where that is smaller, the same compressed."""

    type: str
    body: bytes
    compressed: bytes | None


@dataclass(frozen=True, eq=False)
class Assets:
    """All files by path; one `version` over all of them, so that a file may name another relatively."""

    version: str
    files: Mapping[str, Asset]


def set_up(app: Flask) -> None:
    """Read the files and give them their addresses."""
    app.extensions["campaign_assets"] = read_assets(folder("static"))
    app.add_url_rule("/static/<version>/<path:path>", "static", serve)
    app.add_url_rule(f"/static/{EMBED_SCRIPT}", "embed_script", embed_script)
    app.add_url_rule("/robots.txt", "robots", robots)


def read_assets(root: Path) -> Assets:
    """Read every file under a folder."""
    digest = hashlib.sha256()
    # The rule that makes colours readable is part of what a coloured style sheet says.
    digest.update(style_of(DEFAULT_ACCENT).encode())
    files = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name, body = path.relative_to(root).as_posix(), path.read_bytes()
            digest.update(name.encode() + b"\0" + body)
            kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
            files[name] = _asset(kind, body)
    return Assets(digest.hexdigest()[:12], files)


def _asset(kind: str, body: bytes) -> Asset:
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(kind, body, packed if len(packed) < 0.9 * len(body) else None)


def static_url(path: str) -> str:
    """The address of one file; a file that is not there is a mistake in a template."""
    known = assets()
    if path not in known.files:
        raise LookupError(f"there is no static file {path}")
    return f"/static/{known.version}/{path}"


def style_text() -> str:
    """The text of every style sheet that public pages have, for the style guide."""
    return "\n".join(assets().files[f"css/{name}.css"].body.decode() for name in PUBLIC_STYLES)


def style_url(accent: str | None = None, others: Sequence[str] = ()) -> str:
    """The address of a page's one style sheet, in a campaign's colour where it has one.

    `others` are style sheets such as `css/organizer.css` that stand after the common one in the same file.
    """
    colour = "" if accent in {None, DEFAULT_ACCENT} else f"-{str(accent).removeprefix('#')}"
    added = "".join(f"+{_stem(other)}" for other in others)
    return f"/static/{assets().version}/css/site{colour}{added}.css"


def script_element(*names: str) -> Markup:
    """A page's modules as one file, fetched after what is read; a name may be empty."""
    stems = [_stem(f"js/{name}.js") for name in names if name]
    address = f"/static/{assets().version}/js/{'+'.join(stems)}.js"
    return Markup('<script type="module" fetchpriority="low" src="{}"></script>').format(address)


def _stem(path: str) -> str:
    static_url(path)
    return PurePosixPath(path).stem


def serve(version: str, path: str) -> Response:
    """One file; under another version's name (an old page) as it is now, and not to be kept."""
    known = assets()
    asset = known.files.get(path) or _joined(known, path)
    if asset is None:
        abort(404)
    return _answer(asset, known.version, FOR_EVER if version == known.version else "no-cache")


def embed_script() -> Response:
    """The small script that other sites include to size the frame with the form."""
    known = assets()
    return _answer(known.files[EMBED_SCRIPT], known.version, ONE_HOUR)


def _answer(asset: Asset, version: str, cache_control: str) -> Response:
    compressed = asset.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(asset.compressed if compressed else asset.body, content_type=asset.type)
    if compressed:
        response.content_encoding = "gzip"
    if asset.compressed is not None:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = cache_control
    response.set_etag(f"{version}-{'gzip' if compressed else 'plain'}")
    return cast(Response, response.make_conditional(request))


def _joined(assets: Assets, path: str) -> Asset | None:
    if scripts := _JOINED_SCRIPTS.fullmatch(path):
        files = [assets.files.get(f"js/{stem}.js") for stem in scripts[1].split("+")]
        return _join_scripts(tuple(file.body for file in files if file)) if all(files) else None
    joined = _JOINED.fullmatch(path)
    names = [STYLE, *(f"css/{stem}.css" for stem in joined[2].split("+")[1:])] if joined else []
    if not joined or not all(name in assets.files for name in names):
        return None
    return _join(joined[1], tuple(assets.files[name].body for name in names))


@lru_cache(maxsize=64)
def _join(colour: str | None, styles: tuple[bytes, ...]) -> Asset:
    tokens = style_of(colour.replace("-", "#")).encode() if colour else b""
    return _asset(TYPES[".css"], b"\n".join((styles[0] + tokens, *styles[1:])))


@lru_cache(maxsize=64)
def _join_scripts(modules: tuple[bytes, ...]) -> Asset:
    return _asset(TYPES[".js"], b"\n".join(b"{\n%b}" % module for module in modules))


def robots() -> Response:
    """What crawlers should leave alone; links in mails are secret anyway."""
    return Response(ROBOTS, content_type=TYPES[".txt"])


def assets() -> Assets:
    """The files of this application."""
    return cast(Assets, current_app.extensions["campaign_assets"])
