"""The token in public forms: signed and dated, the same for every visitor, so that pages can be cached."""

from datetime import datetime, timedelta
from functools import lru_cache

from campaign.domain.tokens import check_signed_time, derived_key, signed_time
from campaign.errors import RefusedError
from campaign.settings import Settings

# A token is good for a day; it carries the full hour before its making, so that a page changes once an hour.
LIFETIME = timedelta(hours=25)


def form_token(settings: Settings, slug: str, now: datetime) -> str:
    """The token for one campaign's forms, the same for all who ask within one hour."""
    return signed_time(_key(settings.secret_key), slug, full_hour(now))


def check_form_token(settings: Settings, slug: str, token: str, *, now: datetime) -> None:
    """RefusedError when the token is forged, another campaign's or too old; earlier keys still count."""
    refusal: RefusedError | None = None
    for secret in (settings.secret_key, *settings.secret_key_fallbacks):
        try:
            check_signed_time(_key(secret), slug, token, now=now, lifetime=LIFETIME)
            return
        except RefusedError as error:
            refusal = error
    if refusal:
        raise refusal


def full_hour(now: datetime) -> datetime:
    """The hour that has begun."""
    return now.replace(minute=0, second=0, microsecond=0)


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return derived_key(secret, "form")
