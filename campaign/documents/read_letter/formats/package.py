"""The archives that office documents are: their parts, found safely, and what leads from one to another."""

import io
import posixpath
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from campaign.errors import RefusedError

_MOST_PARTS = 2000
_MOST_UNPACKED = 60 * 1024 * 1024
# A tree in memory takes some five times as much as its text.
_MOST_XML = 16 * 1024 * 1024
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_BROKEN = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, KeyError, zlib.error)


class DamagedPartError(Exception):
    """A part that is there and cannot be read."""


class Package:
    """The parts of an archive, by name in any case. Raises RefusedError for bombs, locks and damage."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self._archive.infolist()
        except _BROKEN:
            raise RefusedError(
                "The file is a damaged archive; export the letter as text, HTML or DOCX again."
            ) from None
        # zipfile never unpacks more of a part than its directory declares: the sizes are a true limit.
        if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
            raise RefusedError("The document unpacks to more than any letter holds; it was not opened.")
        self._parts = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
        self.names = frozenset(self._parts)
        self.is_locked = any(entry.flag_bits & 1 for entry in entries)

    def text(self, name: str, limit: int = 200) -> str:
        """The beginning of a small part that is plain text; empty where there is none."""
        try:
            return self._bytes(name)[:limit].decode("latin-1").strip() if name in self.names else ""
        except DamagedPartError:
            return ""

    def xml(self, name: str) -> Any:
        """The root of a part that is XML; None where there is none. Raises DamagedPartError."""
        if name.lower() not in self._parts:
            return None
        if self._parts[name.lower()].file_size > _MOST_XML:
            raise RefusedError("The document unpacks to more than any letter holds; it was not opened.")
        return parsed_xml(self._bytes(name))

    def related(self, part: str = "") -> list[tuple[str, str]]:
        """The last word of each relationship's kind, and the name of the part it leads to, if that is there.

        Targets come absolute and relative; some lead nowhere, as Word itself writes where a picture is gone.
        """
        folder, _, file = part.rpartition("/")
        try:
            root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        except DamagedPartError:
            return []
        found = []
        for one in root.iter(_RELATIONSHIP) if root is not None else ():
            if one.get("TargetMode", "Internal") != "External":
                target = unquote(one.get("Target", "")).replace("\\", "/")
                name = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                if name.lower() in self._parts:
                    found.append((one.get("Type", "").rpartition("/")[2], name.lower()))
        return found

    def _bytes(self, name: str) -> bytes:
        try:
            return self._archive.read(self._parts[name.lower()])
        except (*_BROKEN, RuntimeError):
            raise DamagedPartError from None


def parsed_xml(data: bytes) -> Any:
    """The root of an XML text without entities of its own, for that is how small files grow to gigabytes.

    Raises DamagedPartError, and RefusedError for a document type.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    if b"<!DOCTYPE" in data[:4096].replace(b"\x00", b""):
        raise RefusedError("The document declares XML entities, which no letter needs; it was not opened.")
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise DamagedPartError from None
    if root.getroottree().docinfo.doctype:
        raise RefusedError("The document declares XML entities, which no letter needs; it was not opened.")
    return root
