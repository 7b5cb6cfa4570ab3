"""Salutations: the letter's own for whom it greets, else title and name as people are spoken to."""

import pytest

from campaign.domain.salutations import suggested_salutation


@pytest.mark.parametrize(
    ("name", "title", "language", "greeting"),
    [
        ("Mara Lindqvist", "Minister for Waters", "en", "Dear Minister Mara Lindqvist,"),
        ("Paul Brandt", "Mayor of Port Ondra", "en", "Dear Mayor Paul Brandt,"),
        ("Ines Okafor", "U.S. Deputy Assistant Secretary for Rivers, Lakes, and Weirs", "en",
         "Dear Deputy Assistant Secretary Ines Okafor,"),
        ("Ines Okafor", "Member of the Subcommittee on Rivers", "en", "Dear Ines Okafor,"),
        ("The Honorable Ines Okafor", None, "en", "Dear Ines Okafor,"),
        ("President Ines Okafor", "President of the Ondra Republic", "en", "Dear President Ines Okafor,"),
        ("王芳", "外交部長", "zh-Hant", "王芳"),
        ("Inés Okafor", "Ministra de Aguas", "es", "Estimado/a Inés Okafor:"),
    ],
)  # fmt: skip
def test_an_official_is_greeted_as_people_of_the_office_are(
    name: str, title: str | None, language: str, greeting: str
) -> None:
    suggested = suggested_salutation(name, title, language=language)
    assert greeting in suggested if language.startswith("zh") else suggested == greeting


@pytest.mark.parametrize(
    ("addressees", "salutation", "has_it"),
    [
        (["Mara Lindqvist"], "Dear President,", ["Mara Lindqvist"]),
        (["Mara Lindqvist", "Tom Rehn"], "Dear Minister Lindqvist,", ["Mara Lindqvist"]),
        (["Mara Lindqvist", "Tom Rehn"], "Dear Mara Lindqvist and Tom Rehn,", []),
        (["Mara Lindqvist", "Tom Rehn"], "Dear Ministers,", []),
    ],
)
def test_the_letters_own_salutation_goes_to_the_one_it_greets(
    addressees: list[str], salutation: str, has_it: list[str]
) -> None:
    greeted = [
        name
        for name in [*addressees, "Ines Okafor"]
        if suggested_salutation(
            name, None, language="en", letters_own=salutation, addressees=addressees
        ) == salutation
    ]  # fmt: skip
    assert greeted == has_it
