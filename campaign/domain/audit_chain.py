"""The hash chain of the audit log: what one entry's hash covers, and under which key."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from campaign.domain.tokens import derived_key, key_fingerprint

KEY_ID_LENGTH = 16


@dataclass(frozen=True)
class ChainKey:
    """One key of the chain; its `id` tells which it is and gives nothing of it away."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class ChainKeys:
    """The keys of an installation: the newest makes hashes, the earlier ones only check them."""

    newest: ChainKey
    earlier: tuple[ChainKey, ...] = ()

    def secret_of(self, key_id: str) -> bytes | None:
        """The key with this id; None when it is none of ours."""
        return next((key.secret for key in self if key.id == key_id), None)

    def __iter__(self) -> Iterator[ChainKey]:
        return iter((self.newest, *self.earlier))


def chain_keys(secret_key: str, fallbacks: tuple[str, ...] = ()) -> ChainKeys:
    """The chain's keys, derived from the secret keys of an installation."""
    newest, *earlier = (
        ChainKey(key_fingerprint(secret)[:KEY_ID_LENGTH], derived_key(secret, "audit"))
        for secret in (secret_key, *fallbacks)
    )
    return ChainKeys(newest, tuple(earlier))


def entry_hash(
    previous: str,
    *,
    at: datetime,
    organizer_id: int | None,
    action: str,
    details: Mapping[str, Any],
    key: bytes | None,
) -> str:
    """The hash of an entry after the one with the hash `previous`; empty for the first.

    Without a key it is a plain SHA-256, as entries had it until the chain was keyed.
    """
    entry = json.dumps(
        {"at": at.isoformat(), "organizer": organizer_id, "action": action, "details": dict(details)},
        sort_keys=True,
        separators=(",", ":"),
    )
    content = f"{previous}\n{entry}".encode()
    return hashlib.sha256(content).hexdigest() if key is None else hmac.digest(key, content, "sha256").hex()
