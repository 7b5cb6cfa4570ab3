"""Supporters, their signatures, and what they write."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    false,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from campaign.domain.name_order import name_keys
from campaign.domain.official import Channel
from campaign.domain.signature import Capacity, SignatureState, Visibility
from campaign.domain.signing_form import FormState
from campaign.domain.tokens import TokenPurpose
from campaign.store.tables.base import Base, UtcDateTime, word
from campaign.store.tables.encrypted import EncryptedText

# Spelled out, since SQLite finds the index only by the words it was made with.
_OPEN = "state IN ('waiting', 'held', 'mailed')"
FORM_IS_OPEN = text(f"signing_form.{_OPEN}")
_UNLOGGED = "state = 'confirmed' AND is_logged IS FALSE"
_GONE = "state != 'confirmed' AND is_logged IS TRUE"
_AGREED = "updates IS TRUE"
# The state in a form of which SQLite uses no index: it would else walk all who are confirmed.
IS_AGREED = text("signature.updates IS TRUE AND signature.state || '' = 'confirmed'")
_NAMED = "visibility IN ('public', 'initials')"
IS_NAMED = text(f"signature.{_NAMED}")
_ORGANIZATIONS = "capacity = 'organization' AND state = 'confirmed'"
IS_UNLOGGED = text("signature.state = 'confirmed' AND signature.is_logged IS FALSE")
IS_GONE = text("signature.state != 'confirmed' AND signature.is_logged IS TRUE")


class SigningForm(Base):
    """A signing form as it was sent in, until its mailbox's owner confirms it: one row and no more.

    `content` is the form as JSON, and `composed` its messages as they were shown to whoever confirmed them;
    both are empty once they have been written out, or are too old. Both hashes of the address come from the
    worker that looks at it first: `address_hash` is that of the canonical address, `spelling_hash` that of
    the address as typed. Without content it is not a form but a request to send the last one's mail again.
    """

    __tablename__ = "signing_form"
    __table_args__ = (
        *(
            Index(
                f"ix_signing_form_{state.value}",
                *columns,
                sqlite_where=text(f"state = '{state.value}'"),
                postgresql_where=text(f"state = '{state.value}'"),
            )
            for state, columns in (
                (FormState.RECEIVED, ("id",)),
                (FormState.WAITING, ("mail_at", "id")),
                (FormState.HELD, ("id",)),
                (FormState.CONFIRMED, ("id",)),
                (FormState.RESTORED, ("id",)),
            )
        ),
        Index(
            "ix_signing_form_open",
            "campaign_id",
            "id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        # Empty until a worker has looked at it, so that the form's own sender does not wait for these.
        Index(
            "ix_signing_form_address_hash",
            "address_hash",
            "id",
            sqlite_where=text("address_hash IS NOT NULL"),
            postgresql_where=text("address_hash IS NOT NULL"),
        ),
        Index(
            "ix_signing_form_signature_id",
            "signature_id",
            sqlite_where=text("signature_id IS NOT NULL"),
            postgresql_where=text("signature_id IS NOT NULL"),
        ),
        Index(
            "ix_signing_form_proof",
            "proof",
            sqlite_where=text("proof IS NOT NULL"),
            postgresql_where=text("proof IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    state: Mapped[FormState] = mapped_column(word(FormState))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    language: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(EncryptedText("signing_form.email"))
    content: Mapped[str | None] = mapped_column(EncryptedText("signing_form.content"))
    network: Mapped[str | None] = mapped_column(String(64))
    proof: Mapped[str | None] = mapped_column(String(64))
    is_suspected: Mapped[bool] = mapped_column(Boolean, server_default=false())
    address_hash: Mapped[str | None] = mapped_column(String(64))
    spelling_hash: Mapped[str | None] = mapped_column(String(64))
    mail_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="SET NULL"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    composed: Mapped[str | None] = mapped_column(EncryptedText("signing_form.composed"))


class Supporter(Base):
    """A person we know, unique by the keyed hash of their canonical address.

    `spelling_hash` is that of `email` as it is spelled; empty for those who confirmed before it was kept.
    """

    __tablename__ = "supporter"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    spelling_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    email: Mapped[str | None] = mapped_column(EncryptedText("supporter.email"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Signature(Base):
    """A supporter's confirmed act on one campaign; `network` stands for where its form came from that day.

    `anonymized_at` is when all that tells who signed was deleted, so that no more than the count is left.
    `is_logged` says that the log behind the count has an entry for it.
    `import_id` is the run by which an organizer entered it, until its owner confirms it.
    `wall_key` and `last_key` order and find the name on the wall of names; who is not named has neither.
    What is `sealed` is all that is known of somebody who signed so; `sealed_to` tells for which key.
    `secret_hash` is of the secret words that were chosen in a quiet campaign.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("campaign_id", "supporter_id"),
        # The page's latest names are one range of this index, whatever the number of signatures.
        Index(
            "ix_signature_shown",
            "campaign_id",
            "confirmed_at",
            "id",
            sqlite_where=text(f"state = 'confirmed' AND {_NAMED}"),
            postgresql_where=text(f"state = 'confirmed' AND {_NAMED}"),
        ),
        # Exports and the desk walk confirmed supporters in the order of confirmation.
        Index("ix_signature_state", "campaign_id", "state", "id"),
        Index("ix_signature_supporter_id", "supporter_id"),
        # What the log of the count lacks, and what it holds too much: mostly nothing.
        *(
            Index(
                name,
                "campaign_id",
                "id",
                sqlite_where=text(condition),
                postgresql_where=text(condition),
            )
            for name, condition in (("ix_signature_unlogged", _UNLOGGED), ("ix_signature_gone", _GONE))
        ),
        # Who asked for news: the list of an update is made of a range of it after the other.
        Index(
            "ix_signature_agreed",
            "campaign_id",
            "id",
            sqlite_where=text(_AGREED),
            postgresql_where=text(_AGREED),
        ),
        # What a run entered is one range of it.
        Index(
            "ix_signature_import_id",
            "import_id",
            "id",
            sqlite_where=text("import_id IS NOT NULL"),
            postgresql_where=text("import_id IS NOT NULL"),
        ),
        # The desk reads from it how many confirmed since a time: one look, not a count.
        Index(
            "ix_signature_confirmed_at",
            "campaign_id",
            "confirmed_at",
            "number",
            sqlite_where=text("confirmed_at IS NOT NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
        # What is still sealed to an earlier key is one range of this.
        Index(
            "ix_signature_sealed",
            "campaign_id",
            "id",
            sqlite_where=text("sealed IS NOT NULL"),
            postgresql_where=text("sealed IS NOT NULL"),
        ),
        # A page of the wall of names, and of those found on it, is one range of these.
        *(
            Index(
                f"ix_signature_{column}",
                "campaign_id",
                column,
                "id",
                sqlite_where=text(f"state = 'confirmed' AND {column} IS NOT NULL"),
                postgresql_where=text(f"state = 'confirmed' AND {column} IS NOT NULL"),
            )
            for column in ("wall_key", "last_key")
        ),
        # The desk's list, newest first, and what of it is narrowed to a few of very many.
        Index("ix_signature_campaign_id", "campaign_id", "id"),
        Index(
            "ix_signature_organizations",
            "campaign_id",
            "id",
            sqlite_where=text(_ORGANIZATIONS),
            postgresql_where=text(_ORGANIZATIONS),
        ),
        Index("ix_signature_language", "campaign_id", "language", "id"),
        *(
            Index(
                f"ix_signature_{column}",
                "campaign_id",
                column,
                "id",
                sqlite_where=text(f"{column} IS NOT NULL"),
                postgresql_where=text(f"{column} IS NOT NULL"),
            )
            for column in ("country", "source")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"))
    letter_version_id: Mapped[int] = mapped_column(ForeignKey("letter_version.id"))
    state: Mapped[SignatureState] = mapped_column(word(SignatureState))
    name: Mapped[str] = mapped_column(EncryptedText("signature.name"))
    capacity: Mapped[Capacity] = mapped_column(word(Capacity))
    organization: Mapped[str | None] = mapped_column(EncryptedText("signature.organization"))
    role: Mapped[str | None] = mapped_column(EncryptedText("signature.role"))
    country: Mapped[str | None] = mapped_column(String(2))
    postal_code: Mapped[str | None] = mapped_column(EncryptedText("signature.postal_code"))
    visibility: Mapped[Visibility] = mapped_column(word(Visibility))
    updates: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(String(20))
    source: Mapped[str | None] = mapped_column(String(80))
    network: Mapped[str | None] = mapped_column(String(64))
    number: Mapped[int | None]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    anonymized_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[int | None]
    is_logged: Mapped[bool] = mapped_column(Boolean, server_default=false())
    wall_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    # No list needs it: a page of the desk would read a megabyte.
    sealed: Mapped[str | None] = mapped_column(Text, deferred=True)
    sealed_to: Mapped[str | None] = mapped_column(String(19))
    secret_hash: Mapped[str | None] = mapped_column(String(64))


@event.listens_for(Signature, "before_insert")
@event.listens_for(Signature, "before_update")
def _keep_keys(_mapper: Mapper[Signature], _connection: Connection, signature: Signature) -> None:
    """Whoever changes a name or how it appears need not think of its place on the wall."""
    changes = inspect(signature).attrs
    if not (changes["name"].history.has_changes() or changes["visibility"].history.has_changes()):
        return
    keys = name_keys(signature.name, signature.visibility)
    if (keys.wall, keys.last) != (signature.wall_key, signature.last_key):
        signature.wall_key, signature.last_key = keys.wall, keys.last


class Consent(Base):
    """What a supporter agreed to, in the words and the language they read."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    wording: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """One supporter's personal text to one official; what is sent of it is an OutboxEmail.

    `own_words` says, once it is confirmed, how much of it is their own (0 to 100); None without any words.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("signature_id", "official_id"),
        Index("ix_message_official_id", "official_id"),
        # What the desk prints for one official is one range of it, however many messages went by email.
        Index(
            "ix_message_by_hand",
            "official_id",
            "id",
            sqlite_where=text("channel = 'hand'"),
            postgresql_where=text("channel = 'hand'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"))
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id"))
    channel: Mapped[Channel] = mapped_column(word(Channel))
    subject: Mapped[str] = mapped_column(EncryptedText("message.subject"))
    words: Mapped[str] = mapped_column(EncryptedText("message.words"))
    stressed_asks: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    own_words: Mapped[int | None]


class LinkToken(Base):
    """A link in an email: its hash, and the one thing it may do to one signature, or to one kept form."""

    __tablename__ = "link_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[TokenPurpose] = mapped_column(word(TokenPurpose))
    signature_id: Mapped[int | None] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), index=True
    )
    form_id: Mapped[int | None] = mapped_column(ForeignKey("signing_form.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
