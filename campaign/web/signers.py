"""Values that leave with a page or a cookie and must come back as they were."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from itsdangerous import TimestampSigner

from campaign.settings import Settings


class _SignerAt(TimestampSigner):
    """Signs at a time it is told, where the library would ask the machine's clock."""

    def __init__(self, keys: Sequence[str], *, salt: str, now: datetime | None) -> None:
        super().__init__(keys, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
        self._now = now

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        if self._now is None:
            raise ValueError("what is signed needs the time of its signing")
        return int(self._now.timestamp())


def signer(settings: Settings, purpose: str, *, now: datetime) -> TimestampSigner:
    """Signs with the newest secret key, and believes what earlier ones (the fallbacks) signed.

    What was signed for one purpose is forged for every other.
    """
    return signer_with(keys_of(settings), purpose, now=now)


def signer_with(keys: tuple[str, ...], purpose: str, *, now: datetime | None = None) -> TimestampSigner:
    """The same with keys as `keys_of` gives them; without the time it only checks."""
    return _SignerAt(keys, salt=f"campaign:{purpose}", now=now)


def keys_of(settings: Settings) -> tuple[str, ...]:
    """The secret keys, the newest last."""
    return (*reversed(settings.secret_key_fallbacks), settings.secret_key)
