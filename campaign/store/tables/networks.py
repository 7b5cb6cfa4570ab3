"""What networks are told apart by."""

from datetime import date, datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base, UtcDateTime


class NetworkSalt(Base):
    """The secret that hides networks on one day (UTC): once it is gone, nobody can tell which they were."""

    __tablename__ = "network_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class NetworkRush(Base):
    """How many forms a network, known by a value of the day, may still send in without a proof of work.

    Beside them, as `codes:` and the hash of a mailbox, how many codes wrong tries were compared with.
    """

    __tablename__ = "network_rush"

    network: Mapped[str] = mapped_column(String(64), primary_key=True)
    tokens: Mapped[float]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
