"""Password hashes: argon2id, never more than two at once."""

import secrets
import threading
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from campaign.domain.passwords import normalized

# One hash takes 64 MiB and about 0.1 s of a core: more than two at once would let strangers eat the machine.
_SLOTS = threading.BoundedSemaphore(2)


class Passwords:
    """Hashes and checks passwords at one cost; `memory` is in KiB (RFC 9106, second recommended option)."""

    def __init__(self, *, memory: int = 64 * 1024, passes: int = 3, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes)
        self._nobodys = _unmatchable_hash(f"m={memory},t={passes},p={lanes}")

    def hashed(self, password: str) -> str:
        """What is stored of a password: parameters, salt and hash in one string."""
        with _SLOTS:
            return self._hasher.hash(normalized(password).encode("utf-8", "replace"))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; without a stored one it takes as long and is not."""
        with _SLOTS:
            try:
                self._hasher.verify(stored or self._nobodys, normalized(password).encode("utf-8", "replace"))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost and is due to be made anew at the next login."""
        return self._hasher.check_needs_rehash(stored)


def _unmatchable_hash(cost: str) -> str:
    """A hash of that cost that no password has: its bytes were never computed from one."""
    salt, digest = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19${cost}${salt}${digest}"


PASSWORDS = Passwords()
