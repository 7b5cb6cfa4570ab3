"""Who outside signs what is published of the log behind a count, and what they signed."""

from datetime import date

from sqlalchemy import Date, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base


class Witness(Base):
    """A partner organization, by its public key (32 bytes, Ed25519); one that is removed signs no more.

    What it has signed stays, with the name it had.
    """

    __tablename__ = "witness"
    __table_args__ = (UniqueConstraint("campaign_id", "public_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    name: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    added_on: Mapped[date] = mapped_column(Date)
    removed_on: Mapped[date | None] = mapped_column(Date)


class CoSignature(Base):
    """One witness's signature under the log as it was published at a size; never changed or taken out.

    `origin` is what the log was called when it was signed: an installation may move to another address.
    """

    __tablename__ = "co_signature"

    witness_id: Mapped[int] = mapped_column(ForeignKey("witness.id"), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(300))
    hash_name: Mapped[str] = mapped_column(String(10))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    signed_on: Mapped[date] = mapped_column(Date)
