"""How much of a text is its writer's own, in every script that supporters write in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.similarity import (
    COPIED_BELOW,
    MOST_FINGERPRINTS,
    Advice,
    Words,
    advice,
    hashes_of,
    is_personal,
)

KEY = b"k" * 32
LETTER = (
    "We are groups from the valley. Publish every measurement since 2020 and stop the works on the upper dam"
    " until the hearing is over. Pay those who lost their wells, and tell us when you will answer."
)
SENTENCES = {
    "en": "My grandmother's well fell dry in May, and she is eighty-one. She fetches water from the school.",
    "es": "El pozo de mi abuela se secó en mayo, y ella tiene ochenta y un años. Trae agua desde la escuela.",
    "zh-Hant": "我祖母的水井五月就乾了，她今年八十一歲。她每天從學校提水回家，已經走不動了，我們很擔心。",
    "ug": "مومامنىڭ قۇدۇقى ماي ئېيىدا قۇرۇپ كەتتى، ئۇ سەكسەن بىر ياشقا كىردى. ئۇ مەكتەپتىن سۇ توشۇيدۇ.",
    "bo": "ངའི་རྨོ་མོའི་ཁྲོན་པ་ཟླ་ལྔ་པའི་ནང་སྐམ་སོང་། མོ་ལོ་བརྒྱད་ཅུ་གྱ་གཅིག་ཡིན། མོས་སློབ་གྲྭ་ནས་ཆུ་འཁུར་གྱི་ཡོད།",
}


def score(text: str, *, campaign: str = LETTER, others: str = "", key: bytes = KEY) -> int:
    return Words.of(text, key=key).own(campaign=hashes_of(campaign), others=Words.of(others, key=key).sample)


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_new_words_are_all_own_and_a_copy_of_them_is_not_in_any_script(text: str) -> None:
    assert score(text) == 100
    assert score(text, campaign=text) < 8
    assert score(text, others=text) == 0
    half = text[: len(text) // 2]
    assert 30 <= score(half + SENTENCES["en"].replace("May", "June")[::-1], campaign=half) <= 90


def test_case_spaces_and_punctuation_hide_no_copy() -> None:
    disguised = LETTER.upper().replace(" ", " \n ").replace(".", "!!!").replace(",", " –")
    assert score(disguised) < 8


def test_a_letter_with_two_sentences_added_is_a_little_own_and_the_sentences_alone_are_all_own() -> None:
    mixed = score(LETTER + " " + SENTENCES["en"])
    assert 20 < mixed < 50
    assert not is_personal(mixed)
    assert mixed >= COPIED_BELOW


def test_a_name_of_a_law_or_an_office_is_no_copy() -> None:
    law = "The upper dam"
    assert score(f"{law} is why my sister left the valley last winter with her three children.") > 90


def test_a_copy_with_a_word_changed_is_still_mostly_a_copy() -> None:
    assert score(LETTER.replace("measurement", "reading")) < 25


def test_a_long_text_has_no_more_fingerprints_than_fit() -> None:
    long = " ".join(f"sentence number {number} tells of another well" for number in range(400))
    assert len(Words.of(long, key=KEY).sample) == MOST_FINGERPRINTS
    assert score(long, others=long) == 0


def test_hashes_tell_nothing_without_their_key() -> None:
    assert not Words.of(LETTER, key=KEY).sample & Words.of(LETTER, key=b"o" * 32).sample
    assert not Words.of(LETTER, key=KEY).sample & hashes_of(LETTER)


@given(st.binary(min_size=16, max_size=64))
def test_a_text_has_the_same_score_in_every_installation(key: bytes) -> None:
    pieces = "Publish every measurement since 2020. Pay those who lost their wells."
    half_copied = f"{LETTER} {SENTENCES['es']} {SENTENCES['en'][:40]}"
    for text, others in ((pieces, ""), (half_copied, SENTENCES["en"]), (SENTENCES["bo"], LETTER)):
        assert score(text, others=others, key=key) == score(text, others=others)
    assert score(pieces, key=key) < COPIED_BELOW


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", Advice.NOTHING),
        ("  …!", Advice.NOTHING),
        ("Please act now.", Advice.SHORT),
        (LETTER, Advice.COPIED),
        (LETTER + SENTENCES["en"], Advice.PARTLY),
        (SENTENCES["en"], Advice.OWN),
        (SENTENCES["zh-Hant"], Advice.OWN),
    ],
)
def test_the_writer_is_told_what_would_help(text: str, said: Advice) -> None:
    assert advice(Words.of(text, key=KEY), score(text)) is said


def test_a_message_without_words_is_not_personal() -> None:
    assert not is_personal(None)
