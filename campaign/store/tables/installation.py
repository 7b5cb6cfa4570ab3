"""What the database knows of the installation it belongs to."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base, UtcDateTime


class Installation(Base):
    """One row: the fingerprint of the oldest secret key still kept, by which supporters are known."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_fingerprint: Mapped[str] = mapped_column(String(32))


class EarlierValues(Base):
    """One row while values of earlier versions, bound to no row or not encrypted at all, may be in tables.

    The `proof` is made with the key: nobody else can have such values read again once they are gone.
    """

    __tablename__ = "earlier_values"

    id: Mapped[int] = mapped_column(primary_key=True)
    proof: Mapped[str] = mapped_column(String(64))


class DataKeyUse(Base):
    """A key that something in the database is encrypted under, by the name that each value carries.

    The one with the highest `number` encrypts what is written now. `encrypted_at` is when nothing was left
    under any other, or under none. Until then a walk through all tables goes on: it is at the row `after` of
    `at_table`, has `rewritten` so many rows, and `is_clean` while it has met none that another had to leave.
    """

    __tablename__ = "data_key"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    encrypted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    walk_began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at_table: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    after: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    is_clean: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    rewritten: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
