"""The token in public forms: signed and dated, the same for every visitor, so that pages can be cached."""

from datetime import datetime, timedelta
from functools import lru_cache

from itsdangerous import BadSignature

from campaign.errors import RefusedError
from campaign.settings import Settings
from campaign.web.signers import keys_of, signer, signer_with

# A token is good for a day; it carries the full hour before its making, so that a page changes once an hour.
LIFETIME = timedelta(hours=25)
# Another web process may have made the token, on a machine whose clock is ahead.
CLOCK_SKEW = timedelta(minutes=5)


def form_token(settings: Settings, slug: str, now: datetime) -> str:
    """The token for one campaign's forms, the same for all who ask within one hour."""
    return signer(settings, "form", now=full_hour(now)).sign(slug).decode()


def check_form_token(settings: Settings, slug: str, token: str, *, now: datetime) -> timedelta:
    """How old the form is at most, up to an hour more than it is.

    RefusedError when the token is forged, another campaign's or too old.
    """
    try:
        made_at = _made_at(keys_of(settings), slug, token)
    except BadSignature:
        raise RefusedError("This form did not come from this page. Please send it again.") from None
    age = now - made_at
    if not -CLOCK_SKEW <= age <= LIFETIME:
        raise RefusedError("This form was open for too long. Please send it again.")
    return max(age, timedelta(0))


# A form is checked twice, and many people send one token; a forged one raises, and so is never remembered.
@lru_cache(maxsize=1024)
def _made_at(keys: tuple[str, ...], slug: str, token: str) -> datetime:
    """When a campaign's token was made; BadSignature when it is forged or another campaign's."""
    signed, made_at = signer_with(keys, "form").unsign(token, return_timestamp=True)
    if signed != slug.encode():
        raise BadSignature("signed for another campaign")
    return made_at


def full_hour(now: datetime) -> datetime:
    """The hour that has begun."""
    return now.replace(minute=0, second=0, microsecond=0)
