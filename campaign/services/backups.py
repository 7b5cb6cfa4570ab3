"""Backups put back: the audit log that came with one says who did it, and when."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from campaign.domain.actor import Actor
from campaign.services import audit
from campaign.services.outbox.restored import doubt_what_waited
from campaign.store.archive import Manifest, restore_archive
from campaign.store.database import Database, Session


def restore(
    database: Database,
    file: IO[bytes],
    *,
    staging: Path,
    replace: bool,
    moved: bool,
    before_commit: Callable[[], None],
    actor: Actor,
    now: datetime,
) -> Manifest:
    """Put a backup into the database as `restore_archive` does, and enter that into the log it holds.

    Unless the installation has only `moved`, and nothing was sent since the backup, every email that waited
    to be sent becomes *in doubt*: it may have gone out, and nothing is sent twice by itself.
    """

    def finish(session: Session, manifest: Manifest) -> None:
        if not moved:
            doubt_what_waited(session, manifest)
        before_commit()

    manifest = restore_archive(database, file, staging=staging, replace=replace, before_commit=finish)
    details = {"made_at": manifest.made_at, "rows": sum(manifest.tables.values())}
    with database.transaction() as session:
        audit.record(session, action="database.restore", actor=actor, details=details, now=now)
    return manifest
