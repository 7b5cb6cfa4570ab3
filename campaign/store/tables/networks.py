"""What networks are told apart by."""

from datetime import date

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base


class NetworkSalt(Base):
    """The secret that hides networks on one day (UTC): once it is gone, nobody can tell which they were."""

    __tablename__ = "network_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
