"""Exports of supporters: every confirmed supporter of a campaign, streamed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from sqlalchemy import Integer, String, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from campaign.documents.tables import as_csv, as_json, as_xlsx
from campaign.documents.tables.batches import Batch
from campaign.domain.actor import Actor
from campaign.domain.export_columns import PRESETS, headers
from campaign.domain.names import split_name
from campaign.domain.signature import SignatureState
from campaign.errors import RefusedError
from campaign.services import audit
from campaign.services.campaigns import campaigns
from campaign.store.database import Database
from campaign.store.iso_time import iso_time
from campaign.store.tables import Signature, Supporter

# Enough that a page's own cost vanishes, little enough that a million rows need no memory.
ROWS_AT_ONCE = 1_000


class ExportFormat(StrEnum):
    """The kinds of file a list comes in."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES: Mapping[ExportFormat, str] = {
    ExportFormat.CSV: as_csv.MEDIA_TYPE,
    ExportFormat.XLSX: as_xlsx.MEDIA_TYPE,
    ExportFormat.JSON: as_json.MEDIA_TYPE,
}


@dataclass(frozen=True)
class ExportRequest:
    """What is to be exported: checked, so that nothing can go wrong once bytes have left."""

    campaign_id: int
    slug: str
    format: ExportFormat
    preset: str | None


def request_export(
    session: Session,
    slug: str,
    *,
    format: str,  # noqa: A002 - the word of the command line and of the desk
    preset: str | None,
    actor: Actor,
    now: datetime,
) -> ExportRequest:
    """Check what is asked for and enter it into the audit log; commit before the first byte leaves.

    NotFoundError for an unknown campaign, RefusedError for an unknown format or preset.
    """
    campaign = campaigns.by_slug(session, slug)
    export = ExportRequest(campaign.id, campaign.slug, read_format(format), read_preset(preset or ""))
    audit.record(
        session,
        action="supporters.export",
        actor=actor,
        details={"campaign": campaign.id, "format": export.format.value, "preset": export.preset},
        now=now,
    )
    return export


def read_format(text: str) -> ExportFormat:
    """A kind of file by its name; RefusedError for an unknown one."""
    if text not in list(ExportFormat):
        raise RefusedError(
            "There is no export format %(format)s. Choose one of %(formats)s.",
            format=text,
            formats=", ".join(ExportFormat),
        )
    return ExportFormat(text)


def read_preset(text: str) -> str | None:
    """A preset of column names, or None from nothing; RefusedError for an unknown one."""
    if text and text not in PRESETS:
        raise RefusedError(
            "There is no preset %(preset)s. Choose one of %(presets)s.",
            preset=text,
            presets=", ".join(PRESETS),
        )
    return text or None


def chunks(database: Database, export: ExportRequest) -> Iterator[bytes]:
    """The file in pieces of a thousand rows, in the order of signing.

    Each piece is read in a transaction of its own, so that a slow reader holds nothing in the database; who
    confirms or withdraws while the file is written may or may not be in it, and nobody is in it twice. Whose
    name was deleted in time counts, and is not in it.
    """
    renamed = headers(export.preset)
    header = list(renamed.values())
    if export.format is ExportFormat.JSON:
        return as_json.chunks(header, _batches(database, export.campaign_id, list(renamed)))
    batches = _batches(database, export.campaign_id, list(renamed))
    if export.format is ExportFormat.XLSX:
        return as_xlsx.chunks(header, batches, title=export.slug)
    return as_csv.chunks(header, batches)


def write_supporters(
    database: Database,
    slug: str,
    *,
    format: str,  # noqa: A002 - the word of the command line
    preset: str | None,
    out: BinaryIO,
    actor: Actor,
    now: datetime,
) -> None:
    """Write every confirmed supporter of a campaign to `out`, in pieces; audited before the first.

    NotFoundError for an unknown campaign, RefusedError for an unknown format or preset, with nothing written.
    """
    with database.transaction() as session:
        export = request_export(session, slug, format=format, preset=preset, actor=actor, now=now)
    for chunk in chunks(database, export):
        out.write(chunk)


_PAGE = (
    select(
        Signature.id,
        Supporter.email,
        Signature.name,
        Signature.organization,
        Signature.role,
        Signature.country,
        Signature.postal_code,
        Signature.language,
        type_coerce(Signature.visibility, String),
        type_coerce(Signature.updates, Integer),
        iso_time(Signature.signed_at),
        iso_time(Signature.confirmed_at),
        Signature.source,
        Signature.sealed,
        Signature.sealed_to,
    )
    .join(Supporter, Supporter.id == Signature.supporter_id)
    .where(
        Signature.campaign_id == bindparam("campaign_id"),
        Signature.state == SignatureState.CONFIRMED,
        Signature.anonymized_at.is_(None),
        # Who was forgotten at their own wish counts, and has no name.
        (Signature.name != "") | Signature.sealed.is_not(None),
        Signature.id > bindparam("after"),
    )
    .order_by(Signature.id)
    .limit(ROWS_AT_ONCE)
)


def _batches(database: Database, campaign_id: int, columns: Sequence[str]) -> Iterator[Batch]:
    after = 0
    while True:
        with database.reading() as session:
            result = session.connection().execute(_PAGE, {"campaign_id": campaign_id, "after": after})
            # The driver's own rows: SQLAlchemy's would cost a fifth of it all, and no type here needs them.
            rows = result.cursor.fetchall() if result.cursor else []
        if not rows:
            return
        ids, *cells = zip(*rows, strict=True)
        after = ids[-1]
        by_name = _by_name(cells)
        yield [by_name[column] for column in columns]


def _by_name(cells: Sequence[Sequence[str | None]]) -> dict[str, Sequence[str | None]]:
    email, name, organization, role, country, postal_code, language, visibility = cells[:8]
    updates, signed_at, confirmed_at, source, sealed, sealed_to = cells[8:]
    first_names, last_names = _split(name)
    return {
        "email": email,
        "name": name,
        "first_name": first_names,
        "last_name": last_names,
        "organization": organization,
        "role": role,
        "country": country,
        "postal_code": postal_code,
        "language": language,
        "visibility": visibility,
        "updates": ["Y" if wanted else "N" for wanted in updates],
        "signed_at": signed_at,
        "confirmed_at": confirmed_at,
        "source": source,
        "tags": [None] * len(name),
        "sealed": sealed,
        "sealed_to": sealed_to,
    }


def _split(names: Iterable[str | None]) -> tuple[list[str], list[str]]:
    pairs = [split_name(name or "") for name in names]
    return [first for first, _ in pairs], [last for _, last in pairs]
