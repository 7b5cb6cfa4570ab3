"""What holds for every answer and every request: known hosts, strict headers, no form from elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from campaign.i18n import to_translate
from campaign.settings import Settings
from campaign.settings.web import LOOPBACK_HOSTS
from campaign.web.context import runtime

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What a load balancer or Prometheus asks by the machine's own address.
ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
FRAMED_BY_NOBODY = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "base-uri 'none'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        FRAMED_BY_NOBODY,
        "frame-src 'self'",
        "img-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
    )
)
# The page of a mail runs nothing and fetches nothing; only links may leave the frame it stands in.
SANDBOX = (
    "sandbox allow-popups allow-top-navigation-by-user-activation;"
    " default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ONE_YEAR = 365 * 24 * 60 * 60


def set_up(app: Flask, settings: Settings) -> None:
    """Refuse hosts that are not ours, and put the headers on every answer that has not its own."""
    headers = dict(HEADERS)
    if settings.web.is_https:
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    app.wsgi_app = _WithHeaders(app.wsgi_app, headers)  # type: ignore[method-assign]
    is_known = lru_cache(maxsize=256)(partial(is_known_host, settings=settings))

    @app.before_request
    def refuse_unknown_hosts() -> None:
        if not is_known(request.environ.get("HTTP_HOST", "")) and request.path not in ANY_HOST:
            abort(400, to_translate("This site isn’t known under that name."))


class _WithHeaders:
    """Adds the headers that an answer has not set itself, at the outermost edge, where no answer escapes."""

    def __init__(self, app: "WSGIApplication", headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower(), (name, value)) for name, value in headers.items()]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            present = {name.lower(): value for name, value in headers}
            if FRAMED_BY_NOBODY not in present.get("content-security-policy", FRAMED_BY_NOBODY):
                # Other sites may frame this answer: the older header would forbid it to them.
                present.setdefault("x-frame-options", "")
            headers += [header for name, header in self._headers if name not in present]
            return start_response(status, headers, *error)

        return self._app(environ, start)


def is_known_host(host: str, settings: Settings) -> bool:
    """Whether a Host header is the public address's own; on a loopback address any of its names and ports."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if settings.web.is_local:
        return name in LOOPBACK_HOSTS
    usual_port = 443 if settings.web.is_https else 80
    return name == settings.web.public_host and port in {None, settings.web.public_port, usual_port}


def is_cross_site() -> bool:
    """Whether the browser says that another site made it send this request.

    Sec-Fetch-Site is the browser's own word (W3C Fetch Metadata); where it is missing, Origin is. A page
    without a referrer has the origin "null" and needs the former.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin in {None, "null"}:
        return False
    settings = runtime().settings
    if origin == settings.web.public_url:
        return False
    _, _, host = (origin or "").partition("://")
    return not (settings.web.is_local and is_known_host(host, settings))


def comes_from_this_machine() -> bool:
    """Whether nobody but this machine's own user can have made this request.

    Behind a proxy that nobody told us of, every request seems to come from here; most proxies say so.
    """
    forwarded = {"X-Forwarded-For", "Forwarded", "X-Real-IP"} & set(request.headers.keys())
    trusted = runtime().settings.web.trusted_proxies > 0
    return request.remote_addr in LOOPBACK_HOSTS and (trusted or not forwarded)


def may_be_framed(response: Response, sites: Sequence[str]) -> Response:
    """Let pages of these origins, and no others, show this answer in a frame."""
    allowed = " ".join(("frame-ancestors", *sites)) if sites else FRAMED_BY_NOBODY
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(FRAMED_BY_NOBODY, allowed)
    return response


def sandboxed(html: str) -> Response:
    """The HTML form of a mail on a page of its own, for a frame of ours: it runs and fetches nothing."""
    # A link followed inside the frame would open there, where our own pages refuse to stand.
    leading_out = html.replace("<head>", '<head><base target="_top">', 1)
    response = Response(leading_out, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def is_private(response: Response) -> Response:
    """Mark an answer that shows what a secret link shows: kept by nobody, its address told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
