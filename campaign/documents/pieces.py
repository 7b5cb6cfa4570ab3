"""Bytes cut into pieces of one length, as ciphers take them."""

from collections.abc import Iterable, Iterator


def pieces(chunks: Iterable[bytes], length: int) -> Iterator[tuple[bytes, bool]]:
    """The pieces, each with whether it is the last, which alone may be shorter, or empty."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > length:
            yield bytes(waiting[:length]), False
            del waiting[:length]
    yield bytes(waiting), True
