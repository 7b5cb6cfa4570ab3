"""By what supporters are found: words of a name in any script, order, case and accents."""

import pytest

from campaign.domain.name_search import STEM, is_found, sought, stems_of, stems_sought, words_of


def finds(typed: str, name: str, organization: str | None = None) -> bool:
    """Whether a name has the stems of what was typed, and is meant by it."""
    words = words_of(sought(typed) or "")
    if not any(words):
        return False
    stems = stems_of(name, organization)
    has_stems = all(stems.intersection(spellings) for spellings in stems_sought(words))
    return has_stems and is_found(words, name, organization)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("maria", "María López García"),
        ("LOPEZ", "María López García"),
        ("garcía mari", "María López García"),
        ("an lee", "Lee An"),
        ("obrien", "Siobhán O’Brien"),
        ("smith", "Jean Smith-Weiß"),
        ("weiss", "Jean Smith-Weiß"),
        ("小明", "王小明"),
        ("陈", "陳美麗"),
        ("美丽", "陳美麗"),
        ("陳美麗", "陈美丽"),
        ("韦小明", "韋小明"),
        ("鮑", "鲍小明"),
        ("宫", "欒宮"),
        ("توختى", "ئابلىز توختى"),
        ("རྒྱ་མཚོ", "བསྟན་འཛིན་རྒྱ་མཚོ"),
        ("иванов", "Пётр ИВАНОВ"),
        ("петр", "Пётр Иванов"),
    ],
)
def test_a_name_is_found_by_any_of_its_words(typed: str, name: str) -> None:
    assert finds(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"), [("aria", "Maria Lopez"), ("lopez", "Maria"), ("!?", "Maria"), ("", "Maria")]
)
def test_a_name_is_not_found_by_what_no_word_of_it_begins_with(typed: str, name: str) -> None:
    assert not finds(typed, name)


def test_an_organization_is_found_by_its_words_too() -> None:
    assert finds("river fund", "Ann Lee", "The Ondra River Fund")
    assert finds("權利", "Ann Lee", "维吾尔人权利协会")


def test_what_has_no_name_any_more_is_not_found() -> None:
    assert stems_of("", None) == frozenset()


def test_a_long_name_has_few_and_short_stems() -> None:
    stems = stems_of("word " * 40 + "end", "字" * 200)
    assert len(stems) <= 8 + 16
    assert all(len(stem) <= STEM for stem in stems)


def test_words_are_looked_for_once_each() -> None:
    assert words_of(sought("Ann  LEE ann") or "") == ("ann", "lee")
