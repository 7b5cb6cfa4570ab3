"""Signatures as `ssh-keygen -Y sign` makes them, by a key of the kind Ed25519: read, and written.

Nearly every computer has that program, so that anybody can sign and verify without a new one. OpenSSH's
PROTOCOL.sshsig says what such a signature holds.
"""

import base64
import hashlib
from dataclasses import dataclass

from campaign.errors import RefusedError

# An Ed25519 signature has some 300 characters in its frame.
LONGEST_SIGNATURE = 2_000
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_KEY_KIND = b"ssh-ed25519"
_MAGIC = b"SSHSIG"
_HASHES = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_FIELD = 2**255 - 19
# Of the eight points of small order, the second coordinate: under such a key one signature fits nearly any
# text, and nobody needs a secret to make it.
_EIGHTH = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_OF_SMALL_ORDER = frozenset({0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH})


@dataclass(frozen=True)
class SshSignature:
    """A signature as it came: whose key it names, by which hash, the 64 bytes themselves, and what for.

    One made for another namespace, like a login or a file, is none of ours.
    """

    public_key: bytes
    hash_name: bytes
    signature: bytes
    namespace: str

    def signed(self, text: bytes) -> bytes:
        """What was signed, if it was for this text."""
        digest = _HASHES[self.hash_name](text).digest()
        parts = (self.namespace.encode(), b"", self.hash_name, digest)
        return _MAGIC + b"".join(_string(part) for part in parts)


def read_public_key(text: str) -> bytes:
    """The 32 bytes of a line as a `.pub` file has it; RefusedError for any other key, and for a weak one."""
    words = text.split()
    try:
        if len(text) > LONGEST_SIGNATURE or words[0] != _KEY_KIND.decode():
            raise ValueError
        key = _key_in(base64.b64decode(words[1], validate=True))
    except (IndexError, ValueError):
        raise RefusedError(
            "This is no public key of OpenSSH’s kind Ed25519. It begins with “ssh-ed25519”."
        ) from None
    if is_weak(key):
        raise RefusedError("Anybody could sign with this key. Make a new one: ssh-keygen -t ed25519")
    return key


def is_weak(public_key: bytes) -> bool:
    """Whether a key is of small order, or not spelled as a point is: no program makes such a key."""
    place = int.from_bytes(public_key, "little") & (2**255 - 1)
    return place >= _FIELD or place in _OF_SMALL_ORDER


def key_line(public_key: bytes) -> str:
    """A key as a `.pub` file has it."""
    return f"{_KEY_KIND.decode()} {base64.b64encode(_key_blob(public_key)).decode()}"


def key_fingerprint(public_key: bytes) -> str:
    """What `ssh-keygen -l` shows of a key."""
    digest = base64.b64encode(hashlib.sha256(_key_blob(public_key)).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def signature_in(text: str, namespace: str) -> SshSignature:
    """What `ssh-keygen -Y sign` wrote for a namespace; ValueError for anything else."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(text) > LONGEST_SIGNATURE or len(lines) < 3 or lines[0] != BEGIN or lines[-1] != END:
        raise ValueError("no signature in its frame")
    blob = base64.b64decode("".join(lines[1:-1]), validate=True)
    if not blob.startswith(_MAGIC + (1).to_bytes(4, "big")):
        raise ValueError("not of this format")
    key, named, _, hash_name, framed = _strings(blob[len(_MAGIC) + 4 :], 5)
    kind, signature = _strings(framed, 2)
    is_ours = named == namespace.encode() and kind == _KEY_KIND and hash_name in _HASHES
    if not is_ours or len(signature) != 64:
        raise ValueError("by another kind of key, or for something else")
    return SshSignature(_key_in(key), hash_name, signature, namespace)


def armored(signature: SshSignature) -> str:
    """A signature as `ssh-keygen` writes and reads it."""
    strings = (
        *(_key_blob(signature.public_key), signature.namespace.encode(), b"", signature.hash_name),
        _string(_KEY_KIND) + _string(signature.signature),
    )
    blob = _MAGIC + (1).to_bytes(4, "big") + b"".join(map(_string, strings))
    text = base64.b64encode(blob).decode()
    return "\n".join([BEGIN, *(text[at : at + 70] for at in range(0, len(text), 70)), END, ""])


def _key_in(blob: bytes) -> bytes:
    kind, key = _strings(blob, 2)
    if kind != _KEY_KIND or len(key) != 32:
        raise ValueError("another kind of key")
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
            raise ValueError("cut off")
        blob = blob[4 + size :]
    if blob:
        raise ValueError("more behind the end")
    return parts
