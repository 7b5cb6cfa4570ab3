"""Writes emails: each kind has a folder of templates with a subject, a text and an HTML form of it."""

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign.domain.title_breaks import ending_together
from campaign.i18n import between_sentences, catalogue, direction


@dataclass(frozen=True)
class Rendered:
    """One email's words: a subject of one line, and the same body as plain text and as HTML.

    Without `html` its HTML is the text `in_paragraphs`. One that `is_quiet` says nothing of what it is about.
    """

    subject: str
    text: str
    html: str | None
    is_quiet: bool = False


class Renderer:
    """Renders `email/<kind>/{subject.txt,body.txt,body.html}` in any language of the interface.

    A kind without a `body.html` is a letter from one person to another: its HTML is its text in paragraphs.
    """

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        self._environment = lru_cache(maxsize=32)(self._build)
        self._has_html = lru_cache(maxsize=32)(
            lambda kind: (templates / "email" / kind / "body.html").exists()
        )

    def render(self, kind: str, *, language: str, **context: object) -> Rendered:
        """The email of one kind in one language; a name the templates use and `context` lacks is an error."""
        environment = self._environment(language)
        values = {"language": language, "direction": direction(language), **context}
        subject = environment.get_template(f"email/{kind}/subject.txt").render(values)
        text = environment.get_template(f"email/{kind}/body.txt").render(values).strip() + "\n"
        html = None
        if self._has_html(kind):
            html = environment.get_template(f"email/{kind}/body.html").render(values).strip() + "\n"
        return Rendered(" ".join(subject.split()), text, html)

    def part(self, name: str, *, language: str, **context: object) -> str:
        """What one of the templates that emails are put together from says, alone."""
        return self._environment(language).get_template(f"email/{name}").render(context).strip() + "\n"

    def _build(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self._templates),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            extensions=["jinja2.ext.i18n"],
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        translations = catalogue(language)
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            translations.gettext,
            translations.ngettext,
            newstyle=True,
            pgettext=translations.pgettext,
            npgettext=translations.npgettext,
        )
        environment.globals.update(between_sentences=between_sentences)
        environment.filters["ending_together"] = ending_together
        return environment


def in_paragraphs(text: str, language: str) -> str:
    """A plain text as an HTML document: its paragraphs and line ends, nothing else."""
    paragraphs = '</p>\n<p dir="auto">'.join(
        [part.replace("\n", "<br>\n") for part in escape(text.strip(), quote=False).split("\n\n")]
    )
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction(language)}">\n'
        f'<head><meta charset="utf-8"></head>\n<body>\n<p dir="auto">{paragraphs}</p>\n</body>\n</html>\n'
    )
