"""The queue of outgoing email, who works on it, how fast it may go, and which provider is paused."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.store.tables.base import Base, UtcDateTime, word
from campaign.store.tables.encrypted import EncryptedJson, EncryptedText

# Spelled with OR, which SQLite can match with a query for one of them.
_TROUBLE = sql("state = 'in_doubt' OR state = 'failed' OR state = 'bounced'")
_DEFERRED = sql("state = 'accepted' AND deferred_at IS NOT NULL")
_OF_UPDATE = sql("update_id IS NOT NULL")
# An office's address is public.
_TO_NO_OFFICE = sql("outbox_email.official_id IS NULL")


class OutboxEmail(Base):
    """One email in the queue, whatever its kind, rendered when written so that a retry is the same bytes.

    `public_id` is what providers and their events know it by. `leased_by` names one claim of one worker and
    is the fencing token: whoever lost a lease changes nothing, even when the same worker won it again.
    `attempts` counts the requests begun; `first_tried_at` is when the first of them was. `deferred_at` is
    when the provider last reported that the recipient's server puts an accepted one off. `erased_at` is when
    all that is personal of it was deleted, its address included. `to_hash` is the keyed hash of a supporter's
    address as it is spelled, and empty for officials. Those with an `update_id` are sent after all others.
    One that `is_quiet` says nothing of what it is about.
    """

    __tablename__ = "outbox_email"
    __table_args__ = (
        Index(
            "ix_outbox_email_due",
            "due_at",
            "id",
            sqlite_where=sql("state = 'queued'"),
            postgresql_where=sql("state = 'queued'"),
        ),
        # Claims walk one official's emails (or, with no official, the supporters') in order of age.
        Index(
            "ix_outbox_email_lane",
            "official_id",
            "due_at",
            "id",
            sqlite_where=sql("state = 'queued'"),
            postgresql_where=sql("state = 'queued'"),
        ),
        Index(
            "ix_outbox_email_lease",
            "lease_ends_at",
            sqlite_where=sql("state IN ('leased', 'sending')"),
            postgresql_where=sql("state IN ('leased', 'sending')"),
        ),
        Index("ix_outbox_email_state", "state", "kind"),
        Index("ix_outbox_email_supporter_id", "supporter_id", "created_at"),
        Index("ix_outbox_email_signature_id", "signature_id"),
        Index(
            "ix_outbox_email_to_hash",
            "to_hash",
            sqlite_where=sql("to_hash IS NOT NULL"),
            postgresql_where=sql("to_hash IS NOT NULL"),
        ),
        Index("ix_outbox_email_official_id", "official_id", "state"),
        Index(
            "ix_outbox_email_digest",
            "official_id",
            "id",
            sqlite_where=sql("kind = 'digest'"),
            postgresql_where=sql("kind = 'digest'"),
        ),
        # The desk lists the few that did not go well, of all campaigns or of one, without passing the others.
        Index("ix_outbox_email_trouble", "state", "id", sqlite_where=_TROUBLE, postgresql_where=_TROUBLE),
        Index(
            "ix_outbox_email_trouble_of",
            "campaign_id",
            "state",
            "id",
            sqlite_where=_TROUBLE,
            postgresql_where=_TROUBLE,
        ),
        Index("ix_outbox_email_deferred", "id", sqlite_where=_DEFERRED, postgresql_where=_DEFERRED),
        # How far an update has come is counted from the one, and its emails are claimed by the other.
        Index(
            "ix_outbox_email_update_id",
            "update_id",
            "state",
            sqlite_where=_OF_UPDATE,
            postgresql_where=_OF_UPDATE,
        ),
        Index(
            "ix_outbox_email_update_due",
            "state",
            "due_at",
            "id",
            sqlite_where=_OF_UPDATE,
            postgresql_where=_OF_UPDATE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[EmailKind] = mapped_column(word(EmailKind))
    state: Mapped[OutboxState] = mapped_column(word(OutboxState))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), unique=True)
    official_id: Mapped[int | None] = mapped_column(ForeignKey("official.id"))
    to_address: Mapped[str] = mapped_column(
        EncryptedText("outbox_email.to_address"), info={"encrypted_where": _TO_NO_OFFICE}
    )
    to_hash: Mapped[str | None] = mapped_column(String(64))
    to_name: Mapped[str | None] = mapped_column(EncryptedText("outbox_email.to_name"))
    from_name: Mapped[str | None] = mapped_column(EncryptedText("outbox_email.from_name"))
    reply_to: Mapped[str | None] = mapped_column(EncryptedText("outbox_email.reply_to"))
    language: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(EncryptedText("outbox_email.subject"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    leased_by: Mapped[str | None] = mapped_column(String(32))
    lease_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sending_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider: Mapped[str | None] = mapped_column(String(20))
    provider_message_id: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    deferred_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    update_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_update.id"))
    is_quiet: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class OutboxCampaign(Base):
    """A further campaign that an email is about, beside its own: one that asks about several letters."""

    __tablename__ = "outbox_campaign"

    email_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_email.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class OutboxBody(Base):
    """The words of one email, apart from its row: each change of state rewrites the row, and never these.

    `html` is None where it is the text in paragraphs. `unsubscribe_url` goes into the headers. `files` go
    along. Words that have served, or that somebody erased, are deleted.
    """

    __tablename__ = "outbox_body"

    email_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_email.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(EncryptedText("outbox_body.text"))
    html: Mapped[str | None] = mapped_column(EncryptedText("outbox_body.html"))
    unsubscribe_url: Mapped[str | None] = mapped_column(EncryptedText("outbox_body.unsubscribe_url"))
    files: Mapped[list[dict[str, str]] | None] = mapped_column(EncryptedJson("outbox_body.files"))


class DigestedMessage(Base):
    """A message that does not leave by itself: the email of which it is a part, and whose state it follows.

    Apart from the email's own row, so that those which leave by themselves, nearly all, cost nothing more.
    """

    __tablename__ = "digested_message"

    email_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_email.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    digest_id: Mapped[int] = mapped_column(ForeignKey("outbox_email.id", ondelete="CASCADE"), index=True)


class Worker(Base):
    """A worker process and when it was last alive."""

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProviderPause(Base):
    """Until when nothing is claimed for a provider; without an end, until an organizer says so.

    Past its end the row stays until one email has got through: until then only one at a time is tried.
    """

    __tablename__ = "provider_pause"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    cause: Mapped[PauseCause] = mapped_column(word(PauseCause), server_default=sql("'organizer'"))
    paused_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resumes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)


class PaceBucket(Base):
    """A token bucket that all workers share; one that is full may as well be absent.

    `key` is `official:<id>`, `domain:<recipient domain>` or `provider:<name>`; under `day:official:<id>` and
    `day:campaign:<id>` the tokens are what went today, below zero.
    """

    __tablename__ = "pace_bucket"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    tokens: Mapped[float]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
