"""What holds for every answer and every request: known hosts, strict headers, no form from elsewhere."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from campaign.settings import LOOPBACK_HOSTS, Settings
from campaign.web.context import runtime

# What a load balancer or Prometheus asks by the machine's own address.
ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "base-uri 'none'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "frame-src 'self'",
        "img-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
    )
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
    if settings.is_https:
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"

    @app.before_request
    def refuse_unknown_hosts() -> None:
        if not is_known_host(request.environ.get("HTTP_HOST", ""), settings) and request.path not in ANY_HOST:
            abort(400, "This site is not known by the name it was asked for.")

    @app.after_request
    def secure(response: Response) -> Response:
        own = {name for name, _ in response.headers}
        for name, value in headers.items():
            if name not in own:
                response.headers.add(name, value)
        return response


def is_known_host(host: str, settings: Settings) -> bool:
    """Whether a Host header is the public address's own; on a loopback address any of its names and ports."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if settings.is_local:
        return name in LOOPBACK_HOSTS
    public = urlsplit(settings.public_url)
    return name == settings.public_host and port in {None, public.port, 443 if settings.is_https else 80}


def comes_from_elsewhere() -> bool:
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
    return origin != settings.public_url and not (
        settings.is_local and is_known_host(urlsplit(origin or "").netloc, settings)
    )


def is_private(response: Response) -> Response:
    """Mark an answer that shows what a secret link shows: kept by nobody, its address told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
