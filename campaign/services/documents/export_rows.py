"""The rows of a supporter list: read in pages, in the order of signing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    exists,
    select,
    type_coerce,
)

from campaign.documents.tables.batches import Batch
from campaign.domain import local_days
from campaign.domain.export_choice import ExportChoice
from campaign.domain.names import split_name
from campaign.store.data_cipher import DataCipher, cipher_of
from campaign.store.database import Database
from campaign.store.iso_time import iso_time
from campaign.store.tables.core import letter_version, message, signature, supporter
from campaign.store.tables.encrypted import as_stored, place_of_column

_PARTS = ("first_name", "last_name")
# Enough that a page's own cost vanishes, little enough that a million rows need no memory.
ROWS_AT_ONCE = 1_000


def batches(
    database: Database, campaign_id: int, choice: ExportChoice, columns: Sequence[str]
) -> Iterator[Batch]:
    """The rows that a choice is about, with these columns.

    Each page is read in a transaction of its own, and looks at no more than ROWS_AT_ONCE signatures, however
    few of them fit.
    """
    statement = _page(choice)
    versions = _versions(database, campaign_id)
    cipher = cipher_of(database.engine.dialect)
    values = {"campaign_id": campaign_id, "after": 0}
    while True:
        with database.reading() as session:
            result = session.connection().execute(statement, values)
            # The driver's own rows, decrypted column by column: SQLAlchemy's would cost a fifth of it all.
            rows = result.cursor.fetchall() if result.cursor else []
        if not rows:
            return
        values["after"] = rows[-1][0]
        if choice.is_narrowed:
            rows = [row for row in rows if row[-1]]
        if rows:
            by_name = _by_name([*zip(*rows, strict=True)], frozenset(columns), versions, cipher)
            yield [by_name[column] for column in columns]


def _page(choice: ExportChoice) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [
        signature.c.id,
        as_stored(supporter.c.email),
        as_stored(signature.c.name),
        as_stored(signature.c.organization),
        as_stored(signature.c.role),
        signature.c.country,
        as_stored(signature.c.postal_code),
        signature.c.language,
        type_coerce(signature.c.visibility, String),
        type_coerce(signature.c.updates, Integer),
        iso_time(signature.c.signed_at),
        iso_time(signature.c.confirmed_at),
        signature.c.source,
        signature.c.letter_version_id,
        signature.c.sealed,
        signature.c.sealed_to,
        signature.c.supporter_id,
    ]
    if choice.is_narrowed:
        columns.append(and_(*_conditions(choice)))
    return (
        select(*columns)
        .join(supporter, supporter.c.id == signature.c.supporter_id)
        .where(
            signature.c.campaign_id == bindparam("campaign_id"),
            signature.c.state == choice.state,
            signature.c.anonymized_at.is_(None),
            # Who was forgotten at their own wish counts, and has no name.
            (signature.c.name != "") | signature.c.sealed.is_not(None),
            signature.c.id > bindparam("after"),
        )
        .order_by(signature.c.id)
        .limit(ROWS_AT_ONCE)
    )


def _conditions(choice: ExportChoice) -> Iterator[ColumnElement[bool]]:
    if choice.only_updates:
        yield signature.c.updates.is_(True)
    if choice.since:
        yield signature.c.signed_at >= local_days.begins(choice.since, choice.time_zone)
    if choice.until:
        yield signature.c.signed_at < local_days.ends(choice.until, choice.time_zone)
    if choice.language:
        yield signature.c.language == choice.language
    if choice.country:
        yield signature.c.country == choice.country
    if choice.official or choice.own_words:
        wrote = [message.c.signature_id == signature.c.id]
        if choice.official:
            wrote.append(message.c.official_id == choice.official)
        if choice.own_words:
            wrote.append(message.c.own_words.is_not(None))
        yield exists().where(*wrote)


def _versions(database: Database, campaign_id: int) -> Mapping[int, str]:
    """What each version of a letter is called, in whatever language: read once, and no row looks it up."""
    of_campaign = letter_version.c.campaign_id == campaign_id
    with database.reading() as session:
        rows = session.execute(select(letter_version.c.id, letter_version.c.wording).where(of_campaign))
        return {row.id: str(row.wording) for row in rows}


def _by_name(
    cells: Sequence[Sequence[Any]],
    wanted: frozenset[str],
    versions: Mapping[int, str],
    cipher: DataCipher,
) -> dict[str, Sequence[str | None]]:
    """The columns by their names; of those that are encrypted only what is wanted can be read."""

    signature_id, country, (language, visibility) = cells[0], cells[5], cells[7:9]
    updates, signed_at, confirmed_at, source, version, sealed, sealed_to, supporter_id = cells[9:17]

    def opened(at: int, rows: Sequence[int], column: Column[Any], *also_for: str) -> Sequence[Any]:
        is_wanted = not wanted.isdisjoint((column.name, *also_for))
        return cipher.open_column(cells[at], place_of_column(column), rows) if is_wanted else cells[at]

    name = opened(2, signature_id, signature.c.name, *_PARTS)
    first_names, last_names = ((), ()) if wanted.isdisjoint(_PARTS) else _split(name)
    return {
        "email": opened(1, supporter_id, supporter.c.email),
        "name": name,
        "first_name": first_names,
        "last_name": last_names,
        "organization": opened(3, signature_id, signature.c.organization),
        "role": opened(4, signature_id, signature.c.role),
        "country": country,
        "postal_code": opened(6, signature_id, signature.c.postal_code),
        "language": language,
        "visibility": visibility,
        "updates": ["Y" if wanted else "N" for wanted in updates],
        "signed_at": signed_at,
        "confirmed_at": confirmed_at,
        "source": source,
        "version": [versions.get(version_id) for version_id in version],
        "tags": [None] * len(name),
        "sealed": sealed,
        "sealed_to": sealed_to,
    }


def _split(names: Iterable[str | None]) -> tuple[Sequence[str], Sequence[str]]:
    pairs = [split_name(name or "") for name in names]
    return [first for first, _ in pairs], [last for _, last in pairs]
