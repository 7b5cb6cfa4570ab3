"""Updates that organizers send to those who asked for news, and the organizers' own words in other mails."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.affirming import VersionAnswer
from campaign.domain.outbox import EmailKind
from campaign.domain.updates import RecipientState, UpdateState
from campaign.store.tables.base import Base, UtcDateTime, word

# Spelled out, since SQLite finds the index only by the words it was made with.
_WAITING = "state = 'waiting'"
IS_WAITING = sql(f"update_recipient.{_WAITING}")
_ASKS = "asks_wording IS NOT NULL"
_AT_WORK = "state IN ('preparing', 'sending') OR clears IS TRUE"
IS_AT_WORK = sql("campaign_update.state IN ('preparing', 'sending') OR campaign_update.clears IS TRUE")


class CampaignUpdate(Base):
    """News about a campaign, in the organizers' words, and how far its sending has come.

    `texts` has subject and body by language, `audience` whom it is for. `edition` goes up with each change,
    so that what is approved is what was read. Its list is made of the signatures up to `last_signature_id`,
    of which those up to `gathered_id` have been looked at. `clears` says that an earlier list is being
    deleted. The figures from `sent` on are those of `counted_at`.

    One that `asks_wording` asks those who signed an earlier wording of the letter whether they affirm this
    one: a wording is asked about once.
    """

    __tablename__ = "campaign_update"
    __table_args__ = (
        Index("ix_campaign_update_campaign_id", "campaign_id", "id"),
        Index("ix_campaign_update_at_work", "id", sqlite_where=sql(_AT_WORK), postgresql_where=sql(_AT_WORK)),
        Index(
            "ix_campaign_update_asks_wording",
            "campaign_id",
            "asks_wording",
            unique=True,
            sqlite_where=sql(_ASKS),
            postgresql_where=sql(_ASKS),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    state: Mapped[UpdateState] = mapped_column(word(UpdateState))
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    hourly_rate: Mapped[int]
    edition: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    written_by: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("organizer.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clears: Mapped[bool] = mapped_column(Boolean, server_default=false())
    last_signature_id: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    gathered_id: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    recipients: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    written: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    passed_over: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    unsubscribed: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    sent: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    delivered: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    bounced: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    failed: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    in_doubt: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asks_wording: Mapped[int | None]
    affirmed: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    stayed: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    withdrew: Mapped[int] = mapped_column(default=0, server_default=sql("0"))


class UpdateRecipient(Base):
    """One supporter on the list of one update: the key keeps anybody from getting it twice.

    A row that is *written* stays when the text is changed and a new list is made.
    """

    __tablename__ = "update_recipient"
    __table_args__ = (
        Index(
            "ix_update_recipient_waiting",
            "update_id",
            "signature_id",
            sqlite_where=sql(_WAITING),
            postgresql_where=sql(_WAITING),
        ),
        Index("ix_update_recipient_signature_id", "signature_id"),
        Index("ix_update_recipient_update_id", "update_id", "supporter_id"),
    )

    supporter_id: Mapped[int] = mapped_column(
        ForeignKey("supporter.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    update_id: Mapped[int] = mapped_column(
        ForeignKey("campaign_update.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"))
    state: Mapped[RecipientState] = mapped_column(word(RecipientState))


class Affirmation(Base):
    """What somebody who signed an earlier wording said about this one.

    `before_version_id` is what they were counted for, and are again when they change their mind.
    """

    __tablename__ = "affirmation"

    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    wording: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[VersionAnswer] = mapped_column(word(VersionAnswer))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))


class MailText(Base):
    """What organizers add to a mail that the program writes, in one language."""

    __tablename__ = "mail_text"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[EmailKind] = mapped_column(word(EmailKind), primary_key=True)
    language: Mapped[str] = mapped_column(String(20), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
