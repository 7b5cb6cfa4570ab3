"""Every word of pages and mails is in every language: marked, in step with the code, translated."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from campaign.i18n import Language, catalogue_file
from scripts import catalogues

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"%\(\w+\)[sd]|%%|%(?!\()")
NAMED = re.compile(r"%\((\w+)\)s")
# How the reader of letters warns; the sentence is the second argument.
WARN = {"warn", "leave_out", "LetterWarning"}
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
    # Whoever has the font fetches none, and nobody waits for one to read.
    assert re.search(r'src: local\("Noto [^;]+, url\(', style)
    assert "font-display: swap;" in style


def test_every_warning_of_the_reader_of_letters_is_in_every_catalogue() -> None:
    said = list(_warnings())
    for language in catalogues.translated_languages():
        known = {message.id for message in messages(language) if catalogues.is_done(message.string)}
        assert [where for where, message, _ in said if message not in known] == []
    # The reader has more than fifty; a marker renamed would leave this test with nothing to look at.
    assert len(said) > 50


def test_every_warning_of_the_reader_of_letters_fills_the_places_of_its_sentence() -> None:
    assert [
        where for where, message, values in _warnings() if values != set(NAMED.findall(message or ""))
    ] == []


def _warnings() -> Iterator[tuple[str, str | None, set[str]]]:
    """Where code warns about a letter, with what sentence (None: put together) and values of which names."""
    for path in sorted((ROOT / "campaign").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = _constants(tree)
        # `warn`, `leave_out` and `Notes.add` themselves pass on the sentence they are given.
        passes_on = path.name in {"line_accounting.py", "notes.py"}
        markers = WARN - {"LetterWarning"} if passes_on else WARN
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and len(node.args) >= 2):
                continue
            name, sentence = getattr(node.func, "attr", getattr(node.func, "id", "")), node.args[1]
            if name in markers:
                message = str(sentence.value) if isinstance(sentence, ast.Constant) else None
                if isinstance(sentence, ast.Name):
                    message = constants.get(sentence.id)
                yield f"{path.relative_to(ROOT)}:{node.lineno}", message, _values(name, node)


def _constants(tree: ast.Module) -> dict[str, str]:
    """A module's sentences kept under a name, as NAME = to_translate("…")."""
    return {
        target.id: node.value.args[0].value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.args
        for target in node.targets
        if isinstance(target, ast.Name)
        and isinstance(node.value.args[0], ast.Constant)
        and isinstance(node.value.args[0].value, str)
    }


def _values(name: str, node: ast.Call) -> set[str]:
    if name == "leave_out":
        return {"text"}
    if name == "warn":
        return {keyword.arg for keyword in node.keywords if keyword.arg}
    given = node.args[2] if len(node.args) > 2 else None
    keys = given.keys if isinstance(given, ast.Dict) else []
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}
