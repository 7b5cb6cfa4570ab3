"""Organizers' passwords: what is taken, what is refused, and what a first one looks like."""

import pytest

from campaign.domain.passwords import check_password, new_password, words_of
from campaign.errors import RefusedError

EMAIL = "olga.petrova@river-watch.example"


@pytest.mark.parametrize(
    "password",
    [
        "marble otter kiosk plum",
        "no capital no digit",
        "Überraschend wenig Regen im Mai",
        "长城以北的河流从不结冰也不说话啊",
        "8302 9471 5566 2093",
        "x" + "qzvjkwpm4t" * 3 + "…" + "ordinary" * 10,
    ],
)
def test_long_passwords_are_taken_whatever_they_are_made_of(password: str) -> None:
    check_password(password, email=EMAIL)


def test_256_characters_are_taken_and_257_are_not() -> None:
    words = " ".join(f"otter{number * number}" for number in range(40))
    check_password(words[:256], email=EMAIL)
    with pytest.raises(RefusedError, match="at most 256"):
        check_password(words[:257], email=EMAIL)


def test_fourteen_characters_are_too_few() -> None:
    with pytest.raises(RefusedError, match="at least 15"):
        check_password("otter-kiosk-pl", email=EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "campaign campaign 2026",
        "CorrectHorseBatteryStaple",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "olga.petrova@river-watch.example",
        "olgapetrova-river-watch-1",
        "Save-the-Ondra-2026",
    ],
)
def test_passwords_made_of_what_anybody_knows_are_refused(password: str) -> None:
    with pytest.raises(RefusedError, match="easy to guess"):
        check_password(password, email=EMAIL, known=words_of("Save the Ondra"))


def test_words_of_a_title_are_long_enough_to_be_words_whatever_its_script() -> None:
    assert words_of("Save the River_Ondra, 2026!") == {
        "save",
        "river",
        "ondra",
        "2026",
        "savetheriverondra2026",
    }
    assert words_of("olga.petrova@river-watch.example") == {
        "olga",
        "petrova",
        "river",
        "watch",
        "example",
        "olgapetrova",
    }
    assert words_of("別在河上建壩") == {"別在河上建壩"}


def test_a_first_password_can_be_read_out_and_passes_its_own_rules() -> None:
    password = new_password()
    check_password(password, email=EMAIL)
    assert len(password) == 24
    assert not set(password) & set("0o1il")
    assert new_password() != password
