"""Every word of pages and mails is in every language: marked, in step with the code, translated."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from campaign.i18n import Language, catalogue_file
from campaign.web.organizer.campaigns import import_warnings
from scripts import catalogues

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"%\(\w+\)[sd]|%%|%(?!\()")
RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?")
LETTERS = {"ug": re.compile("[\u0600-\u06ff\u0750-\u077f]"), "bo": re.compile("[\u0f00-\u0fff]")}

every_language = pytest.mark.parametrize(
    "language", catalogues.translated_languages(), ids=lambda one: one.code
)


@cache
def source() -> Catalog:
    return catalogues.extracted()


def messages(language: Language) -> list[Message]:
    return [message for message in catalogues.read(language) if message.id]


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@every_language
def test_a_catalogue_has_exactly_the_words_of_code_and_templates(language: Language) -> None:
    # `make words` brings it in step.
    assert catalogue_file(language).read_bytes() == catalogues.updated(language, source())


@every_language
def test_every_word_is_translated_and_none_only_guessed(language: Language) -> None:
    assert [one.id for one in messages(language) if one.fuzzy or not catalogues.is_done(one.string)] == []


@every_language
def test_a_translation_has_the_places_of_its_original(language: Language) -> None:
    wrong = []
    for message in messages(language):
        expected = [sorted(PLACE.findall(form)) for form in forms(message.id)]
        found = [sorted(PLACE.findall(form)) for form in forms(message.string)]
        # The singular may spell its number out in either language.
        if {*map(tuple, found)} - {*map(tuple, expected)} or found[-1] != expected[-1]:
            wrong.append(message.id)
    assert wrong == []


def test_every_failure_is_raised_with_words_that_a_catalogue_can_know() -> None:
    assert list(catalogues.unmarked_sentences()) == []


def test_french_keeps_its_marks_with_their_words() -> None:
    french = next(one for one in catalogues.translated_languages() if one.code == "fr")
    texts = [form for message in messages(french) for form in forms(message.string)]
    assert [text for text in texts if re.search(r" [;:!?»]|« |[^\W\d_]{2}[;!?]", text)] == []


@pytest.mark.parametrize("code", LETTERS)
def test_our_fonts_have_every_letter_of_catalogue_and_example(code: str) -> None:
    language = next(one for one in catalogues.translated_languages() if one.code == code)
    style = (ROOT / "static" / "css" / f"script-{code}.css").read_text()
    covered = {
        character
        for first, last in RANGE.findall(style)
        for character in range(int(first, 16), int(last or first, 16) + 1)
    }
    example = (ROOT / "campaign" / "examples" / f"human-rights-first.{code}.md").read_text(encoding="utf-8")
    words = language.name + example + "".join(f for one in messages(language) for f in forms(one.string))
    assert {letter for letter in LETTERS[code].findall(words) if ord(letter) not in covered} == set()
    for name in re.findall(r'url\("\.\./(fonts/[^"]+)"\)', style):
        assert (ROOT / "static" / name).is_file()


def test_every_doubt_of_the_reader_of_letters_is_a_sentence_the_catalogues_know() -> None:
    plain = {message.id for message in source() if message.id}
    # Two of the reader's functions put a sentence of their callers into the same frame.
    said = [one for one in _doubts() if not one.startswith(("7", "Text 7"))]
    unknown = [one for one in said if one not in plain and not import_warnings.is_known(one)]
    assert unknown == []


def _doubts() -> Iterator[str]:
    """What the reader may say: each sentence with something in its places, as a stored doubt has it."""
    for path in (ROOT / "campaign" / "documents" / "read_letter").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            sentence = node.args[-2] if name == "_blank" else node.args[-1]
            if name in {"doubt", "Doubt"} and isinstance(sentence, (ast.Constant, ast.JoinedStr)):
                yield _filled(sentence)
            if name == "_left_out" and isinstance(node.args[0], ast.Constant):
                yield f"Text {node.args[0].value} was left out: “of 50 %”."
            if name in {"leave_out", "_blank"} and isinstance(sentence, ast.Constant):
                yield f"{sentence.value} (lines 3–5): “of 50 %”."


def _filled(sentence: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(sentence, ast.Constant):
        return str(sentence.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in sentence.values)
