"""HTML to PDF with WeasyPrint, which needs the system's Pango; without it everything else works.

A long list takes a quarter of a minute and half a gigabyte, so the worker makes PDFs in a process of their
own (`render_pdf_in_subprocess`), at low priority and with limits on time and memory. Nothing is fetched.
"""

import ctypes
import json
import sys
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

from campaign.documents import limited_process
from campaign.errors import UnavailableError

# Shared libraries, with the Debian packages they come in.
_PACKAGES = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libfontconfig.so.1": "libfontconfig1",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
}
LONGEST_SECONDS = 180
MOST_MEMORY = 2 * 1024**3


class NoPdfError(UnavailableError):
    """This machine cannot make PDFs, or not this one."""


@dataclass(frozen=True)
class RenderedPdf:
    """A PDF, and how many different characters in it no font has."""

    pdf: bytes
    missing: int


def missing_packages() -> tuple[str, ...]:
    """The Debian packages that making PDFs lacks on this machine."""
    if sys.platform != "linux":
        return ()
    return tuple(package for library, package in _PACKAGES.items() if not _is_there(library))


def render_pdf(html: str, css: str, *, font_folder: Path) -> RenderedPdf:
    """The PDF, made in this process. Raises NoPdfError naming the packages that are missing."""
    missing = missing_packages()
    if missing:
        raise NoPdfError(
            "PDFs cannot be made on this machine: install %(packages)s.", packages=" ".join(missing)
        )
    try:
        # Not at the top: the import takes half a second, and fails without the libraries.
        with warnings.catch_warnings():
            # It warns that it would rather have HarfBuzz's subsetter, and works without.
            warnings.simplefilter("ignore", DeprecationWarning)
            from campaign.documents.pdf.weasyprint_adapter import write_pdf
    except OSError as error:
        raise NoPdfError("PDFs cannot be made on this machine: install Pango.") from error
    fonts = sorted(font_folder.glob("*.woff2")) if font_folder.is_dir() else []
    return RenderedPdf(*write_pdf(html, css, fonts=[path.read_bytes() for path in fonts]))


def render_pdf_in_subprocess(html: str, css: str, *, font_folder: Path, stop: threading.Event) -> RenderedPdf:
    """The PDF, made by another process that is ended after LONGEST_SECONDS or when `stop` is set.

    Raises NoPdfError when it cannot be made.
    """
    request = json.dumps({"html": html, "css": css, "fonts": str(font_folder)}).encode()
    answer = limited_process.run(
        "campaign.documents.pdf.process", request, seconds=LONGEST_SECONDS, stop=stop
    )
    if not answer.done or not answer.body:
        if "message" in answer.head:
            raise NoPdfError(answer.head["message"], **answer.head["values"])
        raise NoPdfError("This PDF could not be made.")
    return RenderedPdf(answer.body, int(answer.head["missing"]))


def _is_there(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
