"""How a text may stand in a file: as it is, escaped, percent-encoded, or in Base64 at any place of three."""

import json
import quopri
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

# Shorter ones would be found everywhere by chance.
SHORTEST = 4


@dataclass(frozen=True)
class Traced:
    """Texts to look for in bytes, in all their spellings; `longest` is how long the longest of these is.

    Spellings in which upper and lower case are one are looked for in lower case.
    """

    exact: frozenset[bytes]
    folded: frozenset[bytes]

    @property
    def longest(self) -> int:
        """By how much two pieces of a file must overlap."""
        return max(map(len, self.exact | self.folded), default=1)

    def number_in(self, data: bytes) -> int:
        """How often any of the texts stands in the bytes, however it is spelled."""
        lower = data.lower()
        return sum(map(data.count, self.exact)) + sum(map(lower.count, self.folded))


def traced(texts: Iterable[str]) -> Traced:
    """All spellings of some texts."""
    exact: set[bytes] = set()
    folded: set[bytes] = set()
    for text in texts:
        plain = text.encode()
        folded |= {
            plain.lower(),
            text.lower().encode(),
            json.dumps(text)[1:-1].lower().encode(),
            quote(text, safe="@").lower().encode(),
            quote(text, safe="").lower().encode(),
            quote_plus(text).lower().encode(),
            quopri.encodestring(plain).rstrip(b"=\n").lower(),
            plain.hex().encode(),
        }
        exact |= {_base64_at(plain, place) for place in range(3)}
    return Traced(frozenset(filter(_is_telling, exact)), frozenset(filter(_is_telling, folded)))


def _is_telling(spelling: bytes) -> bool:
    return len(spelling) >= SHORTEST


def _base64_at(plain: bytes, place: int) -> bytes:
    """What is the same in the Base64 of any text that holds this one after so many bytes."""
    encoded = b64encode(b"\0" * place + plain)
    # The first signs mix in what stands before, the last what follows.
    start = (0, 2, 3)[place]
    whole = (place + len(plain)) * 8 // 6
    return encoded[start:whole]
