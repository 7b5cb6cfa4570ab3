"""Lists that leave and lists that come in: files made for organizers, and tables that nobody entered."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from campaign.services.documents import prepared_files
from campaign.services.imports import drafts
from campaign.services.retention.personal_data import due_campaign_ids
from campaign.services.retention.purge import ROWS_AT_ONCE, Cursor, DuePage, RowId

SUFFIXES = (prepared_files.SUFFIX, ".part")


def due_prepared(session: Session, _after: Cursor | None, now: datetime, *, folder: Path) -> DuePage:
    """The names of files whose time is over, and of those on the disk that no row knows."""
    return DuePage(tuple(_due(session, now, folder)[:ROWS_AT_ONCE]), None)


def delete_prepared(session: Session, names: Sequence[RowId], now: datetime, *, folder: Path) -> None:
    """Delete those that are due still: first the keys, then what they opened."""
    due = [name for name in _due(session, now, folder) if name in names]
    prepared_files.delete_named(session, due)
    for name in due:
        for suffix in SUFFIXES:
            (folder / f"{name}{suffix}").unlink(missing_ok=True)


def due_drafts(session: Session, _after: Cursor | None, now: datetime) -> DuePage:
    """Tables that were uploaded a day ago and not entered since."""
    return DuePage(tuple(drafts.due_drafts(session, now=now, limit=ROWS_AT_ONCE)), None)


def delete_drafts(session: Session, ids: Sequence[RowId], now: datetime) -> None:
    """Delete them; one that is being entered by now is left alone."""
    drafts.delete_drafts(session, ids, now=now)


def _due(session: Session, now: datetime, folder: Path) -> list[str]:
    campaign_ids = list(due_campaign_ids(session, now))
    over = prepared_files.names_over(session, campaign_ids, now=now)
    on_disk = {path.stem for path in folder.glob("*") if path.suffix in SUFFIXES}
    return sorted({*over, *(on_disk - prepared_files.known_names(session, on_disk))})
