"""A Merkle tree whose entries are only ever appended: RFC 6962, section 2.1, over SHA-256.

The tree is kept as its entries' hashes and, for every full run of 256, 65,536 and so on of them, the hash of
that run. Any root or proof of any size is made of a few rows of those.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Protocol

# Hashes in a full run of the level below: the fewer rows are kept, the more are read for a proof.
TILE = 256
LEAF, NODE = b"\x00", b"\x01"


class TreeReader(Protocol):
    """Reads what is kept of a tree."""

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Hashes of a level, from start up to end: level 0 of entries, level 1 of runs of 256 of them, …"""
        ...


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two hashes beside each other."""
    return hashlib.sha256(NODE + left + right).digest()


def root(size: int, reader: TreeReader) -> bytes:
    """The hash of the first `size` entries."""
    return _range_hash(0, size, _Tiles(reader))


def inclusion_proof(index: int, size: int, reader: TreeReader) -> list[bytes]:
    """The hashes by which an entry's hash leads to the root of a tree of `size`; `index` counts from 0."""
    if not 0 <= index < size:
        raise ValueError("an entry outside the tree")
    tiles, start, end, path = _Tiles(reader), 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, tiles))
            end = middle
        else:
            path.append(_range_hash(start, middle, tiles))
            start = middle
    return path[::-1]


def consistency_proof(first: int, second: int, reader: TreeReader) -> list[bytes]:
    """The hashes by which the root of the first `first` entries leads to that of the first `second`."""
    if not 0 <= first <= second:
        raise ValueError("a tree does not shrink")
    if first in (0, second):
        return []
    tiles, start, end, path = _Tiles(reader), 0, second, list[bytes]()
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range_hash(middle, end, tiles))
            end = middle
        else:
            path.append(_range_hash(start, middle, tiles))
            start = middle
    if start:
        path.append(_range_hash(start, end, tiles))
    return path[::-1]


def includes(entry: bytes, index: int, size: int, proof: Iterable[bytes], root_hash: bytes) -> bool:
    """Whether a proof shows that the entry stands at `index` of the tree with that size and root."""
    if not 0 <= index < size:
        return False
    place, last, digest = index, size - 1, leaf_hash(entry)
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            digest = node_hash(sibling, digest)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and digest == root_hash


def extends(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the larger tree is the smaller one with entries appended."""
    if first == second:
        return first_root == second_root and not proof
    if not 0 < first < second:
        return first == 0 and not proof and first_root == hashlib.sha256().digest()
    # A full smaller tree is itself a node of the larger one, and is left out of the proof.
    steps: Iterator[bytes] = iter([first_root, *proof] if first & (first - 1) == 0 else proof)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = next(steps, b"")
    for sibling in steps:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def full_runs(size_before: int, size: int) -> Iterator[tuple[int, int]]:
    """Which runs become full between two sizes: the level and the place of each, the lower levels first."""
    level, run = 1, TILE
    while run <= size:
        for place in range(size_before // run, size // run):
            yield level, place
        level, run = level + 1, run * TILE


def run_hash(hashes: Sequence[bytes]) -> bytes:
    """The hash of a full run of hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]


class GrowingRoot:
    """The root of a tree that grows by an entry at a time, of which only one hash a full half is held."""

    def __init__(self) -> None:
        self.size = 0
        self._halves: list[bytes] = []

    def append(self, entry: bytes) -> None:
        """Take one entry more."""
        self._halves.append(leaf_hash(entry))
        self.size += 1
        full = self.size
        while full % 2 == 0:
            right, left = self._halves.pop(), self._halves.pop()
            self._halves.append(node_hash(left, right))
            full //= 2

    def root(self) -> bytes:
        """The root of all entries so far."""
        if not self._halves:
            return hashlib.sha256().digest()
        return reduce(lambda right, left: node_hash(left, right), reversed(self._halves))


class _Tiles:
    """Reads each run of hashes once, however many parts of a proof it serves."""

    def __init__(self, reader: TreeReader) -> None:
        self._reader = reader
        self._tiles: dict[tuple[int, int, int], Sequence[bytes]] = {}

    def range(self, level: int, start: int, end: int) -> Sequence[bytes]:
        key = (level, start, end)
        if key not in self._tiles:
            self._tiles[key] = self._reader.hashes(level, start, end)
        return self._tiles[key]


def _range_hash(start: int, end: int, tiles: _Tiles) -> bytes:
    """The hash of the entries from start to end; start is a multiple of the next power of two."""
    size = end - start
    if size == 0:
        return hashlib.sha256().digest()
    level, run = 0, 1
    while run * TILE <= size:
        level, run = level + 1, run * TILE
    if size & (size - 1) == 0:
        return run_hash(tiles.range(level, start // run, end // run))
    middle = start + _split(size)
    return node_hash(_range_hash(start, middle, tiles), _range_hash(middle, end, tiles))


def _split(size: int) -> int:
    """The largest power of two below a size above one."""
    half: int = 1 << ((size - 1).bit_length() - 1)
    return half
