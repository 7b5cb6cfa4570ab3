"""Reply addresses: each leads an office's answer to one message, and tells nobody which."""

import hmac
import re
from base64 import b32decode, b32encode
from dataclasses import dataclass, field

# 4 bytes of number and 11 of signature are 24 letters of base32, which no server's lower-casing can spoil.
# The 88 bits of a signature can only be guessed at over the network, one mail a guess.
_NUMBER, _SIGNATURE = 4, 11
_LOCAL = re.compile(r"r\+([a-z2-7]{24})@", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class ReplyAddresses:
    """Gives messages their reply addresses at one domain, and knows them again.

    New addresses are signed with the first key; those signed with any other stay good, so that a rotation of
    the secret loses no answer. Without a domain there are none to give.
    """

    domain: str
    keys: tuple[bytes, ...] = field(repr=False)

    def address_of(self, message_id: int) -> str | None:
        """Where answers to a message go; None where the installation takes no answers."""
        return f"r+{_token(self.keys[0], message_id)}@{self.domain}" if self.domain else None

    def message_of(self, address: str) -> int | None:
        """The id of the message an address was made for, in any case of letters; None for a forged one.

        The domain does not matter: mail comes only from where it is received for us, and an older domain's
        addresses stay good.
        """
        found = _LOCAL.match(address.strip().strip("<>"))
        if not found:
            return None
        token = found[1].lower()
        sealed = b32decode(token.upper())
        for key in self.keys:
            number = _masked(key, sealed[:_NUMBER], sealed[_NUMBER:])
            message_id = int.from_bytes(number, "big")
            if hmac.compare_digest(_token(key, message_id).encode(), token.encode()):
                return message_id
        return None


def _token(key: bytes, message_id: int) -> str:
    number = message_id.to_bytes(_NUMBER, "big")
    signature = hmac.digest(key, b"signature" + number, "sha256")[:_SIGNATURE]
    # Hidden behind its own signature, or the numbers would tell an office how many others wrote, and when.
    return b32encode(_masked(key, number, signature) + signature).decode().lower()


def _masked(key: bytes, number: bytes, signature: bytes) -> bytes:
    mask = hmac.digest(key, b"mask" + signature, "sha256")
    return bytes(one ^ other for one, other in zip(number, mask, strict=False))
