"""Organizers, their logins, and the record of what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.roles import Role
from campaign.store.tables.base import Base, UtcDateTime, word


class Organizer(Base):
    """A person with a back-office login; `email` is kept in lower case.

    `role` and `sees_people` are for all campaigns; without a role there are rights in single ones only.
    `language` is the one they chose for the desk; without it their browser's is taken. `gets_alerts` says
    whether mails about the queue are welcome. `reset_hash` is of the token under which a new password may be
    chosen until `reset_until`. `factor_secret` is the secret of the second factor, encrypted, `factor_step`
    the half minute of its code that was used last. `seen_at` is when they were last on the desk. `tests_at`
    has the seconds since 1970 of the last test emails they sent themselves.
    """

    __tablename__ = "organizer"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[Role | None] = mapped_column(word(Role))
    sees_people: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    language: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gets_alerts: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    reset_hash: Mapped[str | None] = mapped_column(String(64))
    reset_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    factor_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    factor_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tests_at: Mapped[list[int]] = mapped_column(JSON, default=list, server_default=text("'[]'"))


class OrganizerCampaign(Base):
    """What an organizer may do in one campaign, beside what they may do in all."""

    __tablename__ = "organizer_campaign"

    organizer_id: Mapped[int] = mapped_column(
        ForeignKey("organizer.id", ondelete="CASCADE"), primary_key=True
    )
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[Role] = mapped_column(word(Role))
    sees_people: Mapped[bool] = mapped_column(Boolean)


class RecoveryCode(Base):
    """A code for one login without the second factor, by its keyed hash; gone once it is used."""

    __tablename__ = "recovery_code"

    organizer_id: Mapped[int] = mapped_column(
        ForeignKey("organizer.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class OrganizerSession(Base):
    """One login that lasts; the cookie holds a token, this row its hash, and without the row it is over.

    `device` is its browser in words. `looks_at` has the seconds since 1970 of its last looks at people.
    """

    __tablename__ = "organizer_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(String(60), default="", server_default="")
    looks_at: Mapped[list[int]] = mapped_column(JSON, default=list, server_default=text("'[]'"))


class LoginAttempt(Base):
    """A failed login, by keyed hashes of the account and of the network it came from; kept for a day."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_account_hash", "account_hash", "at"),
        Index("ix_login_attempt_network_hash", "network_hash", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_hash: Mapped[str] = mapped_column(String(64))
    network_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A passkey of an organizer's: a public key, and how often it says that it was used."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasskeyChallenge(Base):
    """What a browser has to sign, for minutes and one answer; `bound_to` is a hash of its session."""

    __tablename__ = "passkey_challenge"

    bound_to: Mapped[str] = mapped_column(String(64), primary_key=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """Somebody asked by mail to become an organizer with these rights; gone once they are one."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    rights: Mapped[dict[str, Any]] = mapped_column(JSON)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PasswordRequest(Base):
    """Somebody on the login page says that they have forgotten their password; kept for a day.

    `email` is what they typed, until a worker has handled it. `organizer_id` is who was sent a link.
    `device_hash` is empty, or of a browser that has logged in to the account before.
    """

    __tablename__ = "password_request"
    __table_args__ = (
        Index("ix_password_request_network_hash", "network_hash", "at"),
        Index("ix_password_request_organizer_id", "organizer_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    network_hash: Mapped[str] = mapped_column(String(64))
    device_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id", ondelete="CASCADE"))


class CodeFailure(Base):
    """Wrong codes after a right password, one after the other, until one is right or the password changes.

    `device_hash` is empty for browsers that never logged in to the account.
    """

    __tablename__ = "code_failure"

    organizer_id: Mapped[int] = mapped_column(
        ForeignKey("organizer.id", ondelete="CASCADE"), primary_key=True
    )
    device_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """One thing done, by whom and to what, by ids; `entry_hash` covers it and the entry before it.

    `key_id` names the key of the hash; entries from before the chain was keyed have none. `campaign_id` is
    what the details say, once more, to look entries up by it; the hash does not cover it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_campaign_id", "campaign_id", "id"),
        Index("ix_audit_entry_organizer_id", "organizer_id", "id"),
        Index("ix_audit_entry_action", "action", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    action: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    key_id: Mapped[str | None] = mapped_column(String(16))
    entry_hash: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int | None]


class AuditWindow(Base):
    """What strangers can cause again and again, by a keyed hash, and when the audit log last told of it."""

    __tablename__ = "audit_window"

    window_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
