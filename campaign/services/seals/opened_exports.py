"""A list of supporters opened away from the server: what it was encrypted with, and the sealed rows in it.

Needs no database. What is open of it is in this program's memory and in a file without a name.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from campaign.documents.age_opening import (
    is_encrypted,
    is_for_passphrase,
    open_for_identity,
    open_for_passphrase,
)
from campaign.documents.tables import as_csv, as_json
from campaign.documents.tables.batches import Batch
from campaign.domain.export_columns import PRESETS, headers
from campaign.domain.names import split_name
from campaign.domain.sealing import LONGEST_SEALED
from campaign.errors import RefusedError
from campaign.services.seals import sealing

ROWS_AT_ONCE = 1_000
# The longest sealed text, and everything else of a row.
_LONGEST_ROW = LONGEST_SEALED + 100_000
# What a sealed text holds besides the columns of a list.
_MORE = ("capacity", "words")
_AN_XLSX = b"PK\x03\x04"
Row = dict[str, str | None]


@dataclass(frozen=True)
class ExportKeys:
    """What opens a list: a passphrase, and identities, which also open sealed rows."""

    passphrase: str | None = field(default=None, repr=False)
    identities: Sequence[str] = field(default=(), repr=False)


@dataclass
class OpenedRows:
    """How many sealed rows were opened, and how many are sealed to another key.

    A list is `is_unread` where no identity was given, or where it is an XLSX file.
    """

    opened: int = 0
    left: int = 0
    is_unread: bool = False


def decrypt(file: IO[bytes], target: IO[bytes], keys: ExportKeys) -> IO[bytes]:
    """The list itself, from its beginning: `file` where it is plain, else `target` with what was in it.

    RefusedError where nothing that was given opens it.
    """
    if not is_encrypted(file):
        return file
    if is_for_passphrase(file):
        if keys.passphrase is None:
            raise RefusedError("This list has a passphrase. Add --passphrase-file FILE.")
        open_for_passphrase(file, target, keys.passphrase)
    else:
        _open_for_any(file, target, keys.identities)
    target.seek(0)
    return target


def opened(plain: IO[bytes], keys: ExportKeys, done: OpenedRows) -> Iterator[bytes]:
    """The list in pieces, of the kind it is; where keys were given, its sealed rows opened and counted.

    RefusedError for what is no list of ours. An XLSX file stays as it is: a table in one is not read here.
    """
    start = plain.read(len(_AN_XLSX))
    plain.seek(-len(start), 1)
    if start == _AN_XLSX or not keys.identities:
        done.is_unread = True
        yield from iter(lambda: plain.read(64 * 1024), b"")
    elif start[:1] == b"[":
        yield from _written(as_json.chunks, _json_rows(plain), keys, done)
    else:
        yield from _written(as_csv.chunks, _csv_rows(plain), keys, done)


def _open_for_any(file: IO[bytes], target: IO[bytes], identities: Sequence[str]) -> None:
    if not identities:
        raise RefusedError("This list is encrypted. Add --identity FILE with the key that opens it.")
    place = file.tell()
    for number, identity in enumerate(identities, start=1):
        file.seek(place)
        target.seek(0)
        target.truncate()
        try:
            open_for_identity(file, target, identity)
        except RefusedError:
            if number == len(identities):
                raise
        else:
            return


def _written(write: Any, rows: Iterator[Row], keys: ExportKeys, done: OpenedRows) -> Iterator[bytes]:
    first = next(rows, None)
    header = [*first, *(name for name in _MORE if name not in first)] if first else []
    names = _names_of(header)
    batches = _batches(([first] if first else []), rows, header, names, keys, done)
    yield from write(header, batches)


def _batches(
    first: list[Row],
    rows: Iterator[Row],
    header: Sequence[str],
    names: Mapping[str, str],
    keys: ExportKeys,
    done: OpenedRows,
) -> Iterator[Batch]:
    taken = [*first, *islice(rows, ROWS_AT_ONCE)]
    while taken:
        whole = [_open_row(row, names, keys, done) for row in taken]
        yield [[row.get(name) for row in whole] for name in header]
        taken = list(islice(rows, ROWS_AT_ONCE))


def _names_of(header: Iterable[str]) -> Mapping[str, str]:
    """Our names of a list's columns, by what the program that it is for calls them."""
    words = set(header)
    for preset in (None, *PRESETS):
        renamed = headers(preset)
        if words <= {*renamed.values(), *_MORE}:
            return {column: word for column, word in renamed.items() if word in words}
    raise _no_list()


def _open_row(row: Row, names: Mapping[str, str], keys: ExportKeys, done: OpenedRows) -> Row:
    sealed = row.get("sealed")
    if not sealed:
        return row
    found = next((one for key in keys.identities if (one := sealing.opened(sealed, key)) is not None), None)
    if found is None:
        done.left += 1
        return row
    done.opened += 1
    first, last = split_name(str(found.get("name") or ""))
    said = {**found, "first_name": first, "last_name": last}
    filled = {word: _text(said[column]) for column, word in names.items() if said.get(column)}
    more = {name: _text(found[name]) for name in _MORE if found.get(name)}
    return {**row, **filled, **more, "sealed": None}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json_rows(plain: IO[bytes]) -> Iterator[Row]:
    """The objects of an array as `as_json` writes it: one a line."""
    for line in _lines(plain):
        said = line.strip().removesuffix(b",")
        if said in (b"", b"[", b"]", b"[]"):
            continue
        try:
            row = json.loads(said)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not all(
            value is None or type(value) is str for value in row.values()
        ):
            raise _no_list()
        yield row


def _csv_rows(plain: IO[bytes]) -> Iterator[Row]:
    # A cell of more signs than this is refused by the reader.
    reader = csv.reader(line.decode("utf-8", "replace") for line in _lines(plain))
    try:
        header = next(reader, [])
        for row in reader:
            yield {name: cell or None for name, cell in zip(header, row, strict=True)}
    except (csv.Error, ValueError) as error:
        raise _no_list() from error


def _lines(plain: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file, none of which fills the memory."""
    while line := plain.readline(_LONGEST_ROW + 1):
        if len(line) > _LONGEST_ROW:
            raise _no_list()
        yield line


def _no_list() -> RefusedError:
    return RefusedError("This is no list of supporters as this program writes them.")
