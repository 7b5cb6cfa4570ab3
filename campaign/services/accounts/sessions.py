"""Sessions of organizers: a row for each login that lasts, gone when it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, exists, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.roles import Grant, Permission, Rights
from campaign.domain.sliding_window import lately
from campaign.domain.tokens import new_token, token_hash
from campaign.services.audit import audit_log
from campaign.store.tables import Campaign, Organizer, OrganizerCampaign, OrganizerSession
from campaign.store.tables.core import organizer_session, passkey

IDLE_LIMIT = timedelta(minutes=30)
AGE_LIMIT = timedelta(hours=12)
# How lately the password must have been given before personal data leaves.
FRESH = timedelta(minutes=5)
# So many pages with people in so long a time are work; more look like somebody copying a list.
MOST_LOOKS = 20
LOOKS_WITHIN = timedelta(minutes=15)
# A page view writes no more often than this; a session may end that much early.
RECORDED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class LoggedIn:
    """Who sends a request, and since when; `campaign_ids` are those of rights in single ones."""

    organizer_id: int
    email: str
    rights: Rights
    campaign_ids: Mapping[str, int]
    language: str | None
    session_hash: str
    created_at: datetime
    seen_at: datetime
    authenticated_at: datetime
    has_app: bool
    has_passkey: bool

    @property
    def has_second_factor(self) -> bool:
        """Whether logging in takes more than the password."""
        return self.has_app or self.has_passkey

    def may(self, permission: Permission, slug: str | None = None) -> bool:
        """Whether they may in the campaign of this name; without one, for the whole installation."""
        return self.rights.may(permission, self.campaign_ids.get(slug) if slug else None)

    def is_fresh(self, now: datetime) -> bool:
        """Whether the password was given a moment ago."""
        return now - self.authenticated_at <= FRESH

    def is_use_due(self, now: datetime) -> bool:
        """Whether it is time to record that the session is in use."""
        return now - self.seen_at >= RECORDED_EVERY


@dataclass(frozen=True)
class SessionShown:
    """One of an organizer's own sessions; the hash names it and opens nothing."""

    session_hash: str
    created_at: datetime
    seen_at: datetime
    device: str


def start(
    session: Session, organizer_id: int, *, replaces: str | None = None, device: str = "", now: datetime
) -> str:
    """Begin a session and give the token for its cookie.

    Sessions that are over are deleted, and the one whose token it `replaces`.
    """
    if replaces:
        session.execute(delete(OrganizerSession).where(OrganizerSession.token_hash == token_hash(replaces)))
    session.execute(delete(OrganizerSession).where(is_over(now)))
    token = new_token()
    session.add(
        OrganizerSession(
            token_hash=token_hash(token),
            organizer_id=organizer_id,
            created_at=now,
            seen_at=now,
            authenticated_at=now,
            device=device,
        )
    )
    session.execute(update(Organizer).where(Organizer.id == organizer_id).values(seen_at=now))
    session.flush()
    return token


def is_over(now: datetime) -> ColumnElement[bool]:
    """The condition that a session opens the desk no more."""
    return (OrganizerSession.seen_at < now - IDLE_LIMIT) | (OrganizerSession.created_at < now - AGE_LIMIT)


def find(session: Session, token: str, *, now: datetime) -> LoggedIn | None:
    """Whose session a token opens; None for an unknown, idle or old one, and for a disabled organizer."""
    asked = {
        "token_hash": token_hash(token),
        "idle_since": now - IDLE_LIMIT,
        "begun_since": now - AGE_LIMIT,
    }
    row = session.execute(_WHOSE, asked).one_or_none()
    if row is None:
        return None
    organizer_id, email, role, sees_people, *rest = row
    grants = session.execute(_GRANTS, {"organizer_id": organizer_id}).all()
    single = {grant.campaign_id: Grant(grant.role, grant.sees_people) for grant in grants}
    campaign_ids = {grant.slug: grant.campaign_id for grant in grants}
    return LoggedIn(organizer_id, email, Rights(Grant(role, sees_people), single), campaign_ids, *rest)


def _time(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=organizer_session.c.seen_at.type)


# Every page of the desk asks for these: put together once.
_WHOSE = (
    select(
        Organizer.id,
        Organizer.email,
        Organizer.role,
        Organizer.sees_people,
        Organizer.language,
        OrganizerSession.token_hash,
        OrganizerSession.created_at,
        OrganizerSession.seen_at,
        OrganizerSession.authenticated_at,
        Organizer.factor_secret.is_not(None),
        exists().where(passkey.c.organizer_id == Organizer.id).correlate(Organizer),
    )
    .join(Organizer, Organizer.id == OrganizerSession.organizer_id)
    .where(
        OrganizerSession.token_hash == bindparam("token_hash"),
        OrganizerSession.seen_at >= _time("idle_since"),
        OrganizerSession.created_at >= _time("begun_since"),
        Organizer.disabled_at.is_(None),
    )
)
_GRANTS = (
    select(
        Campaign.slug,
        OrganizerCampaign.campaign_id,
        OrganizerCampaign.role,
        OrganizerCampaign.sees_people,
    )
    .join(Campaign, Campaign.id == OrganizerCampaign.campaign_id)
    .where(OrganizerCampaign.organizer_id == bindparam("organizer_id"))
)


def record_use(session: Session, session_hash: str, *, now: datetime) -> None:
    """Keep the session from running out for want of use."""
    _update(session, session_hash, seen_at=now)
    of_session = select(OrganizerSession.organizer_id).where(OrganizerSession.token_hash == session_hash)
    session.execute(
        update(Organizer)
        .where(Organizer.id == of_session.scalar_subquery())
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def count_look(session: Session, session_hash: str, *, now: datetime) -> bool:
    """Count a look at people; False when there were so many that the password is due again."""
    of_session = OrganizerSession.token_hash == session_hash
    before = session.scalar(select(OrganizerSession.looks_at).where(of_session).with_for_update())
    if before is None:
        return False
    looks = lately(before, within=LOOKS_WITHIN, now=now)
    if len(looks) >= MOST_LOOKS:
        return False
    _update(session, session_hash, looks_at=[*looks, int(now.timestamp())])
    return True


def record_password(session: Session, session_hash: str, *, now: datetime) -> None:
    """Record that the password was given again; looks at people are counted anew."""
    _update(session, session_hash, seen_at=now, authenticated_at=now, looks_at=[])


def list_of(session: Session, organizer_id: int, *, now: datetime) -> tuple[SessionShown, ...]:
    """An organizer's sessions that still open the desk, the last used first."""
    rows = session.execute(
        select(
            OrganizerSession.token_hash,
            OrganizerSession.created_at,
            OrganizerSession.seen_at,
            OrganizerSession.device,
        )
        .where(
            OrganizerSession.organizer_id == organizer_id,
            OrganizerSession.seen_at >= now - IDLE_LIMIT,
            OrganizerSession.created_at >= now - AGE_LIMIT,
        )
        .order_by(OrganizerSession.seen_at.desc())
    )
    return tuple(SessionShown(*row) for row in rows)


def log_out(session: Session, organizer_id: int, session_hash: str, *, actor: Actor, now: datetime) -> None:
    """End the session that the request came with."""
    _delete(session, organizer_id, session_hash)
    audit_log.record(session, action="logout", actor=actor, details={}, now=now)


def end(session: Session, organizer_id: int, session_hash: str, *, actor: Actor, now: datetime) -> None:
    """End another of an organizer's own sessions."""
    _delete(session, organizer_id, session_hash)
    audit_log.record(session, action="session.end", actor=actor, details={}, now=now)


def end_others(session: Session, organizer_id: int, *, keep: str, actor: Actor, now: datetime) -> None:
    """End all of an organizer's sessions but one."""
    delete_others(session, organizer_id, keep=keep)
    audit_log.record(session, action="session.end", actor=actor, details={}, now=now)


def delete_others(session: Session, organizer_id: int, *, keep: str) -> int:
    """Delete all of an organizer's sessions but one, for a verb that records itself; how many there were."""
    ended = session.execute(
        delete(OrganizerSession)
        .where(OrganizerSession.organizer_id == organizer_id, OrganizerSession.token_hash != keep)
        .returning(OrganizerSession.token_hash)
    )
    return len(ended.all())


def _delete(session: Session, organizer_id: int, session_hash: str) -> None:
    session.execute(
        delete(OrganizerSession).where(
            OrganizerSession.organizer_id == organizer_id, OrganizerSession.token_hash == session_hash
        )
    )


def _update(session: Session, session_hash: str, **values: datetime | list[int]) -> None:
    session.execute(
        update(OrganizerSession).where(OrganizerSession.token_hash == session_hash).values(**values)
    )
