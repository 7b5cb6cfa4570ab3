"""Keeps the catalogues in step with the words in code and templates; `make words` runs it.

A catalogue has its messages sorted, and no line numbers, dates or names, so that two people's changes merge.
Words that are gone are dropped. New ones come in untranslated, and a house test fails until they are done.
"""

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from campaign.i18n import LANGUAGES, SOURCE_LANGUAGE, Language, catalogue_file

ROOT = Path(__file__).parents[1]
# Where words are that people read on pages and in mails. Commands, their backups and migrations speak
# English, and so do answers to other machines.
METHODS = [
    ("campaign/cli/**.py", "ignore"),
    ("campaign/migrations/**", "ignore"),
    ("campaign/mail/**", "ignore"),
    ("campaign/web/webhooks.py", "ignore"),
    ("campaign/web/inbound.py", "ignore"),
    ("campaign/documents/age_opening.py", "ignore"),
    ("campaign/services/backups/**.py", "ignore"),
    ("campaign/services/installation/database_key.py", "ignore"),
    ("campaign/store/archive.py", "ignore"),
    ("campaign/store/archive_rows.py", "ignore"),
    ("campaign/store/schema.py", "ignore"),
    ("campaign/**.py", "python"),
    ("templates/**", "jinja2.ext:babel_extract"),
]
# As the application and the mails' renderer set their environments.
OPTIONS = {
    "templates/**": {
        "extensions": "jinja2.ext.i18n",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "newstyle_gettext": "true",
        "silent": "false",
    }
}
ERRORS = ("NotFoundError", "RefusedError", "ConflictError", "ForbiddenError", "UnavailableError")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "translated": None,
    "to_translate": None,
    "lazy_gettext": None,
    "warn": (2,),
    "leave_out": (2,),
    "LetterWarning": (2,),
    **dict.fromkeys(ERRORS),
}
HEADER = "# Words of the platform. `make words` keeps the entries in step with the code; translate them here."


def main() -> None:
    """Bring every catalogue up to date and say what is left to do."""
    source = extracted()
    for language in translated_languages():
        path = catalogue_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(updated(language, source))
        missing = sum(1 for message in read(language) if message.id and not is_done(message.string))
        sys.stdout.write(f"{language.code}: {len(read(language))} messages, {missing} to translate\n")


def translated_languages() -> list[Language]:
    """All but the language that the words are written in."""
    return [language for language in LANGUAGES.values() if language.code != SOURCE_LANGUAGE]


def extracted() -> Catalog:
    """Every message that code and templates mark."""
    catalog = Catalog()
    for path, _, message, _, context in extract_from_dir(
        ROOT, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=()
    ):
        if any(message if isinstance(message, tuple) else [message]):
            catalog.add(message, locations=[(path, 0)], context=context)
    return catalog


def read(language: Language) -> Catalog:
    """A language's catalogue as it is on the disk; an empty one where there is none yet."""
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(locale=language.locale)
    with path.open("rb") as file:
        return read_po(file, locale=language.locale)


def updated(language: Language, source: Catalog) -> bytes:
    """The text of a language's catalogue with exactly the source's messages, its translations kept."""
    old, new = read(language), Catalog(locale=language.locale, fuzzy=False)
    forms = get_plural(language.locale).num_plurals
    for message in sorted(source, key=lambda message: (str(message.id), message.context or "")):
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        empty = ("",) * forms if message.pluralizable else ""
        flags = ("python-format",) if message.python_format else ()
        new.add(message.id, known.string if known else empty, flags=flags, context=message.context)
    return _written(new, language)


def is_done(translation: str | tuple[str, ...] | list[str]) -> bool:
    """Whether every form of a translation has words."""
    return all(translation) if isinstance(translation, (tuple, list)) else bool(translation)


def unmarked_sentences() -> Iterator[str]:
    """Failures raised with words that no catalogue can know: put together, or kept under a name unmarked."""
    for path in sorted((ROOT / "campaign").rglob("*.py")):
        if path.is_relative_to(ROOT / "campaign" / "cli"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                first = node.args[0] if node.args else None
                if isinstance(first, (ast.JoinedStr, ast.BinOp)):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}"


def _written(catalog: Catalog, language: Language) -> bytes:
    """The catalogue as a file, with a header of three lines that never change by themselves."""
    body = BytesIO()
    write_po(body, catalog, width=100, omit_header=True, no_location=True, sort_output=False)
    plural = get_plural(language.locale)
    head = (
        f'{HEADER}\nmsgid ""\nmsgstr ""\n'
        f'"Language: {language.locale}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: nplurals={plural.num_plurals}; plural={plural.plural_expr};\\n"\n\n'
    )
    return head.encode() + body.getvalue().lstrip().rstrip(b"\n") + b"\n"


if __name__ == "__main__":
    main()
