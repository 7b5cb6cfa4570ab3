"""HTML to PDF by WeasyPrint, which needs Pango of the system: without it everything else works.

A long list takes a quarter of a minute and half a gigabyte, so it is made in a process of its own
(`print_apart`), at low priority and with a limit on time and memory. Nothing is fetched from anywhere.
"""

import ctypes
import json
import subprocess
import sys
import threading
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.errors import UnavailableError

# The libraries by the Debian packages that bring them.
_PACKAGES = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libfontconfig.so.1": "libfontconfig1",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
}
LONGEST_SECONDS = 180
MOST_MEMORY = 2 * 1024**3
_LOOK_SECONDS = 0.5


class NoPdfError(UnavailableError):
    """This machine cannot make PDFs, or not this one; the sentence says why."""


@dataclass(frozen=True)
class Printed:
    """A PDF, and how many different characters in it no font could write."""

    pdf: bytes
    missing: int


def missing_packages() -> tuple[str, ...]:
    """The Debian packages that making PDFs lacks on this machine."""
    if sys.platform != "linux":
        return ()
    return tuple(package for library, package in _PACKAGES.items() if not _is_there(library))


def print_here(html: str, css: str, *, font_folder: Path) -> Printed:
    """The PDF, made in this process. Raises NoPdfError naming the packages that are missing."""
    missing = missing_packages()
    if missing:
        raise NoPdfError(
            "PDFs cannot be made on this machine: install %(packages)s.", packages=" ".join(missing)
        )
    try:
        # Here and not above: without the libraries the import itself fails, and it takes half a second.
        with warnings.catch_warnings():
            # It prefers to have HarfBuzz's subsetter too, and does without it.
            warnings.simplefilter("ignore", DeprecationWarning)
            from campaign.documents.pdf.weasyprint_adapter import write_pdf
    except OSError as error:
        raise NoPdfError("PDFs cannot be made on this machine: install Pango.") from error
    fonts = sorted(font_folder.glob("*.woff2")) if font_folder.is_dir() else []
    return Printed(*write_pdf(html, css, fonts=[path.read_bytes() for path in fonts]))


def print_apart(html: str, css: str, *, font_folder: Path, stop: threading.Event) -> Printed:
    """The PDF, made by another process that is ended after LONGEST_SECONDS or when `stop` is set.

    Raises NoPdfError when it cannot be made.
    """
    order = json.dumps({"html": html, "css": css, "fonts": str(font_folder)}).encode()
    with subprocess.Popen(
        [sys.executable, "-m", "campaign.documents.pdf.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        made = _communicate(process, order, stop)
    head, _, pdf = made.partition(b"\n")
    try:
        said: dict[str, Any] = json.loads(head)
    except ValueError:
        said = {}
    if process.returncode != 0 or not pdf:
        if "message" in said:
            raise NoPdfError(said["message"], **said["values"])
        raise NoPdfError("This PDF could not be made.")
    return Printed(pdf, int(said["missing"]))


def _communicate(process: "subprocess.Popen[bytes]", order: bytes, stop: threading.Event) -> bytes:
    until = time.monotonic() + LONGEST_SECONDS
    data: bytes | None = order
    while True:
        try:
            return process.communicate(data, timeout=_LOOK_SECONDS)[0]
        except subprocess.TimeoutExpired:
            data = None
        if stop.is_set() or time.monotonic() > until:
            process.kill()


def _is_there(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
