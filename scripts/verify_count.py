"""Checks a published count from outside: `python verify_count.py https://letters.example/c/slug`.

Needs nothing but Python. It reads every entry of the log, and compares count and fingerprint with what the
site says. What it printed on an earlier day, SIZE:FINGERPRINT, can be given back as second argument: the log
must have been that one, and only have grown.

`--checkpoint FILE` behind that writes what a witness signs, once all is well.
`--spot-check NUMBER` draws what a spot check has drawn, and says how many of it had probably left before.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

Read = Callable[[str], dict]


def tree_root(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + tree_root(hashes[:half]) + tree_root(hashes[half:])).digest()


def read_entries(read: Read, size: int) -> list[str]:
    """The first `size` entries of the log."""
    entries: list[str] = []
    while len(entries) < size:
        more = read(f"/count-log/entries.json?start={len(entries)}")["entries"]
        if not more:
            raise ValueError(f"Entries are missing: {len(entries)} of {size} can be read.")
        entries += more
    return entries[:size]


def root_of(entries: list[str]) -> str:
    """The fingerprint of these entries."""
    return tree_root([hashlib.sha256(b"\x00" + entry.encode()).digest() for entry in entries]).hex()


def check(read: Read, earlier: str = "") -> str:
    """One sentence; ValueError with another when something does not fit."""
    head = read("/count-log.json")
    entries = read_entries(read, head["size"])
    if root_of(entries) != head["root"]:
        raise ValueError("The fingerprint does not fit the entries.")
    signed = sum(entry.startswith("signed ") for entry in entries)
    if 2 * signed - len(entries) != head["count"] or len(set(entries)) != len(entries):
        raise ValueError("The count does not fit the entries.")
    size, _, root = earlier.partition(":")
    if earlier and root_of(entries[: int(size)]) != root:
        raise ValueError("The log is not the one it was: it has not only grown.")
    return f"{head['count']} signatures {len(entries)}:{head['root']}"


def draw(seed: bytes, entries: list[str], number: int) -> list[int]:
    """The positions drawn: each entry that says signed is as likely as any other, and none comes twice."""
    size, counter, picked = len(entries), 0, list[int]()
    while len(picked) < number:
        word = int.from_bytes(hashlib.sha256(seed + counter.to_bytes(8, "big")).digest()[:8], "big")
        counter += 1
        place = word % size
        is_fair = word < 2**64 - 2**64 % size
        if is_fair and entries[place].startswith("signed ") and place not in picked:
            picked.append(place)
    return picked


def check_draw(read: Read, number: int) -> str:
    """What a spot check has drawn, a line each; ValueError when it cannot be what was announced."""
    known = read("/count-log/spot-checks.json")
    one = next((one for one in known["spot_checks"] if one["number"] == number), None)
    if one is None:
        raise ValueError("There is no such spot check.")
    if one["announced_at"] >= one["source"]["known_at"]:
        raise ValueError("The draw was announced after its value was known.")
    entries = read_entries(read, one["size"])
    if root_of(entries) != one["root"]:
        raise ValueError("The log is not the one that was announced.")
    if one["value"] is None:
        raise ValueError(f"Nothing is drawn yet. What will decide: {one['source']}")
    lines = ["campaign spot check", known["campaign"], str(one["size"]), one["root"], one["value"]]
    picked = draw(hashlib.sha256("\n".join(lines).encode()).digest(), entries, one["drawn"])
    signed = sum(entry.startswith("signed ") for entry in entries)
    left = one["drawn"] * (len(entries) - signed) / signed
    told = one["result"]["left_before"] if one["result"] else "not told yet"
    return "\n".join(
        [
            *(f"{place} {entries[place]}" for place in picked),
            f"By the log, about {left:.0f} of {one['drawn']} had left before. The result says: {told}.",
            f"Now compare the value, {one['value']}, with its source: {one['source']}",
        ]
    )


def checkpoint(address: str, found: str) -> bytes:
    """What a witness signs: the name of the log, its size, and its root, of what `check` has found."""
    size, _, root = found.partition(" signatures ")[2].partition(":")
    origin = address.rstrip("/").partition("://")[2]
    return f"{origin}\n{size}\n{base64.b64encode(bytes.fromhex(root)).decode()}\n".encode()


def main(address: str, *arguments: str) -> str:
    """What the command prints."""

    def read(path: str) -> dict:
        return json.load(urlopen(address.rstrip("/") + path))  # noqa: S310

    if arguments[:1] == ("--spot-check",):
        return check_draw(read, int(arguments[1]))
    earlier = "" if arguments[:1] == ("--checkpoint",) else "".join(arguments[:1])
    found = check(read, earlier)
    if "--checkpoint" in arguments:
        Path(arguments[-1]).write_bytes(checkpoint(address, found))
    return found


if __name__ == "__main__":
    print(main(*sys.argv[1:]))  # noqa: T201
