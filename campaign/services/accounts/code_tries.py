"""Codes of the second factor that were wrong: each next try waits longer, up to a day.

Only somebody who knows the password comes this far, so a stranger can make nobody wait. It ends with a right
code, or with another password.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.domain.code_tries import wait_after
from campaign.services.accounts.throttling import TooManyTriesError
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.statements import inserting
from campaign.store.tables.core import code_failure


def begin(session: Session, organizer_id: int, *, device: str, key: bytes, now: datetime) -> int:
    """Count a try as wrong before it is looked at; how many have been. TooManyTriesError while one must wait.

    `device` is empty, or names a browser that has logged in to this account before: it has tries of its own.
    """
    take_advisory_lock(session, AdvisoryLock.LOGIN)
    device_hash = _hash(key, organizer_id, device)
    row = session.execute(
        select(code_failure.c.failures, code_failure.c.failed_at).where(
            code_failure.c.organizer_id == organizer_id, code_failure.c.device_hash == device_hash
        )
    ).one_or_none()
    failures = row.failures if row else 0
    wait = row.failed_at + wait_after(failures) - now if row else timedelta(0)
    if wait > timedelta(0):
        raise TooManyTriesError(wait, organizer_id, f"codes of {organizer_id}")
    values = {"failures": failures + 1, "failed_at": now}
    counted = inserting(session, code_failure).values(
        organizer_id=organizer_id, device_hash=device_hash, **values
    )
    session.execute(
        counted.on_conflict_do_update(index_elements=["organizer_id", "device_hash"], set_=values)
    )
    return failures + 1


def succeed(session: Session, organizer_id: int, *, device: str, key: bytes) -> None:
    """Forget the wrong ones of this browser; those of others go on counting."""
    of_browser = code_failure.c.device_hash == _hash(key, organizer_id, device)
    session.execute(delete(code_failure).where(code_failure.c.organizer_id == organizer_id, of_browser))


def forget(session: Session, organizer_id: int) -> None:
    """Forget all of them: who knew the password knows it no more."""
    session.execute(delete(code_failure).where(code_failure.c.organizer_id == organizer_id))


def _hash(key: bytes, organizer_id: int, device: str) -> str:
    if not device:
        return ""
    return hmac.digest(key, f"codes\n{organizer_id}\n{device}".encode("utf-8", "replace"), "sha256").hex()
