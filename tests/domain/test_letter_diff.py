"""What changed between two texts of a letter."""

from dataclasses import replace
from time import process_time

import pytest

from campaign.domain.letter_diff import IN, OUT, SAME, changed_parts, difference
from tests.make import LETTER


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("Stop the dam.", "Stop the dam.", [[SAME, "Stop the dam."]]),
        (
            "Stop the dam now.",
            "Stop the works now.",
            [[SAME, "Stop the "], [OUT, "dam "], [IN, "works "], [SAME, "now."]],
        ),
        ("請停工。", "請立刻停工。", [[SAME, "請"], [IN, "立刻"], [SAME, "停工。"]]),
        ("ང་ཚོས་ཆུ་སྲུང་།", "ང་ཚོས་ས་སྲུང་།", [[SAME, "ང་ཚོས་"], [OUT, "ཆུ་"], [IN, "ས་"], [SAME, "སྲུང་།"]]),
        ("", "New.", [[IN, "New."]]),
    ],
)
def test_words_syllables_and_signs_are_compared_one_by_one(
    before: str, after: str, pieces: list[list[str]]
) -> None:
    found = difference(before, after)
    assert found == pieces
    assert "".join(text for kind, text in found if kind != IN) == before
    assert "".join(text for kind, text in found if kind != OUT) == after


def test_a_monstrous_paragraph_counts_as_replaced_in_no_time() -> None:
    assert difference("a b " * 5_000, "c d " * 5_000) == [[OUT, "a b " * 5_000], [IN, "c d " * 5_000]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x " + "a " * 1_990, "y " + "a b " * 990),
        ("x " + "a " * 140, "y " + "a b " * 70 + "c "),
        ("的" * 2_000 + "水", "的一" * 1_000),
        (
            "p " + "".join(f"w{n * 7 % 997 % 90} " for n in range(1_300)),
            "".join(f"w{n * 11 % 89} " for n in range(1_300)),
        ),
    ],
)
def test_words_that_come_again_and_again_hold_nobody_up(before: str, after: str) -> None:
    began = process_time()
    found = difference(before, after)
    assert process_time() - began < 2
    assert "".join(text for kind, text in found if kind != IN) == before
    assert "".join(text for kind, text in found if kind != OUT) == after


def test_a_letter_of_many_such_asks_holds_nobody_up_either() -> None:
    asks = [replace(LETTER.asks[0], title=None, text="x " + "a " * 140) for _ in range(200)]
    others = [replace(ask, text="y " + "a b " * 70 + "c ") for ask in asks]
    began = process_time()
    changed_parts(replace(LETTER, asks=tuple(asks)), replace(LETTER, asks=tuple(others)))
    assert process_time() - began < 5


def test_parts_come_in_the_letters_order_and_each_ask_by_its_number() -> None:
    asks = (*LETTER.asks[:1], replace(LETTER.asks[1], text="Stop at once."), LETTER.asks[2])
    after = replace(LETTER, subject="The dam", asks=asks, conclusion=())
    parts = [(part.part, part.ask) for part in changed_parts(LETTER, after)]
    assert parts == [("subject", None), ("ask", 2), ("conclusion", None)]
