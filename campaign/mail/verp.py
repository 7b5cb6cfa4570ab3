"""Return addresses that say which email came back: `bounce+<email's id>.<signature>@letters.example` (VERP).

The signature keeps strangers from reporting other people's mail as undeliverable.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Sequence

_SIGNATURE = 12  # characters of base32: 60 bits, guessed at only by mail
_ID = 32


class ReturnAddress:
    """One mailbox for what comes back; `keys` are tried in turn, and the first signs."""

    def __init__(self, address: str, *, keys: Sequence[bytes]) -> None:
        self._local, _, self._domain = address.lower().rpartition("@")
        self._keys = keys
        self._pattern = re.compile(
            rf"{re.escape(self._local)}\+([0-9a-f]{{{_ID}}})\.([a-z2-7]{{{_SIGNATURE}}})@{re.escape(self._domain)}"
        )

    def for_email(self, public_id: str) -> str:
        """The return address of one email."""
        return f"{self._local}+{public_id}.{_signature(self._keys[0], public_id)}@{self._domain}"

    def email_in(self, text: str) -> str | None:
        """The id of the email whose return address stands in a text; None where none of ours does."""
        # Servers may change the case on the way.
        for public_id, signature in self._pattern.findall(text.lower()):
            if any(
                hmac.compare_digest(signature.encode(), _signature(key, public_id).encode())
                for key in self._keys
            ):
                return str(public_id)
        return None

    def is_in(self, text: str) -> bool:
        """Whether a text names a return address of ours, rightly signed or not."""
        return bool(self._pattern.search(text.lower()))


def _signature(key: bytes, public_id: str) -> str:
    return b32encode(hmac.digest(key, public_id.encode(), "sha256")).decode()[:_SIGNATURE].lower()
