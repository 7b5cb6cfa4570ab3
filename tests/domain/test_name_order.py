"""The order of names on the wall, and how one is found there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.name_order import NameScript, after_all, heading_of, name_keys, place_of, search_key
from campaign.domain.signature import Visibility


def wall(name: str) -> bytes:
    key = name_keys(name, Visibility.PUBLIC).wall
    assert key
    return key


@pytest.mark.parametrize(
    ("in_order", "headings"),
    [
        (("Ada", "Émile", "Łukasz", "O’Brien", "Ørsted", "Žofie"), "A E L O O Z"),
        (("Ada", "Гүлнара", "ئايگۈل", "བསྟན་འཛིན་", "王伟", "김민수"), "A Г ا ཏ  ᄀ"),
        # Uyghur: a, e, b, p, as its alphabet has them, and vowels without the seat they are written on.
        (("ئادىل", "ئەركىن", "باتۇر", "پەرھات", "ياسىن"), "ا ە ب پ ي"),
        # Tibetan: by the root, not by what is written before or above it; Sanskrit words as they begin.
        (("ཀརྨ་", "དགེ་འདུན", "འཇིགས་མེད", "བསྟན་འཛིན", "རྡོ་རྗེ", "པདྨ"), "ཀ ག ཇ ཏ ད པ"),
    ],
)
def test_names_stand_as_people_would_look_them_up(in_order: tuple[str, ...], headings: str) -> None:
    assert sorted(set(in_order), key=wall) == list(in_order)
    assert [heading_of(wall(name))[1] for name in in_order] == headings.split(" ")


def test_every_letter_stands_under_a_heading_that_leads_to_it() -> None:
    # One name of a mathematical capital would else take all headings between off the wall.
    for sign in filter(
        str.isalpha, map(chr, (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x1F000)))
    ):
        key = wall(f"{sign} Li")
        assert key.startswith(place_of(*heading_of(key))), hex(ord(sign))


@pytest.mark.parametrize(
    ("looked_for", "name"),
    [
        ("jose", "José Ángel Ruiz"),
        ("RUIZ", "José Ángel Ruiz"),
        ("ruiz josé", "José Ángel Ruiz"),
        ("ørsted", "Hans Orsted"),
        ("zoe", "𝐙oe Marsh"),
        ("aegir", "Ǽgir Holm"),
        ("小明", "王小明"),
        ("王", "王小明"),
        ("باتۇر", "باتۇر ئەلى"),
        ("ئەلى", "باتۇر ئەلى"),
        ("اهمد", "أھمد"),
        ("བསྟན་", "བསྟན་འཛིན་དབྱངས་ཅན་"),
        ("དབྱངས་ཅན", "བསྟན་འཛིན་དབྱངས་ཅན་"),
    ],
)
def test_a_name_is_found_by_its_first_and_its_last_part(looked_for: str, name: str) -> None:
    start, keys = search_key(looked_for), name_keys(name, Visibility.PUBLIC)
    assert start
    assert any(key is not None and start <= key < after_all(start) for key in (keys.wall, keys.last))


def test_who_shows_initials_stands_apart_by_these_alone_and_who_is_hidden_nowhere() -> None:
    one, other = (name_keys(name, Visibility.INITIALS) for name in ("Tamsin Quill", "Tarik Qadir"))
    assert one == other
    assert one.wall
    assert one.wall.startswith(place_of(NameScript.INITIALS))
    assert one.last is None
    assert heading_of(one.wall) == (NameScript.INITIALS, "")
    hidden = name_keys("Tamsin Quill", Visibility.HIDDEN)
    assert (hidden.wall, hidden.last) == (None, None)


@given(st.text(min_size=1, max_size=200))
def test_every_name_has_a_place_under_a_heading_that_an_address_can_name(name: str) -> None:
    key = wall(name)
    script, letter = heading_of(key)
    assert key.startswith(place_of(script, letter)) or place_of(script) <= key
    assert len(key) < 1000
    found = search_key(name)
    assert found is None or found <= key < after_all(found)
