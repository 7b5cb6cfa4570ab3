"""The second step of a login: a code, or a passkey, of somebody whose password was right a moment ago."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.code_tries import is_told
from campaign.errors import NotFoundError
from campaign.services.accounts import code_tries
from campaign.services.accounts.mails import OrganizerMail, SecurityNotice, tell
from campaign.services.audit import audit_log
from campaign.store.tables.core import organizer, passkey


@dataclass(frozen=True)
class CodeTry:
    """One try, already counted as wrong, that may go on to the check; `failures` are it and those before."""

    organizer_id: int
    device: str
    failures: int
    key: bytes = field(repr=False)


def begin(session: Session, organizer_id: int, *, device: str, key: bytes, now: datetime) -> CodeTry:
    """Count a try; TooManyTriesError while one must wait. `device` is as in `code_tries.begin`."""
    failures = code_tries.begin(session, organizer_id, device=device, key=key, now=now)
    return CodeTry(organizer_id, device, failures, key)


def finish(
    session: Session,
    attempt: CodeTry,
    check: Callable[[Session], bool],
    *,
    action: str,
    context: OrganizerMail,
    now: datetime,
) -> bool:
    """Whether the code was right; whose login it is hears of too many wrong ones.

    `action` is what the audit calls it when it was right.
    """
    actor = Actor(attempt.organizer_id, Via.DESK)
    if check(session):
        code_tries.succeed(session, attempt.organizer_id, device=attempt.device, key=attempt.key)
        audit_log.record(session, action=action, actor=actor, details={}, now=now)
        return True
    if is_told(attempt.failures):
        tell(session, context, attempt.organizer_id, SecurityNotice.CODES_TRIED, now=now)
    audit_log.record(session, action=f"{action}.code.refused", actor=actor, details={}, now=now)
    return False


def stamp(session: Session, organizer_id: int, *, key: bytes) -> str:
    """What a half-finished login hangs on: another password or factor, or a disabled login, changes it."""
    row = session.execute(
        select(organizer.c.password_hash, organizer.c.factor_secret).where(
            organizer.c.id == organizer_id, organizer.c.disabled_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no login for this address.")
    passkeys = session.scalar(select(func.max(passkey.c.id)).where(passkey.c.organizer_id == organizer_id))
    factors = f"{(row.factor_secret or b'').hex()}\n{passkeys or ''}"
    held = f"half a login\n{organizer_id}\n{row.password_hash}\n{factors}"
    return hmac.digest(key, held.encode(), "sha256").hex()


def is_current(session: Session, organizer_id: int, held: str, *, key: bytes) -> bool:
    """Whether nothing has changed since the password was right."""
    try:
        return hmac.compare_digest(stamp(session, organizer_id, key=key).encode(), held.encode())
    except NotFoundError:
        return False
