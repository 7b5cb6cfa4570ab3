"""Organizers: who may log in to the desk, with which role and password."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.domain import passwords as rules
from campaign.domain.actor import Actor
from campaign.domain.addresses import clean_address
from campaign.domain.roles import Role
from campaign.errors import ConflictError, RefusedError
from campaign.i18n import available_languages
from campaign.services import audit
from campaign.services.accounts import sessions
from campaign.services.accounts.new_passwords import check_new_password
from campaign.services.accounts.passwords import PASSWORDS, Passwords
from campaign.store.tables import Organizer


def add(
    session: Session,
    email: str,
    *,
    role: Role,
    password: str,
    actor: Actor,
    now: datetime,
    site: Collection[str] = frozenset(),
    passwords: Passwords = PASSWORDS,
) -> Organizer:
    """Make a login; RefusedError for a bad address or password, ConflictError when the address has one.

    `site` is what the site is called, which makes no password.
    """
    address = login_name(clean_address(email))
    check_new_password(session, password, email=address, site=site)
    organizer = Organizer(
        email=address, role=role, password_hash=passwords.hashed(password), created_at=now, disabled_at=None
    )
    try:
        with session.begin_nested():
            session.add(organizer)
    except IntegrityError:
        raise ConflictError("There is a login for this address already.") from None
    audit.record(
        session,
        action="organizer.add",
        actor=actor,
        details={"organizer": organizer.id, "role": role.value},
        now=now,
    )
    return organizer


def new_password() -> str:
    """A first password that can be read out: shown once, kept nowhere."""
    return rules.new_password()


def any_exist(session: Session) -> bool:
    """Whether anybody can log in at all."""
    return session.scalar(select(Organizer.id).where(Organizer.disabled_at.is_(None)).limit(1)) is not None


def login_name(email: str) -> str:
    """The form of an address that logins are found by."""
    return email.strip().lower()


def change_password(
    session: Session, organizer_id: int, *, password_hash: str, keep: str, actor: Actor, now: datetime
) -> None:
    """Store the hash of a new password that passed `check_new_password`; every session but `keep` ends."""
    organizer = session.get_one(Organizer, organizer_id)
    organizer.password_hash = password_hash
    ended = sessions.delete_others(session, organizer_id, keep=keep)
    audit.record(
        session,
        action="organizer.password",
        actor=actor,
        details={"sessions_ended": ended},
        now=now,
    )


def choose_language(
    session: Session, organizer_id: int, language: str, *, actor: Actor, now: datetime
) -> None:
    """Keep the language an organizer wants the desk in; empty for what their browser asks for.

    RefusedError for one the platform does not speak.
    """
    if language and language not in {known.code for known in available_languages()}:
        raise RefusedError("Choose a language from the list.")
    session.get_one(Organizer, organizer_id).language = language or None
    session.flush()
    audit.record(
        session, action="organizer.language", actor=actor, details={"language": language or None}, now=now
    )
