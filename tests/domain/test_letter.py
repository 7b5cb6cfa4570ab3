"""A letter as JSON, and its warnings as sentences."""

from campaign.domain.letter import Letter, LetterWarning


def test_a_warning_tells_in_one_sentence_what_was_left_out_and_from_which_lines() -> None:
    message = "A footnote was left out of the text: “%(text)s”."
    one = LetterWarning(4, message, {"text": "50 % of %(all)s"})
    assert one.sentence == "A footnote was left out of the text: “50 % of %(all)s”."
    assert LetterWarning(4, message, {"text": "1"}, "4–6").sentence.endswith(": “1” (lines 4–6).")


def test_a_letter_s_json_has_finished_sentences() -> None:
    letter = Letter(warnings=(LetterWarning(2, "The date “%(text)s” was left out.", {"text": "5/6"}),))
    assert letter.as_json()["warnings"] == [{"line": 2, "message": "The date “5/6” was left out."}]
