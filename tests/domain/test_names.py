import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.names import clean_line, clean_name, clean_text, initials
from campaign.errors import RefusedError


@pytest.mark.parametrize(
    "name",
    [
        "Rana",
        "Tenzin",
        "Ана́ Дей",
        "热娜",
        "རྟ་མགྲིན།",
        "پەرھات تۇرسۇن",
        "O'Brien-Smith",
        "X Æ A-12",
        "Lê Thị Hồng",
        "می‌خواهم",
    ],
)
def test_a_name_in_any_script_is_taken_as_it_is(name: str) -> None:
    assert clean_name(f"  {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "\x00",
        "...",
        "123",
        "=1+1",
        "+Rana",
        "-Rana",
        "@rana",
        "＝Rana",
        "http://x.example",
        "buy pills.com",
        "R" * 201,
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(RefusedError):
        clean_name(name)


def test_marks_that_turn_text_around_are_dropped() -> None:
    assert clean_name("Rana\u202eIdris\u2066") == "Rana Idris"


def test_a_line_holds_no_line_end_of_any_kind() -> None:
    assert clean_line("one\r\ntwo\u2028three\x85four") == "one two three four"


def test_a_text_keeps_its_paragraphs_and_loses_what_a_machine_would_trip_over() -> None:
    assert clean_text(" one\r\n\r\n\r\n\r\ntwo\x00\ud800 ") == "one\n\ntwo"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Rana Idris", "R. I."),
        ("jean-luc picard", "J. L. P."),
        ("Rana", "R."),
        ("پەرھات تۇرسۇن", "پ. ت."),
        ("Перизат Ким", "П. К."),
        ("Vera 🌿 Olmo (Ghent)", "V. O."),
        ("Vera (unclosed Olmo", "V."),
        ("ʻAlī ‘Abd al-Rahim", "A. A. A. R."),
        ("“Tom” Okoro 3", "T. O."),
        ("5 Nils", "N."),
        ("(Vera Olmo)", "V."),
    ],
)
def test_initials_stand_for_each_part_of_a_name(name: str, shown: str) -> None:
    assert initials(name) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王伟", "王"),
        ("王 伟", "王"),
        ("阿不都热合曼·艾山", "阿"),
        ("山田 太郎", "山"),
        ("やまだ たろう", "や"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔ"),
        ("김 민수", "김"),
        ("김민수", "김"),
        ("「王」 伟", "王"),
        ("王 Wei", "王"),
        ("David 王", "D"),
        ("𠮷野 家", "𠮷"),
    ],
)
def test_of_a_name_in_han_kana_or_hangul_one_sign_shows(name: str, shown: str) -> None:
    assert initials(name) == shown


@given(
    st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x9FFF, categories=["Lo"]), min_size=1),
    st.text(st.sampled_from(" -·"), max_size=3),
    st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1),
)
def test_such_a_name_never_gives_more_than_one_sign(family: str, between: str, given_name: str) -> None:
    assert len(initials(f"{family}{between}{given_name}")) == 1
