"""The log's tree: its proofs are those of RFC 6962, and no other tree passes for it."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain import merkle


class Kept:
    """A tree kept as the database keeps it: entries' hashes, and the hash of each full run."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self._levels: dict[int, list[bytes]] = {0: [merkle.leaf_hash(entry) for entry in entries]}
        for level, place in merkle.full_runs(0, len(entries)):
            below = self._levels[level - 1][place * merkle.TILE : (place + 1) * merkle.TILE]
            self._levels.setdefault(level, []).append(merkle.run_hash(below))
        self.reads = 0

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        self.reads += end - start
        return self._levels[level][start:end]


def plain_root(entries: Sequence[bytes]) -> bytes:
    """The definition of the RFC, word for word."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return merkle.leaf_hash(entries[0])
    middle = 1 << ((len(entries) - 1).bit_length() - 1)
    return merkle.node_hash(plain_root(entries[:middle]), plain_root(entries[middle:]))


ENTRIES = [number.to_bytes(4) for number in range(1_100)]
KEPT = Kept(ENTRIES)
sizes = st.integers(0, len(ENTRIES))


def test_the_root_of_the_reference_vectors() -> None:
    entries = [bytes.fromhex(given) for given in ("", "00", "10", "2021", "3031", "40414243")]
    assert merkle.root(6, Kept(entries)).hex() == (
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"
    )


def test_a_tree_that_grows_has_the_same_roots() -> None:
    growing = merkle.GrowingRoot()
    for size, entry in enumerate(ENTRIES[:600]):
        assert growing.root() == merkle.root(size, KEPT)
        growing.append(entry)


@given(sizes)
def test_the_root_is_that_of_the_definition_at_every_size(size: int) -> None:
    assert merkle.root(size, KEPT) == plain_root(ENTRIES[:size])


@given(st.data())
def test_a_proof_shows_its_entry_at_its_place_and_no_other(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(ENTRIES)))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, KEPT)
    root = merkle.root(size, KEPT)
    assert merkle.includes(ENTRIES[index], index, size, proof, root)
    assert not merkle.includes(b"forged", index, size, proof, root)
    assert not merkle.includes(ENTRIES[index], index, size, [*proof, root], root)
    other = data.draw(st.integers(0, size - 1))
    assert merkle.includes(ENTRIES[index], other, size, proof, root) == (other == index)


@given(st.data())
def test_a_proof_shows_that_nothing_was_changed_or_taken_out(data: st.DataObject) -> None:
    second = data.draw(st.integers(1, len(ENTRIES)))
    first = data.draw(st.integers(0, second))
    proof = merkle.consistency_proof(first, second, KEPT)
    roots = merkle.root(first, KEPT), merkle.root(second, KEPT)
    assert merkle.extends(first, roots[0], second, roots[1], proof)
    if first:
        changed = list(ENTRIES[:second])
        changed[data.draw(st.integers(0, first - 1))] = b"changed"
        other = Kept(changed)
        forged = merkle.consistency_proof(first, second, other)
        assert not merkle.extends(first, roots[0], second, merkle.root(second, other), forged)
        assert not merkle.extends(first, roots[0], second, merkle.root(second, other), proof)


@pytest.mark.parametrize("proof", [[], [b"x" * 32], [b"x" * 32] * 40])
def test_what_is_no_proof_shows_nothing(proof: list[bytes]) -> None:
    root = merkle.root(700, KEPT)
    assert not merkle.includes(ENTRIES[5], 5, 700, proof, root)
    assert not merkle.extends(300, merkle.root(300, KEPT), 700, root, proof)
    assert not merkle.includes(ENTRIES[5], 700, 700, proof, root)
    assert not merkle.extends(701, root, 700, root, proof)


def test_a_proof_reads_a_few_hundred_hashes_of_a_million() -> None:
    class Million:
        reads = 0

        def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
            self.reads += end - start
            return [b"h" * 32] * (end - start)

    for index in (0, 499_999, 999_998):
        reader = Million()
        merkle.inclusion_proof(index, 999_999, reader)
        merkle.root(999_999, reader)
        assert reader.reads < 3_000
