"""Colleagues asked by mail to become organizers: a link for seven days and one use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.addresses import clean_address
from campaign.domain.outbox import EmailKind
from campaign.domain.roles import Grant, Permission, Rights, Role
from campaign.domain.tokens import new_token, token_hash
from campaign.errors import ConflictError, NotFoundError
from campaign.services.accounts import organizers
from campaign.services.accounts import rights as stored_rights
from campaign.services.accounts.mails import OrganizerMail, send
from campaign.services.audit import audit_log
from campaign.store.tables import Campaign, Invitation, Organizer

GOOD_FOR = timedelta(days=7)
# So long after its link has ended an invitation is still listed, to be sent again.
FORGOTTEN_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class InvitationShown:
    """Somebody who was asked and has not come yet; `invited_by` is empty for the command line."""

    id: int
    email: str
    rights: Rights
    invited_by: str
    sent_at: datetime
    expires_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether its link is good no more."""
        return self.expires_at <= now


def invite(
    session: Session,
    email: str,
    rights: Rights,
    *,
    context: OrganizerMail,
    language: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Mail somebody a link; asked before, they get a new one with these rights, and the old one ends.

    RefusedError for a bad address or no rights, ConflictError when they have a login.
    """
    address = organizers.login_name(clean_address(email))
    organizers.check_rights(rights)
    if session.scalar(select(Organizer.id).where(Organizer.email == address)) is not None:
        raise ConflictError("There is already a login for this address.")
    session.execute(delete(Invitation).where(Invitation.email == address))
    invitation = Invitation(
        email=address, rights=_as_stored(rights), invited_by=actor.organizer_id, sent_at=now
    )
    _send(session, invitation, context=context, language=language, now=now)
    details = {"invitation": invitation.id, **organizers.noted(rights)}
    audit_log.record(session, action="organizer.invite", actor=actor, details=details, now=now)


def send_again(
    session: Session,
    invitation_id: int,
    *,
    context: OrganizerMail,
    language: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Mail a new link for another seven days, in the name of whoever does it now; the old one ends."""
    invitation = _by_id(session, invitation_id)
    invitation.invited_by, invitation.sent_at = actor.organizer_id, now
    _send(session, invitation, context=context, language=language, now=now)
    details = {"invitation": invitation_id}
    audit_log.record(session, action="organizer.invite_again", actor=actor, details=details, now=now)


def withdraw(session: Session, invitation_id: int, *, actor: Actor, now: datetime) -> None:
    """End an invitation and its link."""
    session.delete(_by_id(session, invitation_id))
    session.flush()
    details = {"invitation": invitation_id}
    audit_log.record(session, action="organizer.uninvite", actor=actor, details=details, now=now)


def listed(session: Session) -> tuple[InvitationShown, ...]:
    """All that were sent and not followed yet, by address."""
    rows = session.execute(
        select(Invitation, Organizer.email)
        .outerjoin(Organizer, Organizer.id == Invitation.invited_by)
        .order_by(Invitation.email)
    )
    return tuple(
        InvitationShown(row.id, row.email, _as_rights(row.rights), inviter or "", row.sent_at, row.expires_at)
        for row, inviter in rows
    )


def email_behind(session: Session, token: str, *, now: datetime) -> str:
    """Who is invited; NotFoundError when the link is unknown, used, withdrawn or too old."""
    return _good(session, token, now=now).email


def accept(session: Session, token: str, *, password_hash: str, now: datetime) -> int:
    """Make the login, with a password that passed `check_new_password`; the link is used up.

    Gives the new organizer's id. Campaigns that are gone since are left out.
    """
    invitation = _good(session, token, now=now)
    used = session.execute(delete(Invitation).where(Invitation.id == invitation.id).returning(Invitation.id))
    if used.first() is None:
        raise _unknown()
    rights = _as_rights(invitation.rights)
    there = set(session.scalars(select(Campaign.id).where(Campaign.id.in_(rights.campaigns))))
    rights = Rights(rights.everywhere, {id_: it for id_, it in rights.campaigns.items() if id_ in there})
    organizer = organizers.create(session, invitation.email, rights, password_hash=password_hash, now=now)
    details = {"organizer": organizer.id, **organizers.noted(rights)}
    actor = Actor(organizer.id, Via.LINK)
    audit_log.record(session, action="organizer.join", actor=actor, details=details, now=now)
    return organizer.id


def is_forgotten(now: datetime) -> ColumnElement[bool]:
    """The condition that an invitation is listed no more."""
    return Invitation.expires_at < now - FORGOTTEN_AFTER


def _send(
    session: Session, invitation: Invitation, *, context: OrganizerMail, language: str | None, now: datetime
) -> None:
    token = new_token()
    invitation.token_hash, invitation.expires_at = token_hash(token), now + GOOD_FOR
    session.add(invitation)
    session.flush()
    who = session.scalar(select(Organizer.email).where(Organizer.id == invitation.invited_by))
    send(
        session,
        context,
        EmailKind.INVITATION,
        to=invitation.email,
        language=language,
        now=now,
        url=context.address(f"invitation/{token}"),
        host=context.public_url.split("//", 1)[-1],
        who=who or "",
    )


def _good(session: Session, token: str, *, now: datetime) -> Invitation:
    invitation = session.scalar(
        select(Invitation).where(Invitation.token_hash == token_hash(token), Invitation.expires_at > now)
    )
    if invitation is None or not _is_stood_by(session, invitation):
        raise _unknown()
    return invitation


def _is_stood_by(session: Session, invitation: Invitation) -> bool:
    """Whether whoever invited may still do so: what a stolen login gave away ends with it."""
    if invitation.invited_by is None:
        return True
    enabled = select(Organizer.id).where(
        Organizer.id == invitation.invited_by, Organizer.disabled_at.is_(None)
    )
    may = stored_rights.of(session, invitation.invited_by).may(Permission.ORGANIZERS)
    return may and session.scalar(enabled) is not None


def _by_id(session: Session, invitation_id: int) -> Invitation:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFoundError("There is no such invitation. They may have followed it meanwhile.")
    return invitation


def _as_stored(rights: Rights) -> dict[str, Any]:
    grants = {"all": rights.everywhere, **{str(id_): grant for id_, grant in rights.campaigns.items()}}
    return {of: [grant.role, grant.sees_people] for of, grant in grants.items() if grant.role is not None}


def _as_rights(stored: dict[str, Any]) -> Rights:
    grants = {of: Grant(Role(role), sees_people) for of, (role, sees_people) in stored.items()}
    everywhere = grants.pop("all", Grant())
    return Rights(everywhere, {int(of): grant for of, grant in grants.items()})


def _unknown() -> NotFoundError:
    return NotFoundError(
        "This invitation is unknown, already used, withdrawn, or more than seven days old. Ask for a new one."
    )
