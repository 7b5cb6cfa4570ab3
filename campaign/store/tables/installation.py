"""What the database knows of the installation it belongs to."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base


class Installation(Base):
    """One row: the fingerprint of the oldest secret key still kept, by which supporters are known."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_fingerprint: Mapped[str] = mapped_column(String(32))
