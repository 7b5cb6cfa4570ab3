"""Codes by which offices check messages."""

from pathlib import Path
from runpy import run_path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.office_check import (
    check_code,
    new_code,
    read_code,
    shown_code,
    text_hash,
    through_code,
    words_of,
)
from tests.waiting import little_work

KEY = b"k" * 32
SCRIPT = run_path(str(Path(__file__).parents[2] / "scripts" / "verify_digest.py"))


def test_a_code_is_the_same_each_time_and_another_for_each_form_office_and_installation() -> None:
    codes = {
        check_code(key, form, office) for key in (KEY, b"o" * 32) for form in (1, 11) for office in (1, 11)
    }
    assert len(codes) == 8
    assert check_code(KEY, 1, 11) in codes


@given(st.integers(1, 2**40), st.integers(1, 2**30))
def test_a_code_is_read_however_it_was_typed(form: int, office: int) -> None:
    code = check_code(KEY, form, office)
    typed = shown_code(code)
    slips = typed.replace("0", "O").replace("1", "l").lower().replace("-", " – ")
    assert read_code(typed) == read_code(slips) == read_code(f" {code} ") == code


@pytest.mark.parametrize("typed", ["", "K7QD", "K7QD-9X2M-4TRU", "K7QD-9X2M-4TRB-1", "ķ7QD-9X2M-4TRB"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_a_text_is_known_again_however_its_lines_are_broken_and_quoted_and_by_no_other_word() -> None:
    sent = "Dear Minister,\n\nMy well is dry.\nStop the works.\n"
    quoted = "> Dear   Minister,\n> \n>> My well is\n>> dry. Stop the works."
    assert text_hash(KEY, sent) == text_hash(KEY, quoted)
    assert text_hash(KEY, sent) != text_hash(KEY, sent.replace("dry", "full"))
    assert text_hash(KEY, sent) != text_hash(b"o" * 32, sent)


@pytest.mark.parametrize(
    "sign", ["ⓝⓞⓣ", "🅝🅞🅣", "⒩⒪⒯", "🇳🇴", "⠝⠕⠞", "¬", "👎", "🈚", "\u202e", "\u2067", "€", "$", "№"]
)
def test_a_sign_that_is_read_as_a_word_is_one_and_so_is_what_turns_words_around(sign: str) -> None:
    assert words_of(f"We do {sign} want 12 dams.") == ["We", "do", sign, "want", "12", "dams."]


@pytest.mark.parametrize(
    "sign", ["•", "◦", "▪", "■", "·", "–", "—", "_____", "***", "=====", "|", "\u200b", "│", "\uf0b7"]
)
def test_bullets_and_rules_are_no_words(sign: str) -> None:
    assert words_of(f"{sign} My well\n{sign} is dry") == ["My", "well", "is", "dry"]


@given(
    st.text(
        st.sampled_from(
            "ab1.>-_ $€ⓝ🇳👎⠝•■\u202e\n\t\u2000\u00a0\u3000\u0301\u0327\u0338\u1100\u1161\u212b\u0f73é"
        )
    )
)
def test_words_are_the_same_as_those_by_which_an_office_checks_without_the_site(text: str) -> None:
    assert words_of(text) == SCRIPT["words_of"](text)


def test_a_word_is_looked_at_in_little_time_however_many_marks_it_has_and_is_the_same_in_any_company() -> (
    None
):
    word = "a" + "\u0301\u0327" * 40
    (alone,) = words_of(word)
    assert set(words_of(f"{word} b\n" * 2_000)) == {alone, "b"}
    with little_work(seconds=8):
        words_of("a" + "\u0301\u0327" * 300_000)


def test_what_a_mail_system_adds_below_the_code_does_not_matter() -> None:
    code = new_code()
    text = f"Stop the works.\n\n{shown_code(code)}\n"
    assert through_code(f"{text}\n--\nScanned for viruses", code) == text.rstrip("\n")
