"""Organizers: who may log in to the desk, with which role and password."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign.domain import passwords as rules
from campaign.domain.actor import Actor
from campaign.domain.addresses import clean_address
from campaign.domain.roles import Grant, Rights, Role
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.i18n import available_languages
from campaign.services.accounts import code_tries, sessions
from campaign.services.accounts import rights as stored_rights
from campaign.services.accounts.mails import OrganizerMail, SecurityNotice, tell
from campaign.services.accounts.new_passwords import check_new_password
from campaign.services.accounts.passwords import PASSWORDS, Passwords
from campaign.services.audit import audit_log
from campaign.store.tables import Organizer

EVERYWHERE_ONLY: Mapping[int, Grant] = MappingProxyType({})


@dataclass(frozen=True)
class OrganizerShown:
    """One login, as those who run the installation see it."""

    id: int
    email: str
    rights: Rights
    created_at: datetime
    disabled_at: datetime | None


def add(
    session: Session,
    email: str,
    *,
    role: Role | None,
    sees_people: bool = False,
    campaigns: Mapping[int, Grant] = EVERYWHERE_ONLY,
    password: str,
    actor: Actor,
    now: datetime,
    site: Collection[str] = frozenset(),
    passwords: Passwords = PASSWORDS,
) -> Organizer:
    """Make a login; RefusedError for a bad address or password, ConflictError when the address has one.

    `role` is for all campaigns, `campaigns` what is allowed in single ones. `site` is what the site is
    called, which makes no password.
    """
    address = login_name(clean_address(email))
    rights = Rights(Grant(role, sees_people), campaigns)
    check_rights(rights)
    check_new_password(session, password, email=address, site=site)
    organizer = create(session, address, rights, password_hash=passwords.hashed(password), now=now)
    details = {"organizer": organizer.id, **noted(rights)}
    audit_log.record(session, action="organizer.add", actor=actor, details=details, now=now)
    return organizer


def create(session: Session, address: str, rights: Rights, *, password_hash: str, now: datetime) -> Organizer:
    """Make the rows of a login for a verb that records itself; ConflictError when the address has one."""
    organizer = Organizer(
        email=address, role=None, password_hash=password_hash, created_at=now, disabled_at=None
    )
    try:
        with session.begin_nested():
            session.add(organizer)
    except IntegrityError:
        raise ConflictError("There is already a login for this address.") from None
    stored_rights.store(session, organizer.id, rights)
    session.refresh(organizer)
    return organizer


def listed(session: Session) -> tuple[OrganizerShown, ...]:
    """Every login there is or was, by address."""
    rights = stored_rights.of_organizers(session)
    rows = session.execute(
        select(Organizer.id, Organizer.email, Organizer.created_at, Organizer.disabled_at).order_by(
            Organizer.email
        )
    )
    return tuple(
        OrganizerShown(row.id, row.email, rights[row.id], row.created_at, row.disabled_at) for row in rows
    )


def rights_of(session: Session, email: str) -> Rights:
    """What somebody may do; NotFoundError when there is no login for this address."""
    return stored_rights.of(session, locked(session, email).id)


def set_role(session: Session, email: str, role: Role, *, actor: Actor, now: datetime) -> None:
    """Another role in all campaigns; what else somebody may do stays. ConflictError for the last owner."""
    held = stored_rights.of(session, locked(session, email).id)
    set_rights(
        session,
        email,
        Rights(Grant(role, held.everywhere.sees_people), held.campaigns),
        actor=actor,
        now=now,
    )


def set_rights(session: Session, email: str, rights: Rights, *, actor: Actor, now: datetime) -> None:
    """Let an organizer do this from now on, and nothing else; their sessions end.

    RefusedError when nothing would be left to do: that is disabling. ConflictError for the last owner.
    """
    organizer = locked(session, email)
    check_rights(rights)
    if rights.everywhere.role is not Role.OWNER:
        _keep_an_owner(session, organizer)
    session.flush()
    stored_rights.store(session, organizer.id, rights)
    session.refresh(organizer)
    _record(session, "organizer.role", organizer, actor=actor, now=now, **noted(rights))


def disable(session: Session, email: str, *, actor: Actor, now: datetime) -> None:
    """End a login and every session of it. ConflictError for the last owner; twice changes nothing."""
    organizer = locked(session, email)
    if organizer.disabled_at is not None:
        return
    _keep_an_owner(session, organizer)
    organizer.disabled_at = now
    organizer.reset_hash = organizer.reset_until = None
    _record(session, "organizer.disable", organizer, actor=actor, now=now)


def enable(session: Session, email: str, *, actor: Actor, now: datetime) -> None:
    """Let somebody log in again, with the password they had; twice changes nothing."""
    organizer = locked(session, email)
    if organizer.disabled_at is not None:
        organizer.disabled_at = None
        _record(session, "organizer.enable", organizer, actor=actor, now=now)


def locked(session: Session, email: str) -> Organizer:
    """The login for an address, which nobody else changes until the transaction ends, nor the owners.

    NotFoundError when there is none.
    """
    session.scalars(select(Organizer.id).order_by(Organizer.id).with_for_update(key_share=True)).all()
    organizer = session.scalar(select(Organizer).where(Organizer.email == login_name(email)))
    if organizer is None:
        raise NotFoundError("There is no login for this address.")
    return organizer


def check_rights(rights: Rights) -> None:
    """RefusedError for rights with which one could not look at anything."""
    if rights.is_nothing:
        raise RefusedError("Choose a role, for all campaigns or for at least one.")


def noted(rights: Rights) -> dict[str, Any]:
    """Rights as an entry of the audit log holds them: personal data where it is not part of the role."""
    grants = {"all": rights.everywhere, **{str(id_): grant for id_, grant in rights.campaigns.items()}}
    roles = {of: grant.role.value for of, grant in grants.items() if grant.role is not None}
    people = [of for of, grant in grants.items() if grant.sees_people and grant.role is not None]
    return {"role": roles.pop("all", None), "campaign_roles": roles, "people": people}


def _keep_an_owner(session: Session, organizer: Organizer) -> None:
    another = select(Organizer.id).where(
        Organizer.role == Role.OWNER, Organizer.disabled_at.is_(None), Organizer.id != organizer.id
    )
    is_owner = organizer.role is Role.OWNER and organizer.disabled_at is None
    if is_owner and session.scalar(another.limit(1)) is None:
        raise ConflictError("This is the last owner. Make somebody else an owner first.")


def _record(
    session: Session, action: str, organizer: Organizer, *, actor: Actor, now: datetime, **more: Any
) -> None:
    """End the organizer's sessions, and enter what was done into the audit log."""
    session.flush()
    ended = sessions.delete_others(session, organizer.id, keep="")
    details = {"organizer": organizer.id, "sessions_ended": ended, **more}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)


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
    session: Session,
    organizer_id: int,
    *,
    password_hash: str,
    keep: str,
    context: OrganizerMail,
    actor: Actor,
    now: datetime,
) -> None:
    """Store the hash of a new password that passed `check_new_password`; every session but `keep` ends.

    Whose login it is is told by mail.
    """
    organizer = session.get_one(Organizer, organizer_id)
    organizer.password_hash = password_hash
    organizer.reset_hash = organizer.reset_until = None
    session.flush()
    code_tries.forget(session, organizer_id)
    tell(session, context, organizer_id, SecurityNotice.PASSWORD, now=now)
    ended = sessions.delete_others(session, organizer_id, keep=keep)
    audit_log.record(
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
    audit_log.record(
        session, action="organizer.language", actor=actor, details={"language": language or None}, now=now
    )
