"""Secrets that travel in links and cookies, and the keys made of the installation's own."""

import hashlib
import hmac
import secrets
from enum import StrEnum


class TokenPurpose(StrEnum):
    """What a link in a mail may do, and nothing else."""

    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"  # no news about any letter
    UNFOLLOW = "unfollow"  # no news about this one
    VOUCH = "vouch"  # say whether a signature is one's own, for a spot check
    QUOTE = "quote"  # say whether one may be quoted
    AFFIRM = "affirm"  # say which version of the letter one is counted for


def new_token() -> str:
    """A fresh 256-bit secret in 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal; 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def confirm_code() -> str:
    """Six digits that one can type: good for a few tries only."""
    return f"{secrets.randbelow(1_000_000):06}"


def confirm_code_hash(key: bytes, form_id: int, code: str, *, is_quiet: bool = False) -> str:
    """What is stored of a code: a keyed hash, since a million of them are soon tried out.

    That of a quiet campaign is another, so that none is taken where no secret words are asked for.
    """
    purpose = "quiet code" if is_quiet else "confirm code"
    return hmac.digest(key, f"{purpose}:{form_id}:{code}".encode("utf-8", "replace"), "sha256").hex()


def derived_key(secret_key: str, purpose: str) -> bytes:
    """A key for one purpose, so that no value made for one use serves another."""
    return hmac.digest(secret_key.encode(), b"campaign:" + purpose.encode(), "sha256")


def key_fingerprint(secret_key: str) -> str:
    """What tells whether two secret keys are the same without giving either, in 32 characters."""
    return hashlib.sha256(derived_key(secret_key, "fingerprint")).hexdigest()[:32]
