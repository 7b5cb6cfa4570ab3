"""Organizers, their logins, and the record of what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, LargeBinary, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.roles import Role
from campaign.store.tables.base import Base, UtcDateTime, word


class Organizer(Base):
    """A person with a back-office login; `email` is kept in lower case.

    `language` is the one they chose for the desk; without it their browser's is taken. `gets_alerts` says
    whether mails about the queue are welcome. `reset_hash` is of the token under which a new password may be
    chosen until `reset_until`. `factor_secret` is the secret of the second factor, encrypted, `factor_step`
    the half minute of its code that was used last.
    """

    __tablename__ = "organizer"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[Role] = mapped_column(word(Role))
    language: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gets_alerts: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    reset_hash: Mapped[str | None] = mapped_column(String(64))
    reset_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    factor_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    factor_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class RecoveryCode(Base):
    """A code for one login without the second factor, by its keyed hash; gone once it is used."""

    __tablename__ = "recovery_code"

    organizer_id: Mapped[int] = mapped_column(
        ForeignKey("organizer.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class OrganizerSession(Base):
    """One login that lasts; the cookie holds a token, this row its hash, and without the row it is over."""

    __tablename__ = "organizer_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    organizer_id: Mapped[int] = mapped_column(ForeignKey("organizer.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
