"""Values that leave with a page or a cookie and must come back as they were."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from itsdangerous import TimestampSigner

from campaign.settings import Settings


class _SignerAt(TimestampSigner):
    """Signs at a time it is told, where the library would ask the machine's clock."""

    def __init__(self, keys: Sequence[str], *, salt: str, now: datetime) -> None:
        super().__init__(keys, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
        self._now = now

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(self._now.timestamp())


def signer(settings: Settings, purpose: str, *, now: datetime) -> TimestampSigner:
    """Signs with the newest secret key, and believes what earlier ones (the fallbacks) signed.

    What was signed for one purpose is forged for every other.
    """
    keys = (*reversed(settings.secret_key_fallbacks), settings.secret_key)
    return _SignerAt(keys, salt=f"campaign:{purpose}", now=now)
