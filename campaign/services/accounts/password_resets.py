"""Links under which an organizer chooses a new password: good for an hour and one use."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.outbox import EmailKind
from campaign.domain.tokens import new_token, token_hash
from campaign.errors import ConflictError, NotFoundError
from campaign.services.accounts import code_tries, organizers, sessions
from campaign.services.accounts.mails import OrganizerMail, SecurityNotice, send, tell
from campaign.services.audit import audit_log
from campaign.store.tables import Organizer

GOOD_FOR = timedelta(hours=1)
# What no password matches: the old one ends when the link is made.
_NO_PASSWORD = ""


def start(session: Session, email: str, *, actor: Actor, now: datetime) -> str:
    """The token of a new link; the old password, an earlier link and every session end at once.

    NotFoundError when there is no such login, ConflictError when it is disabled.
    """
    organizer = organizers.locked(session, email)
    if organizer.disabled_at is not None:
        raise ConflictError("This login is disabled. Enable it first.")
    token = new_token()
    organizer.password_hash = _NO_PASSWORD
    organizer.reset_hash, organizer.reset_until = token_hash(token), now + GOOD_FOR
    session.flush()
    ended = sessions.delete_others(session, organizer.id, keep="")
    code_tries.forget(session, organizer.id)
    details = {"organizer": organizer.id, "sessions_ended": ended}
    audit_log.record(session, action="organizer.reset", actor=actor, details=details, now=now)
    return token


def offer(session: Session, organizer_id: int, *, now: datetime) -> str:
    """The token of a new link; the old password is good until the link is used."""
    token = new_token()
    session.execute(
        update(Organizer)
        .where(Organizer.id == organizer_id)
        .values(reset_hash=token_hash(token), reset_until=now + GOOD_FOR)
    )
    return token


def mail_link(session: Session, email: str, *, context: OrganizerMail, actor: Actor, now: datetime) -> None:
    """End the old password and every session at once, and mail a link; errors as of `start`."""
    token = start(session, email, actor=actor, now=now)
    organizer = organizers.locked(session, email)
    send(
        session,
        context,
        EmailKind.PASSWORD_RESET,
        to=organizer.email,
        language=organizer.language,
        now=now,
        url=context.address(f"reset/{token}"),
        is_asked_for=False,
    )


def email_behind(session: Session, token: str, *, now: datetime) -> str:
    """Whose link it is; NotFoundError when it is not known, was used, or its hour is over."""
    email = session.scalar(select(Organizer.email).where(*_is_good(token, now)))
    if email is None:
        raise _unknown()
    return email


def finish(
    session: Session, token: str, *, password_hash: str, context: OrganizerMail, now: datetime
) -> None:
    """Store the hash of a password that passed `check_new_password`; the link is used up.

    Every session ends, and whose login it is is told.
    """
    organizer_id = session.scalar(
        update(Organizer)
        .where(*_is_good(token, now))
        .values(password_hash=password_hash, reset_hash=None, reset_until=None)
        .returning(Organizer.id)
    )
    if organizer_id is None:
        raise _unknown()
    ended = sessions.delete_others(session, organizer_id, keep="")
    code_tries.forget(session, organizer_id)
    tell(session, context, organizer_id, SecurityNotice.PASSWORD, now=now)
    actor = Actor(organizer_id, Via.LINK)
    audit_log.record(
        session, action="organizer.password", actor=actor, details={"sessions_ended": ended}, now=now
    )


def _is_good(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Organizer.reset_hash == token_hash(token),
        Organizer.reset_until > now,
        Organizer.disabled_at.is_(None),
    )


def _unknown() -> NotFoundError:
    return NotFoundError("This link is unknown, already used, or more than an hour old. Ask for a new one.")
