"""What must hold of every template: nothing inline, every word translatable, every email complete."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from campaign.domain.roles import Permission

TEMPLATES = Path(__file__).parents[2] / "templates"
FILES = [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".txt", ".svg", ".xml"}]
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
# Mail readers know no stylesheet, so only emails may carry style.
STYLE = re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE)
READ_ALOUD_OR_SHOWN = {"alt", "title", "aria-label", "aria-description", "placeholder"}
# Arguments by which a page hands words to a component.
WORDS_OF_COMPONENTS = {
    "alt",
    "title",
    "label",
    "hint",
    "heading",
    "placeholder",
    "caption",
    "text",
    "summary",
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

every_template = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))


@every_template
def test_a_template_has_no_inline_script_style_or_handler(path: Path) -> None:
    source = JINJA.sub("0", path.read_text(encoding="utf-8"))
    assert not INLINE.findall(source)
    assert "email" in path.relative_to(TEMPLATES).parts or not STYLE.findall(source)


@every_template
def test_every_word_a_reader_meets_can_be_translated(path: Path) -> None:
    assert untranslatable(path.read_text(encoding="utf-8")) == []


def test_every_email_has_a_subject_a_text_and_an_html_body() -> None:
    # A message from one person to another has no design of its own, and what is quiet has none: HTML of these
    # is their text in paragraphs.
    personal = {"message", "quiet_code", "quiet_note"}
    for folder in TEMPLATES.glob("email/*/"):
        needed = {"subject.txt", "body.txt"} | (set() if folder.name in personal else {"body.html"})
        assert needed <= {path.name for path in folder.iterdir()}, folder.name


def test_no_email_loads_anything_from_anywhere() -> None:
    for path in TEMPLATES.glob("email/**/*.html"):
        source = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:img|link|script|iframe|video)|\sbackground\s*=|url\(|@import", source)
        assert not loaded, path


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{% trans %}Sign{% endtrans %} <b>{{ _('now') }}</b> 12 · &nbsp;</p>", []),
        ("<p>Sign now</p>", ["Sign now"]),
        ("<img alt='Logo' src='/x.svg'><input type=submit value=Go>", ["Logo", "Go"]),
        ("{% if a %}<p class='{{ 'on' if a }}'>{{ 'Yes' if a else 'No' }}</p>{% endif %}", ["Yes No"]),
        ("{{ _('Hello') ~ ' dear' }}", ["0 dear"]),
        ("{{ field(form.name, label='Your name') }}", ["Your name"]),
        ("<ul translate='no'><li><br>Français</li></ul><p>Here</p>", ["Here"]),
        ("Dear {{ name }},", ["Dear 0,"]),
    ],
)
def test_words_outside_gettext_are_found_and_nothing_else(source: str, words: list[str]) -> None:
    assert untranslatable(source) == words


def untranslatable(source: str) -> list[str]:
    """The words past gettext in a template's text, in attributes people meet and in components' arguments."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"])
    tree = environment.parse(source)
    reader = _Reader()
    reader.feed("".join(_shown(tree)))
    reader.close()
    for call in tree.find_all(nodes.Call):
        for argument in call.kwargs:
            if argument.key in WORDS_OF_COMPONENTS and isinstance(argument.value, nodes.Const):
                reader.keep(str(argument.value.value))
    return reader.found


def _shown(tree: nodes.Template) -> Iterator[str]:
    """The template's own text in order; an expression stands as 0, a constant one as itself."""
    for output in tree.find_all(nodes.Output):
        for part in output.nodes:
            yield part.data if isinstance(part, nodes.TemplateData) else _constant(part)


def _constant(part: nodes.Node | None) -> str:
    if isinstance(part, nodes.Const):
        return str(part.value)
    if isinstance(part, nodes.CondExpr):
        return f"{_constant(part.expr1)} {_constant(part.expr2)}"
    if isinstance(part, nodes.Concat):
        return " ".join(map(_constant, part.nodes))
    return "0" if part else ""


class _Reader(HTMLParser):
    """Gathers what a person would read or hear, but for elements marked translate="no"."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []
        self.exempt_at: int | None = None

    def keep(self, words: str) -> None:
        if self.exempt_at is None and any(character.isalpha() for character in words):
            self.found.append(" ".join(words.split()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
            if given.get("translate") == "no" and self.exempt_at is None:
                self.exempt_at = len(self.open)
        for name in READ_ALOUD_OR_SHOWN & given.keys():
            self.keep(given[name])
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            self.keep(given.get("value", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass
        if self.exempt_at is not None and len(self.open) < self.exempt_at:
            self.exempt_at = None

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"script", "style"}:
            self.keep(data)


@every_template
def test_a_template_asks_only_for_permissions_that_there_are(path: Path) -> None:
    asked = re.findall(r"\bmay\(\s*[\"'](\w+)[\"']", path.read_text(encoding="utf-8"))
    assert set(asked) <= {permission.value for permission in Permission}
