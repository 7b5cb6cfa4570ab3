"""What witnesses sign of a count's log, and how: with a key and a program that they have already.

The text is the body of a checkpoint as transparency logs write it (C2SP, tlog-checkpoint): where the log is,
its size, its root. It is signed by `ssh-keygen -Y sign`, which nearly every computer has; OpenSSH's
PROTOCOL.sshsig says what such a signature holds.
"""

import base64
import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from campaign.domain.names import clean_line
from campaign.errors import RefusedError

# What a signature is for: one made for anything else, like a login or a file, is none of these.
NAMESPACE = "count-log"
LONGEST_NAME = 100
# An Ed25519 signature has some 300 characters in its frame.
LONGEST_SIGNATURE = 2_000
_KEY_KIND = b"ssh-ed25519"
_MAGIC = b"SSHSIG"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_HASHES = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}


@dataclass(frozen=True)
class WitnessSignature:
    """A signature as it came: whose key it names, by which hash, and the 64 bytes themselves."""

    public_key: bytes
    hash_name: bytes
    signature: bytes

    def signed(self, text: bytes) -> bytes:
        """What was signed, if it was for this text."""
        digest = _HASHES[self.hash_name](text).digest()
        parts = (NAMESPACE.encode(), b"", self.hash_name, digest)
        return _MAGIC + b"".join(_string(part) for part in parts)


def origin_of(public_url: str, slug: str) -> str:
    """The name of a log among all logs there are: its page's address without what comes before the host."""
    parts = urlsplit(public_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/c/{slug}"


def checkpoint(origin: str, size: int, root: bytes) -> bytes:
    """What a witness signs: three lines, each with its end."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def read_witness_name(text: str) -> str:
    """Who signs, as the page names them; RefusedError for nothing and for what is too long."""
    name = clean_line(text)
    if not name:
        raise RefusedError("Enter the name of the organization.")
    if len(name) > LONGEST_NAME:
        raise RefusedError("An entry can have at most %(most)d characters.", most=LONGEST_NAME)
    return name


def read_public_key(text: str) -> bytes:
    """The 32 bytes of a line as a `.pub` file has it; RefusedError for any other key."""
    words = text.split()
    try:
        if len(text) > LONGEST_SIGNATURE or words[0] != _KEY_KIND.decode():
            raise ValueError
        return _key_in(base64.b64decode(words[1], validate=True))
    except (IndexError, ValueError):
        raise RefusedError(
            "This is no public key of OpenSSH’s kind Ed25519. It begins with “ssh-ed25519”."
        ) from None


def key_line(public_key: bytes) -> str:
    """A key as a `.pub` file has it."""
    return f"{_KEY_KIND.decode()} {base64.b64encode(_key_blob(public_key)).decode()}"


def key_fingerprint(public_key: bytes) -> str:
    """What `ssh-keygen -l` shows of a key."""
    digest = base64.b64encode(hashlib.sha256(_key_blob(public_key)).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def read_signature(text: str) -> WitnessSignature:
    """What `ssh-keygen -Y sign` wrote; RefusedError for anything else, and for another namespace."""
    lines = [line.strip() for line in text.strip().splitlines()]
    try:
        if len(text) > LONGEST_SIGNATURE or lines[0] != _BEGIN or lines[-1] != _END:
            raise ValueError
        return _signature_in(base64.b64decode("".join(lines[1:-1]), validate=True))
    except (IndexError, ValueError):
        raise RefusedError(
            "This is no signature by an Ed25519 key. Make one with: ssh-keygen -Y sign -n count-log"
        ) from None


def armored(signature: WitnessSignature) -> str:
    """A signature as `ssh-keygen` writes and reads it."""
    strings = (
        *(_key_blob(signature.public_key), NAMESPACE.encode(), b"", signature.hash_name),
        _string(_KEY_KIND) + _string(signature.signature),
    )
    blob = _MAGIC + (1).to_bytes(4, "big") + b"".join(map(_string, strings))
    text = base64.b64encode(blob).decode()
    return "\n".join([_BEGIN, *(text[at : at + 70] for at in range(0, len(text), 70)), _END, ""])


def _signature_in(blob: bytes) -> WitnessSignature:
    """ValueError for whatever is not one of an Ed25519 key for our namespace."""
    if not blob.startswith(_MAGIC + (1).to_bytes(4, "big")):
        raise ValueError
    key, namespace, _, hash_name, framed = _strings(blob[len(_MAGIC) + 4 :], 5)
    kind, signature = _strings(framed, 2)
    is_ours = namespace == NAMESPACE.encode() and kind == _KEY_KIND and hash_name in _HASHES
    if not is_ours or len(signature) != 64:
        raise ValueError
    return WitnessSignature(_key_in(key), hash_name, signature)


def _key_in(blob: bytes) -> bytes:
    kind, key = _strings(blob, 2)
    if kind != _KEY_KIND or len(key) != 32:
        raise ValueError
    return key


def _key_blob(public_key: bytes) -> bytes:
    return _string(_KEY_KIND) + _string(public_key)


def _string(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


def _strings(blob: bytes, number: int) -> list[bytes]:
    """So many strings with their lengths before them, and nothing behind; ValueError for anything else."""
    parts = []
    for _ in range(number):
        size = int.from_bytes(blob[:4], "big")
        parts.append(blob[4 : 4 + size])
        if len(blob) < 4 or len(parts[-1]) != size:
            raise ValueError
        blob = blob[4 + size :]
    if blob:
        raise ValueError
    return parts
