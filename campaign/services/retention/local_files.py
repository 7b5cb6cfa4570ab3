"""The files of the local provider: each goes with the words of its email."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from os import scandir
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaign.domain.retention import HAS_ENDED, is_file_due, words_before
from campaign.services.retention.personal_data import due_campaign_ids
from campaign.services.retention.purge import ROWS_AT_ONCE, Cursor, DuePage, RowId
from campaign.store.tables.core import outbox_email

SUFFIXES = (".eml", ".part")


def due_files(session: Session, after: Cursor | None, now: datetime, *, outbox: Path) -> DuePage:
    """Files of emails that were erased, or came to their end long ago, in the order of their names."""
    try:
        with scandir(outbox) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(SUFFIXES))
    except FileNotFoundError:
        return DuePage((), None)
    left = [name for name in names if after is None or name > str(after[0])]
    shown = left[:ROWS_AT_ONCE]
    due = _due(session, shown, now, outbox=outbox)
    return DuePage(due, (shown[-1],) if len(left) > ROWS_AT_ONCE else None)


def delete_files(session: Session, names: Sequence[RowId], now: datetime, *, outbox: Path) -> None:
    """Delete the files that are due still; the local provider writes an email that goes again anew."""
    for name in _due(session, [str(name) for name in names], now, outbox=outbox):
        (outbox / name).unlink(missing_ok=True)


def _due(session: Session, names: Sequence[str], now: datetime, *, outbox: Path) -> tuple[str, ...]:
    over = set(due_campaign_ids(session, now))
    emails = {
        row.public_id: row
        for row in session.execute(
            select(
                *(outbox_email.c[name] for name in ("public_id", "kind", "state", "settled_at")),
                *(outbox_email.c[name] for name in ("campaign_id", "erased_at")),
            ).where(outbox_email.c.public_id.in_([Path(name).stem for name in names]))
        )
    }
    return tuple(
        name for name in names if _is_due(emails.get(Path(name).stem), outbox / name, now, over=over)
    )


def _is_due(email: Row[*tuple[Any, ...]] | None, path: Path, now: datetime, *, over: set[int]) -> bool:
    if email is None:
        # Of an email that no row knows any more, the file itself says how old it is.
        with suppress(FileNotFoundError):
            return datetime.fromtimestamp(path.stat().st_mtime, UTC) <= words_before(now)
        return False
    if email.erased_at is not None:
        return True
    if email.campaign_id in over:
        return email.state in HAS_ENDED
    return is_file_due(email.kind, email.state, email.settled_at, now=now)
