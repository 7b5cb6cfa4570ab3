"""What is stored of the secret words of a quiet campaign: argon2id, and the installation's key over it."""

import hmac
import threading

from argon2.low_level import Type, hash_secret_raw

from campaign.domain.quiet import folded_secret
from campaign.services.outbox.suppression_check import AddressHashes

# Strangers can make this server calculate one: 19 MiB and some 30 ms of a core (OWASP's least for argon2id),
# never more than two at once. A thief of the database needs the key too before there is anything to guess at.
_MEMORY = 19 * 1024
_PASSES = 2
_SLOTS = threading.BoundedSemaphore(2)


def slow_digest(secret: str, email: str, *, key: bytes) -> bytes:
    """What takes the time. The salt is the mailbox's own, so that one is enough, whatever it has signed."""
    mailbox = AddressHashes.of(email, key=key).canonical
    salt = hmac.digest(key, f"secret words:{mailbox}".encode(), "sha256")[:16]
    with _SLOTS:
        return hash_secret_raw(
            folded_secret(secret).encode("utf-8", "replace"),
            salt,
            time_cost=_PASSES,
            memory_cost=_MEMORY,
            parallelism=1,
            hash_len=32,
            type=Type.ID,
        )


def secret_hash(digest: bytes, campaign_id: int, *, key: bytes) -> str:
    """What is stored: another for each campaign, so that nothing leads from one to the other."""
    return hmac.digest(key, f"secret words of {campaign_id}:".encode() + digest, "sha256").hex()
