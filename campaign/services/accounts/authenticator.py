"""Codes of an authenticator app, by RFC 6238."""

import re
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
# A clock that is half a minute off, and a code typed as it ends.
STEPS_AROUND = (0, -1, 1)


def new_secret() -> str:
    """160 random bits in the base32 that apps take."""
    return pyotp.random_base32()


def enrolment_address(secret: str, *, account: str, site: str) -> str:
    """What the QR code holds: an address that authenticator apps open."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=site)


def step_of(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The half minute whose code this is, if it comes after the one used last; None for any other code."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    codes = pyotp.TOTP(secret, interval=STEP_SECONDS)
    fitting = [
        current + around
        for around in STEPS_AROUND
        if secrets.compare_digest(codes.at((current + around) * STEP_SECONDS), digits)
    ]
    return next((step for step in fitting if step > after), None)
