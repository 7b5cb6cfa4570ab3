"""What changed between two texts of a letter."""

from dataclasses import replace

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


def test_parts_come_in_the_letters_order_and_each_ask_by_its_number() -> None:
    asks = (*LETTER.asks[:1], replace(LETTER.asks[1], text="Stop at once."), LETTER.asks[2])
    after = replace(LETTER, subject="The dam", asks=asks, conclusion=())
    parts = [(part.part, part.ask) for part in changed_parts(LETTER, after)]
    assert parts == [("subject", None), ("ask", 2), ("conclusion", None)]
