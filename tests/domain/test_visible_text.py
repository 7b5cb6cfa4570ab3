import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.names import clean_label, clean_name
from campaign.domain.visible_text import MOST_MARKS, with_few_marks, without_invisible_signs
from campaign.errors import RefusedError

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u200b\u200e\u200f\u2060\u2061\u2800\u3164\ufeff\uffa0\ufe0f"
    "\U000e0041\U000e0100"
)
LETTERS = st.characters(categories=["Lu", "Ll", "Lo", "Lt"], min_codepoint=65)


@pytest.mark.parametrize(
    "name",
    [
        "می‌خواهم",  # ZWNJ between Persian letters
        "ශ්‍රීමා",  # ZWJ after a Sinhala virama
        "അവന്‍",  # ZWJ at the end of a Malayalam word
        "क्‍षमा",
        "葛\U000e0100城",  # which form of a Japanese name
        "བསྒྲུབས་རྒྱལ་",
        "ཀྵྨླྺྃ",
        "မြွှေး",
        "Nguyễn Thị Ngọc Ánh",
        "ɛ̃́ba",
        "مُحَمَّدٌ",
        "שָׁ֑לוֹם",
        "ᠮᠣᠩᠭᠣᠯ",
    ],
)
def test_signs_and_marks_that_a_script_needs_stay(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("sign", INVISIBLE)
def test_an_invisible_sign_makes_no_second_name_and_no_name(sign: str) -> None:
    assert clean_name(f"Ra{sign}na{sign}") == "Rana"
    with pytest.raises(RefusedError, match="Enter your name"):
        clean_name(sign)
    assert clean_label(sign * 3) == ""


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_a_joiner_that_joins_nothing_goes(joiner: str) -> None:
    assert clean_name(f"{joiner}Ra{joiner}na 王{joiner}伟{joiner}") == "Rana 王伟"
    assert clean_name(f"پەرھات{joiner}") == "پەرھات"


def test_an_invisible_sign_hides_no_web_address_and_no_formula() -> None:
    for text in ("evil.\u200bcom", "evil\u2060.com", "\u200b=1+1", "ev\u00adil.com"):
        with pytest.raises(RefusedError):
            clean_name(text)


def test_a_heap_of_marks_is_cut_and_one_without_a_letter_goes() -> None:
    heap = "".join(chr(0x0300 + number) for number in range(60))
    assert len(unicodedata.normalize("NFD", clean_name(f"Z{heap}algo"))) <= len("Zalgo") + 4
    assert clean_name("\u0335\u0336Rana") == "Rana"
    assert len(clean_name("ཀ" + "ྲ" * 100)) <= 1 + MOST_MARKS


@pytest.mark.slow
@given(st.text())
def test_cleaning_a_label_again_changes_nothing(text: str) -> None:
    try:
        label = clean_label(text)
    except RefusedError:
        return
    assert clean_label(label) == label
    assert without_invisible_signs(label) == label == with_few_marks(label)
    assert label == unicodedata.normalize("NFC", label)


@given(
    st.text(st.characters(categories=["Lu", "Ll", "Lo", "Lt"], min_codepoint=65), min_size=1, max_size=200)
)
def test_a_name_of_letters_alone_is_never_refused(name: str) -> None:
    if without_invisible_signs(name):
        clean_name(name)
