"""Which columns hold people's data, and how its rows are brought under the newest key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    RowMapping,
    Table,
    Text,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from campaign.store.data_cipher import HEAD, UNREADABLE, DataCipher, UnreadableError, cipher_of
from campaign.store.tables import Base
from campaign.store.tables.core import signature
from campaign.store.tables.encrypted import Encrypted, EncryptedBytes, as_stored, key_in, place_of_column
from campaign.store.tables.search_terms import find_again

# Ids looked at together: some 60 ms for signatures, in which SQLite takes no other writer.
IDS_AT_ONCE = 200


@dataclass(frozen=True)
class Broken:
    """A value that no key opens: where it is, and nothing of it."""

    table: str
    row: int
    column: str


@dataclass(frozen=True)
class Rewritten:
    """What became of some rows: how many are new, up to which id, and whether any is left as it was."""

    rows: int
    after: int
    is_end: bool
    is_clean: bool
    broken: tuple[Broken, ...]


@dataclass(frozen=True)
class EncryptedPlace:
    """A table with what of it is encrypted; `id` is the number by which its rows are walked."""

    table: Table
    id: Column[Any]
    columns: tuple[Column[Any], ...]

    def rewrite(self, session: Session, after: int) -> Rewritten:
        """Bring the next rows under the newest key, bound to their rows; what no key opens stays as it is."""
        last = session.scalar(
            select(self.id).where(self.id > after).order_by(self.id).offset(IDS_AT_ONCE - 1).limit(1)
        )
        cipher = cipher_of(session.get_bind().dialect)
        stale = [_is_stale(column, cipher.head) for column in self.columns]
        # What another transaction holds is left to the next look: nobody waits for anybody.
        chosen = (
            select(*self._stored, *stale)
            .where(self.id > after, true() if last is None else self.id <= last, or_(*stale))
            .order_by(self.id)
        )
        changes: list[dict[str, Any]] = []
        broken: list[Broken] = []
        for row in session.execute(chosen.with_for_update(skip_locked=True)).mappings().all():
            change, unreadable = self._renewed(cipher, row)
            broken += unreadable
            if change:
                changes.append(change)
        if changes:
            new = {column: bindparam(f"new_{column.name}", type_=_kind(column)) for column in self.columns}
            this_row = (column == bindparam(f"of_{column.name}") for column in self.table.primary_key)
            change_row = update(self.table).where(*this_row).values(new)
            session.connection().execute(change_row, changes)
            if self.table is signature:
                find_again(session, [change["of_id"] for change in changes])
        left = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
        return Rewritten(
            len(changes),
            after if last is None else last,
            last is None,
            left <= len({one.row for one in broken}),
            tuple(broken),
        )

    def broken(self, session: Session, among: ColumnElement[bool] | None = None) -> Iterator[Broken]:
        """Every value that no key opens, of all rows or `among` some."""
        cipher = cipher_of(session.get_bind().dialect)
        page = select(*self._stored).order_by(self.id).limit(IDS_AT_ONCE)
        page = page if among is None else page.where(among)
        after = 0
        while rows := session.execute(page.where(self.id > after)).mappings().all():
            for row in rows:
                for name, value in self._opened(cipher, row).items():
                    if value is UNREADABLE:
                        yield Broken(self.table.name, row[self.id.name], name)
            after = rows[-1][self.id.name]

    def read(self, cipher: DataCipher, stored: Mapping[str, Any]) -> dict[str, Any]:
        """A row that came as the database has it, with what is encrypted of it; or UnreadableError."""
        row = key_in(self.table, stored)
        opened = {
            one.name: cipher.opened(stored[one.name], place_of_column(one), row) for one in self.columns
        }
        return {**stored, **opened}

    def _opened(self, cipher: DataCipher, stored: RowMapping) -> dict[str, Any]:
        """What is encrypted of a row, UNREADABLE in place of each value that no key opens."""
        row, opened = key_in(self.table, stored), {}
        for column in self.columns:
            try:
                opened[column.name] = cipher.opened(stored[column.name], place_of_column(column), row)
            except UnreadableError:
                opened[column.name] = UNREADABLE
        return opened

    @property
    def _stored(self) -> Iterable[ColumnElement[Any]]:
        """What is encrypted of a row as the database has it, with its keys."""
        keys = dict.fromkeys((self.id, *self.table.primary_key))
        return [*keys, *map(as_stored, self.columns)]

    def _renewed(self, cipher: DataCipher, stored: RowMapping) -> tuple[dict[str, Any], list[Broken]]:
        """The row's values, those that were stale under the newest key, if any of them can be read.

        One that no key opens stays as it is, and leaves none beside it behind: those of earlier versions are
        read by nobody once the walk is over.
        """
        row = key_in(self.table, stored)
        opened = self._opened(cipher, stored)
        new: dict[str, Any] = {}
        broken = []
        for column in self.columns:
            value = opened[column.name]
            if not stored[f"stale_{column.name}"]:
                continue
            if value is UNREADABLE:
                broken.append(Broken(self.table.name, stored[self.id.name], column.name))
                continue
            seal = cipher.seal if isinstance(value, str) else cipher.seal_bytes
            new[f"new_{column.name}"] = seal(value, place_of_column(column), row)
        if new:
            kept = {f"new_{column.name}": stored[column.name] for column in self.columns}
            keys = {f"of_{key.name}": stored[key.name] for key in self.table.primary_key}
            new = {**keys, **kept, **new}
        return new, broken


def encrypted_places() -> Sequence[EncryptedPlace]:
    """Every table that holds people's data, in an order that stays while a version runs."""
    found = []
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name):
        columns = tuple(column for column in table.columns if isinstance(column.type, Encrypted))
        if columns:
            walked_by = table.info.get("walked_by") or next(iter(table.primary_key)).name
            found.append(EncryptedPlace(table, table.c[walked_by], columns))
    return found


def place_of(table: Table) -> EncryptedPlace:
    """The one of a table."""
    return next(place for place in encrypted_places() if place.table is table)


def _kind(column: Column[Any]) -> TypeEngine[Any]:
    return LargeBinary() if isinstance(column.type, EncryptedBytes) else Text()


def _is_stale(column: Column[Any], head: str) -> ColumnElement[bool]:
    """Whether a value is plain that should not be, or under another key than the newest."""
    kind = _kind(column)
    stored = type_coerce(column, kind)
    empty, begins = ("", head) if isinstance(kind, Text) else (b"", head.encode())
    condition = (
        stored.is_not(None)
        & (stored != literal(empty, kind))
        & (func.substr(stored, 1, HEAD, type_=kind) != literal(begins, kind))
    )
    only: ColumnElement[bool] | None = column.info.get("encrypted_where")
    return (condition if only is None else condition & only).label(f"stale_{column.name}")
