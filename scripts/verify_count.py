"""Checks a published count from outside: `python verify_count.py https://letters.example/c/slug`.

Needs nothing but Python. It reads every entry of the log, and compares count and fingerprint with what the
site says. What it printed on an earlier day, SIZE:FINGERPRINT, can be given back as second argument: the log
must have been that one, and only have grown.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from urllib.request import urlopen


def tree_root(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + tree_root(hashes[:half]) + tree_root(hashes[half:])).digest()


def check(read: Callable[[str], dict], earlier: str = "") -> str:
    """One sentence; ValueError with another when something does not fit."""
    head, entries = read("/count-log.json"), []
    while len(entries) < head["size"]:
        more = read(f"/count-log/entries.json?start={len(entries)}")["entries"]
        if not more:
            raise ValueError(f"Entries are missing: {len(entries)} of {head['size']} can be read.")
        entries += more
    entries = entries[: head["size"]]
    hashes = [hashlib.sha256(b"\x00" + entry.encode()).digest() for entry in entries]
    if tree_root(hashes).hex() != head["root"]:
        raise ValueError("The fingerprint does not fit the entries.")
    signed = sum(entry.startswith("signed ") for entry in entries)
    if 2 * signed - len(entries) != head["count"] or len(set(entries)) != len(entries):
        raise ValueError("The count does not fit the entries.")
    size, _, root = earlier.partition(":")
    if earlier and tree_root(hashes[: int(size)]).hex() != root:
        raise ValueError("The log is not the one it was: it has not only grown.")
    return f"{head['count']} signatures {len(entries)}:{head['root']}"


if __name__ == "__main__":
    address = sys.argv[1].rstrip("/")
    print(check(lambda path: json.load(urlopen(address + path)), *sys.argv[2:3]))  # noqa: S310, T201
