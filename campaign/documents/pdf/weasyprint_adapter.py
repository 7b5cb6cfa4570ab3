"""WeasyPrint itself. Importing this fails with OSError where Pango is missing, so nobody does at its top."""

import logging
import re
from collections.abc import Sequence
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

_MISSING = re.compile(r"unsupported by fonts: .* \(U\+([0-9A-F]+)\)", re.DOTALL)


def write_pdf(html: str, css: str, *, fonts: Sequence[bytes]) -> tuple[bytes, int]:
    """The PDF, and how many different characters no font could write.

    `fonts` are those that this program brings, for scripts that the machine has no font for: the style sheet
    knows them as `own0`, `own1` and so on.
    """
    fetcher = _Fetcher(fonts)
    faces = "".join(
        f'@font-face {{ font-family: own{place}; src: url("own:{place}"); }}\n' for place in range(len(fonts))
    )
    with _Watched() as watched:
        pdf = HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[CSS(string=faces + css, url_fetcher=fetcher)]
        )
    return pdf, len(watched.characters)


class _Fetcher:
    """Gives out the program's own fonts and what stands in the text itself, and refuses everything else."""

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


class _Watched(logging.Handler):
    """Gathers what WeasyPrint says of characters that no font can write, and keeps the rest quiet."""

    def __init__(self) -> None:
        super().__init__()
        self.characters: set[str] = set()
        self._log = logging.getLogger("weasyprint")

    def __enter__(self) -> "_Watched":
        self._before = (self._log.propagate, self._log.handlers)
        self._log.propagate, self._log.handlers = False, [self]
        return self

    def __exit__(self, *_: object) -> None:
        self._log.propagate, self._log.handlers = self._before

    def emit(self, record: logging.LogRecord) -> None:
        """Note a missing character; everything else WeasyPrint remarks on is of no use to anybody here."""
        found = _MISSING.search(record.getMessage())
        if found:
            self.characters.add(found[1])
