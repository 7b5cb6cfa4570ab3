"""Manifests: what is read as one, and how a text is compared with it in little time."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from campaign.domain.office_check import words_of
from campaign.domain.office_manifest import (
    FORMAT,
    Compared,
    ManifestEntry,
    ManifestKind,
    OfficeManifest,
    compare,
    hash_of,
    hash_of_whole,
    message_hash,
    message_salt,
    new_salt,
    read_manifest,
)
from campaign.errors import RefusedError
from tests.waiting import little_work

SALT = new_salt()
END = f"\nIts number:\n\n{SALT}\n\nCODE"


def made(parts: list[str], *, written_as: str = FORMAT) -> tuple[OfficeManifest, str]:
    def hash_as(number: int, words: Sequence[str]) -> str:
        return message_hash(SALT, number, words) if written_as == FORMAT else hash_of(SALT, words)

    text = "\n".join(["Dear Minister,", *parts, END])
    entries = tuple(
        ManifestEntry(number, hash_as(number, words_of(part)), True, date(2026, 11, 23))
        for number, part in enumerate(parts, start=1)
    )
    manifest = OfficeManifest(
        kind=ManifestKind.DIGEST,
        issuer="https://letters.example",
        campaign="a",
        title="A",
        official="B",
        sent_on=date(2026, 11, 24),
        part=1,
        sha256=hash_of_whole(SALT, words_of(text)),
        words_after=2,
        messages=entries,
        format=written_as,
    )
    return manifest, text


def test_a_manifest_is_read_as_it_was_written() -> None:
    manifest, _ = made(["1. Ada\nWords of Ada", "2. Ben"])
    assert read_manifest(manifest.as_text()) == manifest


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("title"),
        lambda told: told.update(more=1),
        lambda told: told.update(format="campaign-manifest-3"),
        lambda told: told.update(kind="letter"),
        lambda told: told.update(part="1"),
        lambda told: told.update(part=True),
        lambda told: told.update(words_after=-1),
        lambda told: told.update(sent_on="yesterday"),
        lambda told: told.update(messages=[]),
        lambda told: told.update(messages=None),
        lambda told: told.update(official=["B"]),
        lambda told: told["messages"].reverse(),
        lambda told: told["messages"][0].update(sha256="0"),
        lambda told: told["messages"][0].update(name="Ada"),
    ],
)
def test_what_is_no_manifest_is_refused_in_a_sentence(change: Callable[[dict[str, Any]], object]) -> None:
    manifest, _ = made(["1. Ada", "2. Ben"])
    told = json.loads(manifest.as_text())
    change(told)
    with pytest.raises(RefusedError, match="no manifest of ours"):
        read_manifest(json.dumps(told))
    for text in ("", "[]", "null", "[" * 100_000, '{"format": 1', manifest.as_text() * 9000):
        with pytest.raises(RefusedError, match="no manifest of ours"):
            read_manifest(text)


def test_messages_are_found_though_people_number_their_own_words() -> None:
    parts = [
        "1. Ada\n1. one 2. two 3. three 1. one",
        "2. Ben\n3. three 4. four 2. two 5. five",
        "3. Cleo 9. 1.",
    ]
    manifest, text = made(parts)
    assert compare(manifest, [text]).is_whole
    moved = compare(manifest, [f"Received:\n1. nothing\n{text}"])
    assert (moved.is_whole, moved.unchanged) == (False, frozenset({1, 2, 3}))
    changed = compare(manifest, [text.replace("Cleo", "Chloe")])
    assert changed.unchanged == frozenset({1, 2})
    both = compare(manifest, [text.replace("Cleo", "Chloe"), text.replace("Ada", "Eda")])
    assert both.unchanged == frozenset({2}), "each form of an email has to say the same"


def test_under_another_number_nothing_fits() -> None:
    manifest, text = made(["1. Ada", "2. Ben"])
    for other in (text.replace(SALT, new_salt()), text.replace(SALT, "")):
        assert compare(manifest, [other]).unchanged == frozenset()


def test_a_manifest_of_one_number_for_all_is_compared_as_ever() -> None:
    manifest, text = made(["1. Ada", "2. Ben"], written_as="campaign-manifest-1")
    assert read_manifest(manifest.as_text()) == manifest
    assert compare(manifest, [text]).is_whole
    assert compare(manifest, [text.replace("Ada", "Eve")]).unchanged == {2}


def test_one_message_is_shown_with_its_own_number_and_opens_no_other() -> None:
    parts = ["1. Ada\nStop it.", "2. Ben\nStop it.", "3. Cy\nStop it."]
    manifest, _ = made(parts)
    own = message_salt(SALT, 2)
    assert compare(manifest, [f"{parts[1]}\n\n{own}\n"]) == Compared(False, frozenset({2}), is_one=True)
    # Who has it tries all names in vain, also of what they know word for word.
    tried = {hash_of(salt, words_of(part)) for salt in (own, message_salt(own, 1)) for part in parts}
    assert not tried & {manifest.sha256, manifest.messages[0].sha256, manifest.messages[2].sha256}
    for forged in (
        f"Thousands say:\n{parts[1]}\n\n{own}",
        f"{parts[1]}\n\n{own}\nand so do we",
        f"{parts[1]}\nNow.\n{own}",
        f"{parts[0]}\n{own}",
        f"9. Ben\n{own}",
        own,
    ):
        assert compare(manifest, [forged]) == Compared(False, frozenset())


@pytest.mark.slow
def test_whoever_hands_in_a_monstrous_text_gets_an_answer_in_little_time() -> None:
    manifest, text = made([f"{number}. Somebody\nSome words" for number in range(1, 501)])
    salts = "\n".join(new_salt() for _ in range(30_000))
    numbers = " ".join(f"{number}." for number in range(1, 501)) + " "
    for monster in (
        numbers * 800 + text.replace("Some words", "Other words"),
        "1. " * 400_000 + text.replace("Some", "Other"),
        "1. word " * 200_000 + "500. " * 200_000 + SALT,
        text.replace("Some", "Other") + salts,
    ):
        with little_work(seconds=8):
            assert not compare(manifest, [monster]).is_whole
