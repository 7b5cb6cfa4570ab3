"""Exports of supporters: those of a campaign that a choice is about, streamed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.documents.tables import as_csv, as_json, as_xlsx
from campaign.domain.actor import Actor
from campaign.domain.export_choice import ExportChoice, ExportFormat, read_format, read_preset
from campaign.domain.export_columns import headers
from campaign.domain.prepared_files import MOST_ROWS_AT_ONCE
from campaign.errors import RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.documents.export_rows import batches
from campaign.store.database import Database
from campaign.store.tables import Official, Signature

MEDIA_TYPES: Mapping[ExportFormat, str] = {
    ExportFormat.CSV: as_csv.MEDIA_TYPE,
    ExportFormat.XLSX: as_xlsx.MEDIA_TYPE,
    ExportFormat.JSON: as_json.MEDIA_TYPE,
}
_TIMES = frozenset({"signed_at", "confirmed_at"})
# In characters, where the usual width of a sheet's columns is not right.
_WIDTHS = {
    "email": 32,
    "name": 28,
    "organization": 32,
    "signed_at": 20,
    "confirmed_at": 20,
    "country": 9,
    "language": 10,
    "updates": 9,
}


@dataclass(frozen=True)
class ExportRequest:
    """What is to be exported: checked, so that nothing can go wrong once bytes have left."""

    campaign_id: int
    slug: str
    choice: ExportChoice

    @property
    def format(self) -> ExportFormat:
        """The kind of file."""
        return self.choice.format


def request_export(
    session: Session,
    slug: str,
    *,
    format: str = "",  # noqa: A002 - the word of the command line
    preset: str | None = None,
    choice: ExportChoice | None = None,
    actor: Actor,
    now: datetime,
) -> ExportRequest:
    """Check what is asked for and enter it into the audit log; commit before the first byte leaves.

    Without a `choice` it is everybody who is confirmed. NotFoundError for an unknown campaign, RefusedError
    for an unknown format or preset, and for an official of another campaign.
    """
    campaign = campaigns.by_slug(session, slug)
    choice = choice or ExportChoice(format=read_format(format), preset=read_preset(preset or ""))
    _check_official(session, campaign.id, choice.official)
    details = {"campaign": campaign.id, "format": choice.format.value, "preset": choice.preset}
    audit_log.record(
        session,
        action="supporters.export",
        actor=actor,
        details=details | _noted(choice),
        now=now,
    )
    return ExportRequest(campaign.id, campaign.slug, choice)


def is_large(session: Session, campaign_id: int, choice: ExportChoice) -> bool:
    """Whether a list may have so many rows that the worker makes it; counts no further than that."""
    in_state = (
        select(Signature.id)
        .where(Signature.campaign_id == campaign_id, Signature.state == choice.state)
        .limit(MOST_ROWS_AT_ONCE + 1)
        .subquery()
    )
    number = session.scalar(select(func.count()).select_from(in_state)) or 0
    return number > MOST_ROWS_AT_ONCE


def chunks(database: Database, export: ExportRequest) -> Iterator[bytes]:
    """The file in pieces of a thousand rows, in the order of signing.

    Each piece is read in a transaction of its own, so that a slow reader holds nothing in the database; who
    confirms or withdraws while the file is written may or may not be in it, and nobody is in it twice. Whose
    name was deleted in time counts, and is not in it.
    """
    renamed = headers(export.choice.preset)
    columns = [name for name in renamed if not export.choice.columns or name in export.choice.columns]
    header = [renamed[name] for name in columns]
    rows = batches(database, export.campaign_id, export.choice, columns)
    if export.format is ExportFormat.JSON:
        return as_json.chunks(header, rows)
    if export.format is ExportFormat.XLSX:
        look = as_xlsx.SheetLook(
            times=frozenset(at for at, name in enumerate(columns) if name in _TIMES),
            widths=[_WIDTHS.get(name, 16) for name in columns],
        )
        return as_xlsx.chunks(header, rows, title=export.slug, look=look)
    return as_csv.chunks(header, rows)


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


def _noted(choice: ExportChoice) -> dict[str, object]:
    """What the audit log says of a choice besides its format: conditions and columns, and nobody's name."""
    stored = choice.as_json()
    return {
        name: value
        for name, value in stored.items()
        if name not in {"format", "preset"} and value not in ("everyone", "confirmed")
    }


def _check_official(session: Session, campaign_id: int, official_id: int | None) -> None:
    if official_id is not None:
        official = session.get(Official, official_id)
        if official is None or official.campaign_id != campaign_id:
            raise RefusedError("There is no such official in this campaign.")
