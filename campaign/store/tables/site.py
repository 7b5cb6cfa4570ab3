"""The site: who publishes here."""

from datetime import datetime

from sqlalchemy import JSON, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.store.tables.base import Base, UtcDateTime


class Site(Base):
    """Who stands behind the pages, as an owner wrote it on the desk: one row, or none before the first time.

    `privacy_notices` is Markdown by language. `mark` is the logo as a PNG of our own making, `mark_tag` a
    name for its content.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    legal_address: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(254))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    privacy_notices: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    mark_tag: Mapped[str | None] = mapped_column(String(16))
    mark_width: Mapped[int | None]
    mark_height: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
