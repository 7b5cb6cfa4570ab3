"""Whether a text is still anywhere: in every table, in the database's own files, and in folders of files."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_binary_file, policy
from pathlib import Path
from typing import IO

from campaign.domain.traces import Traced
from campaign.store.archive_rows import reflected_tables, rows_of
from campaign.store.data_cipher import cipher_of
from campaign.store.database import Database
from campaign.store.encrypted_places import encrypted_places

_PIECE = 1 << 20
_MAIL = (".eml", ".part")


@dataclass(frozen=True)
class Trace:
    """How often a text stands at a place: a table with its column, or a file."""

    place: str
    number: int


def in_tables(database: Database, texts: Traced) -> Iterator[Trace]:
    """Every column of every row, on either database; what is encrypted is looked through as it reads."""
    encrypted = {place.table.name: place for place in encrypted_places()}
    cipher = cipher_of(database.engine.dialect)
    with database.unlimited(), database.reading() as session:
        connection = session.connection()
        for table in reflected_tables(connection):
            numbers = dict.fromkeys(table.columns.keys(), 0)
            place = encrypted.get(table.name)
            for row in rows_of(connection, table):
                for name, value in (place.read(cipher, row) if place else row).items():
                    if value is not None:
                        data = bytes(value) if isinstance(value, bytes) else str(value).encode()
                        numbers[name] += texts.number_in(data)
            yield from (Trace(f"{table.name}.{name}", number) for name, number in numbers.items() if number)


def in_files(paths: Iterable[Path], texts: Traced) -> Iterator[Trace]:
    """Files, and all files below folders: as they are, and what is packed in archives and emails."""
    for path in sorted(_files(paths)):
        try:
            number = _in_file(path, texts)
        except FileNotFoundError:
            continue  # gone since it was listed
        if number:
            yield Trace(str(path), number)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (below for below in path.rglob("*") if below.is_file())
        elif path.is_file():
            yield path


def _in_file(path: Path, texts: Traced) -> int:
    with path.open("rb") as file:
        number = _in_stream(file, texts)
        file.seek(0)
        if path.suffix in _MAIL:
            number += _in_mail(file, texts)
        elif zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    with archive.open(name) as member:
                        number += _in_stream(member, texts)
    return number


def _in_stream(stream: IO[bytes], texts: Traced) -> int:
    """A piece at a time: no file is too large."""
    number, kept = 0, b""
    while piece := stream.read(_PIECE):
        data = kept + piece
        kept = data[-(texts.longest - 1) :] if texts.longest > 1 else b""
        # What is whole in the part that comes again is counted then.
        number += texts.number_in(data) - texts.number_in(kept)
    return number + texts.number_in(kept)


def _in_mail(file: IO[bytes], texts: Traced) -> int:
    mail = message_from_binary_file(file, policy=policy.default)
    heads = "\n".join(str(value) for value in mail.values()).encode("utf-8", "replace")
    parts = [part.get_payload(decode=True) for part in mail.walk()]
    return texts.number_in(heads) + sum(texts.number_in(part) for part in parts if isinstance(part, bytes))
