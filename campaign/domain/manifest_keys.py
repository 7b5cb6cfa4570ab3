"""The keys by which an installation signs manifests: made of its secret keys, each with a public half."""

import hmac
from dataclasses import dataclass, field
from datetime import date

from campaign.domain.ssh_signatures import SshSignature
from campaign.domain.tokens import derived_key

# What a signature is for: one under anything else, like a login, is no manifest's.
NAMESPACE = "digest-manifest"


@dataclass(frozen=True)
class ManifestKeys:
    """The private key that signs, 32 bytes; of those before it, the public halves alone are needed.

    `sealing` knows again which public halves this installation wrote down. It is made of the oldest secret
    key, which is kept through every rotation.
    """

    newest: bytes = field(repr=False)
    sealing: bytes = field(repr=False)

    def seal_of(self, public_key: bytes, first_on: date, last_on: date) -> bytes:
        """What stands beside a public half of this installation: the days on which it signed are in it."""
        return hmac.digest(self.sealing, public_key + f"|{first_on}|{last_on}".encode(), "sha256")


def manifest_keys(secret_key: str, fallbacks: tuple[str, ...] = ()) -> ManifestKeys:
    """The keys that are made of the secret keys of an installation."""
    oldest = fallbacks[-1] if fallbacks else secret_key
    return ManifestKeys(derived_key(secret_key, "manifest"), derived_key(oldest, "manifest keys"))


def unsigned(public_key: bytes) -> SshSignature:
    """A signature that is still to be made."""
    return SshSignature(public_key, b"sha512", b"", NAMESPACE)
