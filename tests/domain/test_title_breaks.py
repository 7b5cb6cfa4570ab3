"""A title in Han breaks between words, which the rest of the letter tells."""

from campaign.domain.title_breaks import ending_together, title_parts

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
