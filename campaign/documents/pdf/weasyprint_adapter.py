"""The only module that imports WeasyPrint; importing it raises OSError where Pango is missing."""

import logging
import re
from collections.abc import Sequence
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

_MISSING = re.compile(r"unsupported by fonts: .* \(U\+([0-9A-F]+)\)", re.DOTALL)


def write_pdf(html: str, css: str, *, fonts: Sequence[bytes]) -> tuple[bytes, int]:
    """The PDF, and how many different characters no font has.

    `fonts` come with this program, for scripts the machine may have no font for: the style sheet names them
    `own0`, `own1` and so on.
    """
    fetcher = _Fetcher(fonts)
    faces = "".join(
        f'@font-face {{ font-family: own{place}; src: url("own:{place}"); }}\n' for place in range(len(fonts))
    )
    with _MissingCharacters() as missing:
        pdf = HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[CSS(string=faces + css, url_fetcher=fetcher)]
        )
    return pdf, len(missing.characters)


class _Fetcher:
    """Resolves our own fonts and `data:` addresses, and refuses every other address."""

    _fail_on_errors = False

    def __init__(self, fonts: Sequence[bytes]) -> None:
        self._fonts = {f"own:{place}": font for place, font in enumerate(fonts)}
        self._data = URLFetcher(allowed_protocols=["data"])

    def __call__(self, url: str) -> Any:
        if url in self._fonts:
            return URLFetcherResponse(url, body=self._fonts[url])
        if url.startswith("data:"):
            return self._data.fetch(url)
        raise ValueError("nothing is fetched for a PDF")


class _MissingCharacters(logging.Handler):
    """Collects the characters that WeasyPrint reports as missing from all fonts, and silences its log."""

    def __init__(self) -> None:
        super().__init__()
        self.characters: set[str] = set()
        self._log = logging.getLogger("weasyprint")

    def __enter__(self) -> "_MissingCharacters":
        self._before = (self._log.propagate, self._log.handlers)
        self._log.propagate, self._log.handlers = False, [self]
        return self

    def __exit__(self, *_: object) -> None:
        self._log.propagate, self._log.handlers = self._before

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the missing character of a record; other records are dropped."""
        match = _MISSING.search(record.getMessage())
        if match:
            self.characters.add(match[1])
