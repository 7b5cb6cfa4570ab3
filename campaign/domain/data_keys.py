"""The keys under which people's data is encrypted in the database: made of the secret keys, kept outside."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from campaign.domain.tokens import derived_key

# Six bytes of a hash: enough to tell the few keys apart that an installation ever has.
_ID_BYTES = 6
KEY_ID_LENGTH = 8


@dataclass(frozen=True)
class DataKey:
    """One key, and the name that goes with what was encrypted under it; the name gives nothing of the key."""

    id: str
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, secret_key: str) -> "DataKey":
        """The key that is made of a secret key."""
        secret = derived_key(secret_key, "data at rest")
        name = hashlib.sha256(b"campaign:data key id" + secret).digest()[:_ID_BYTES]
        return cls(base64.urlsafe_b64encode(name).decode(), secret)


@dataclass(frozen=True)
class DataKeys:
    """The keys of an installation: the newest encrypts, all of them decrypt.

    What is looked up without being read, as the words of a name are, is hashed under `index`. That is made of
    the oldest secret key, as the hash of an address is: it has to stay the same through a rotation.
    """

    newest: DataKey
    earlier: tuple[DataKey, ...] = ()
    index: bytes = field(default=b"", repr=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of all of them, the newest first."""
        return tuple(key.id for key in self)

    def __iter__(self) -> Iterator[DataKey]:
        return iter((self.newest, *self.earlier))


def data_keys(secret_key: str, fallbacks: tuple[str, ...] = ()) -> DataKeys:
    """The data keys that are made of the secret keys of an installation."""
    newest, *earlier = map(DataKey.of, (secret_key, *fallbacks))
    oldest = fallbacks[-1] if fallbacks else secret_key
    return DataKeys(newest, tuple(earlier), derived_key(oldest, "index of people"))
