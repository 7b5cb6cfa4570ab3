"""A letter written as text reads back as the same letter."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.documents.read_letter.read import read_letter
from campaign.documents.write_letter import as_text
from campaign.domain.letter import Addressee, Copied, Letter, LetterAsk, Signatory, SignatoryKind

ORGANIZATION, PERSON = SignatoryKind.ORGANIZATION, SignatoryKind.PERSON
NAMES = st.sampled_from(["Mara Ellison", "Tobias Grand", "Aiko Brandt", "Renée Castaigne"])
BODIES = st.sampled_from(
    [
        "Lowland Rivers Trust",
        "Delta Anglers Union",
        "Fundación Agua Clara, España",
        "Walk Milltown",
        "7 Bridges Network",
        "Restore the Marsh, Inc.",
        "lanterns.org",
        "Heron Watch (HW)",
        "Northern Guild – Section for Bridges",
    ]
)
TITLES = st.sampled_from(
    ["Executive Director", "Chair", "Policy Counsel", "Director for Lakes, Rivers, and Ponds"]
)
OFFICES = st.sampled_from(
    ["Office of Ports, Canals, and Coasts", "Department of Roads", "Committee on Lakes"]
)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "The river has been closed to boats since the spring, and nobody in the town was asked.",
            "Two hundred families live by it.",
            "We counted forty dead herons on the U.S. side alone, for {{organization_count}} groups.",
            "What is lost here does not come back.",
        ]
    ),
    min_size=2,
    max_size=4,
    unique=True,
).map(" ".join)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
SIGNATORIES = st.one_of(
    st.builds(Signatory, st.just(ORGANIZATION), st.none(), st.none(), BODIES),
    st.builds(Signatory, st.just(ORGANIZATION), NAMES, TITLES, BODIES),
    st.builds(Signatory, st.just(PERSON), NAMES, st.none(), st.none()),
    st.builds(Signatory, st.just(PERSON), NAMES, TITLES, BODIES),
)
ASKS = st.builds(
    LetterAsk,
    st.sampled_from(
        ["Two weeks are enough.", "It costs little.\n\nIt saves a lot.", "The law says so already."]
    ),
    st.sampled_from(["Open the river.", "Publish the count", "Ask the families first."]),
)
LETTERS = st.builds(
    Letter,
    title=st.sampled_from([None, "Joint letter on the river", "Open letter: let the boats pass"]),
    page_on=st.none() | DAYS,
    dated_on=DAYS,
    language=st.just("en"),
    addressees=st.lists(
        st.builds(
            Addressee,
            NAMES,
            st.sampled_from([None, "Minister of Rivers"]),
            st.just(("1 Quay Street", "Milltown")),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    subject=st.sampled_from([None, "The closing of the river"]),
    salutation=st.sampled_from(["Dear Minister,", "Dear Minister Ellison and Members:", "Your Excellency,"]),
    introduction=st.lists(SENTENCES, min_size=1, max_size=3).map(
        lambda paragraphs: (*paragraphs, "We urge you to take the following steps:")
    ),
    asks=st.lists(ASKS, min_size=2, max_size=3, unique_by=lambda ask: ask.title).map(tuple),
    conclusion=st.lists(
        st.sampled_from(["We look forward to your answer.", "Thank you for your time."]),
        max_size=2,
    ).map(tuple),
    closing=st.sampled_from([None, "Sincerely,", "In solidarity,", "Yours faithfully"]),
    signatories=st.lists(SIGNATORIES, min_size=1, max_size=8).map(tuple),
    copied=st.lists(st.builds(Copied, NAMES, TITLES, st.none() | OFFICES), max_size=3).map(tuple),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(LETTERS)
def test_a_letter_written_as_text_reads_back_as_itself(letter):
    read = read_letter(as_text(letter).encode(), name="letter.txt")
    for part in Letter.__dataclass_fields__:
        if part != "warnings":
            assert getattr(read, part) == getattr(letter, part), part


def test_an_ask_without_a_title_keeps_its_whole_text():
    letter = Letter(
        salutation="Dear Minister,",
        introduction=("The river has been closed to boats since the spring.", "We ask you to:"),
        asks=(LetterAsk("open it again before the summer;"), LetterAsk("say why it was closed.")),
        closing="Sincerely,",
        signatories=(Signatory(ORGANIZATION, organization="Lowland Rivers Trust"),),
    )
    read = read_letter(as_text(letter).encode())
    assert read.asks == letter.asks
