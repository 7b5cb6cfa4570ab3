"""Secrets that travel in links and forms: made, hashed, signed and checked."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from campaign.errors import RefusedError


class TokenPurpose(StrEnum):
    """What a link in a mail may do, and nothing else."""

    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"


def new_token() -> str:
    """A fresh 256-bit secret in 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal; 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def derived_key(secret_key: str, purpose: str) -> bytes:
    """A key for one purpose, so that no value made for one use serves another."""
    return hmac.digest(secret_key.encode(), b"campaign:" + purpose.encode(), "sha256")


def signed_time(key: bytes, subject: str, now: datetime) -> str:
    """A form token: the time of its making, bound to one subject (a campaign) by a signature."""
    made = str(int(now.timestamp()))
    return f"{made}.{_signature(key, made, subject)}"


def check_signed_time(
    key: bytes, subject: str, token: str, *, now: datetime, lifetime: timedelta
) -> datetime:
    """When the form token was made; RefusedError when it is forged, for another subject, or too old."""
    made, _, signature = token.partition(".")
    expected = _signature(key, made, subject)
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        raise RefusedError("This form did not come from this page. Please send it again.")
    made_at = datetime.fromtimestamp(int(made), UTC)
    if not -timedelta(minutes=5) <= now - made_at <= lifetime:
        raise RefusedError("This form was open for too long. Please send it again.")
    return made_at


def _signature(key: bytes, made: str, subject: str) -> str:
    return hmac.digest(key, f"{made}\n{subject}".encode("utf-8", "replace"), "sha256").hex()
