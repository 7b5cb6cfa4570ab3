"""The desk's three cookies: the session, the login form's nonce, and the browser known from before."""

import hmac

from flask import Response, request
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.tokens import derived_key, new_token
from campaign.services.accounts.organizers import login_name
from campaign.web.context import now, runtime
from campaign.web.signers import signer

SESSION = "campaign"
LOGIN_FORM = "campaign-login"
DEVICE = "campaign-device"
KNOWN_FOR = 180 * 24 * 60 * 60  # seconds


def read(name: str) -> str:
    """The value of one of our cookies; empty where there is none."""
    return request.cookies.get(_full_name(name), "")


def write(response: AnyResponse, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie that no script reads; it ends with the browser, or after `max_age` seconds."""
    response.set_cookie(
        _full_name(name),
        value,
        max_age=max_age,
        path="/",
        secure=runtime().settings.web.is_https,
        httponly=True,
        samesite="Lax",
    )


def clear(response: AnyResponse, name: str) -> None:
    """Take a cookie away."""
    response.delete_cookie(
        _full_name(name), path="/", secure=runtime().settings.web.is_https, httponly=True, samesite="Lax"
    )


def form_token(secret: str) -> str:
    """What a form carries to show that it came from our page: bound to a cookie no other site can read."""
    return hmac.digest(_key("desk-form"), secret.encode("utf-8", "replace"), "sha256").hex()


def is_form_token(secret: str, token: str) -> bool:
    """Whether a form's token belongs to the cookie that came with it."""
    return bool(secret) and hmac.compare_digest(form_token(secret).encode(), token.encode("utf-8", "replace"))


def known_device(email: str) -> str:
    """The name of this browser when somebody has logged in to this account with it before; else empty."""
    try:
        return _device_signer(email).unsign(read(DEVICE), max_age=KNOWN_FOR).decode()
    except BadSignature:
        return ""


def remember_device(response: Response | AnyResponse, email: str) -> None:
    """Let this browser be counted apart from strangers when it tries to log in to this account again."""
    signed = _device_signer(email).sign(new_token()).decode()
    write(response, DEVICE, signed, max_age=KNOWN_FOR)


def _device_signer(email: str) -> TimestampSigner:
    # The account is in the purpose, not in the cookie: no address is read from it.
    return signer(runtime().settings, f"known-device:{login_name(email)}", now=now())


def _key(purpose: str) -> bytes:
    return derived_key(runtime().settings.secret_key, purpose)


def _full_name(name: str) -> str:
    # Browsers take a __Host- cookie only over https, without a domain and for the whole site.
    return f"__Host-{name}" if runtime().settings.web.is_https else name
