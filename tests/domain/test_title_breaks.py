"""A title in Han breaks between words, which the rest of the letter tells."""

import pytest

from campaign.domain.title_breaks import balanced, ending_together, lines_on_paper, title_parts

BODY = "中國問題不是一個國家的事。拜登政府說過,人權優先於貿易。"


def test_characters_that_stand_together_in_the_letter_stay_together_in_its_title() -> None:
    assert title_parts("中國人權與拜登政府", BODY) == ("中國", "人權", "與拜登政府")


def test_a_preposition_goes_with_the_word_after_it_and_a_particle_with_the_word_before() -> None:
    assert title_parts("就中國問題致政府的信", BODY) == ("就中國問題", "致政府的信")


def test_nothing_is_marked_around_signs_and_in_other_scripts() -> None:
    assert title_parts("人權優先:就中國問題", BODY) == ("人權優先:就中國問題",)
    assert title_parts("Put human rights first", BODY) == ("Put human rights first",)
    assert title_parts("", BODY) == ("",)


def test_nothing_is_lost_of_a_title() -> None:
    title = "24 個團體請部長拯救翁德拉河「現在」"
    assert "".join(title_parts(title, "")) == title


def test_no_word_stands_alone_at_the_end_of_a_long_title() -> None:
    assert ending_together("A joint letter to the ministers on China") == (
        "A joint letter to the ministers on\u00a0China"
    )
    assert ending_together("Save the River") == "Save the River"
    assert ending_together("A letter about the countermeasures administered") == (
        "A letter about the countermeasures administered"
    )


def cut(title: str, *, lines: int, room: float) -> tuple[str, ...]:
    """Of a type in which every sign is as wide as every other."""
    pieces = [f"{word} " for word in title.split()]
    return balanced(pieces, [len(piece) for piece in pieces], [1] * len(pieces), lines=lines, room=room)


@pytest.mark.parametrize(
    ("title", "room", "lines"),
    [
        (
            "Put Human Rights First: A Joint Letter to the Biden Administration on China",
            30,
            ("Put Human Rights First:", "A Joint Letter to the Biden", "Administration on China"),
        ),
        ("Open the archive of the Vessen valley", 34, ("Open the archive", "of the Vessen valley")),
        ("Twenty towns ask for water now", 26, ("Twenty towns", "ask for water now")),
        ("Donaudampfschifffahrt retten", 22, ("Donaudampfschifffahrt", "retten")),
        ("Stop", 20, ("Stop",)),
        ("Too long for it", 4, ("Too long for it",)),
    ],
)
def test_a_title_in_a_picture_ends_its_lines_evenly_and_where_one_would_pause(
    title: str, room: float, lines: tuple[str, ...]
) -> None:
    assert cut(title, lines=len(lines), room=room) == lines


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        (("Save the River Ondra",), ("Save the River Ondra",)),
        (
            ("Put Human Rights First: A Joint Letter to the Biden Administration on China",),
            ("Put Human Rights First:", "A Joint Letter to the Biden", "Administration on China"),
        ),
        (("人權優先：就中國問題", "致拜登", "政府的聯署信"), ("人權優先：就中國問題", "致拜登政府的聯署信")),
        (("Donaudampfschifffahrtsgesellschaftskapitän",), ("Donaudampfschifffahrtsgesellschaftskapitän",)),
        (("",), ("",)),
    ],
)
def test_a_title_on_paper_has_no_more_lines_than_it_needs(
    parts: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    assert lines_on_paper(parts, room=17.9) == lines
    assert "".join(parts).replace(" ", "") == "".join(lines).replace(" ", "")
