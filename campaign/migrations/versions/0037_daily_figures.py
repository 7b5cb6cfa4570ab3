"""Figures of each day, kept as things happen; those of the past are counted from what is stored

Revision ID: 0037
Revises: 0036
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

MOST_SOURCES = 100
BAND = 5

_MOMENT = sa.DateTime(timezone=True)
signature = sa.table(
    "signature",
    *(sa.column(name) for name in ("id", "campaign_id", "state", "language", "country", "source")),
    *(sa.column(name, _MOMENT) for name in ("signed_at", "confirmed_at", "withdrawn_at")),
)
signing_form = sa.table(
    "signing_form",
    *(sa.column(name) for name in ("campaign_id", "state", "language", "content")),
    *(sa.column(name, _MOMENT) for name in ("received_at", "mail_at")),
)
removal = sa.table(
    "removal", sa.column("signature_id"), sa.column("state_before"), sa.column("removed_at", _MOMENT)
)
official = sa.table("official", sa.column("id"), sa.column("campaign_id"))
message = sa.table(
    "message", sa.column("official_id"), sa.column("own_words"), sa.column("created_at", _MOMENT)
)
outbox_email = sa.table(
    "outbox_email",
    *(sa.column(name) for name in ("campaign_id", "kind", "state", "official_id")),
    *(sa.column(name, _MOMENT) for name in ("sending_at", "settled_at", "created_at")),
)


def upgrade() -> None:
    figure = op.create_table(
        "daily_figure",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dimension", sa.String(20), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_daily_figure_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "dimension", "what", "day", "key", name=op.f("pk_daily_figure")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "figure_delta",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("language", sa.String(20), nullable=True),
        sa.Column("country", sa.String(2), nullable=True),
        sa.Column("source", sa.String(80), nullable=True),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("own_words", sa.String(3), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_delta")),
    )
    past = _Past(op.get_bind())
    past.count_all()
    rows = past.rows()
    if rows:
        op.get_bind().execute(figure.insert(), rows)


def downgrade() -> None:
    op.drop_table("figure_delta")
    op.drop_table("daily_figure")


class _Past:
    """Counts what is stored, a row after the other; forms that were given up and deleted are not known."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._zone = _zone(connection)
        self._cells: Counter[tuple[int, str, str, Any, str]] = Counter()

    def count_all(self) -> None:
        """Forms, signatures, removals and messages."""
        self._signatures()
        self._forms()
        self._removals()
        self._messages()

    def rows(self) -> list[dict[str, Any]]:
        """The figures, with sources beyond the commonest put together."""
        of_source: dict[int, Counter[str]] = {}
        for (campaign_id, dimension, what, _, key), number in self._cells.items():
            if dimension == "source" and what == "confirmed":
                of_source.setdefault(campaign_id, Counter())[key] += number
        known = {id_: {key for key, _ in of.most_common(MOST_SOURCES)} for id_, of in of_source.items()}
        cells: Counter[tuple[int, str, str, Any, str]] = Counter()
        for (campaign_id, dimension, what, day, key), number in self._cells.items():
            is_rare = dimension == "source" and key not in known.get(campaign_id, set())
            cells[campaign_id, dimension, what, day, "*" if is_rare else key] += number
        names = ("campaign_id", "dimension", "what", "day", "key")
        return [{**dict(zip(names, cell, strict=True)), "number": number} for cell, number in cells.items()]

    def _signatures(self) -> None:
        columns = ("campaign_id", "state", "signed_at", "confirmed_at", "withdrawn_at")
        by = ("language", "country", "source")
        for row in self._stream(sa.select(*(signature.c[name] for name in (*columns, *by)))):
            keys = {name: getattr(row, name) for name in by}
            language = {"language": row.language}
            self._add(row.campaign_id, "started", row.signed_at, language)
            self._add(row.campaign_id, "asked", row.signed_at, language)
            if row.confirmed_at is not None:
                self._add(row.campaign_id, "confirmed", row.confirmed_at, keys)
                if row.state == "withdrawn" and row.withdrawn_at is not None:
                    self._add(row.campaign_id, "withdrawn", row.withdrawn_at, keys)

    def _forms(self) -> None:
        """Those that nobody has confirmed yet: of the others there are signatures."""
        names = ("campaign_id", "state", "language", "received_at", "mail_at")
        is_open = signing_form.c.state.in_(("received", "waiting", "held", "mailed"))
        has_content = signing_form.c.content.is_not(None)
        columns = (signing_form.c[name] for name in names)
        for row in self._stream(sa.select(*columns).where(is_open, has_content)):
            language = {"language": row.language}
            self._add(row.campaign_id, "started", row.received_at, language)
            if row.state == "mailed":
                self._add(row.campaign_id, "asked", row.mail_at or row.received_at, language)

    def _removals(self) -> None:
        removed = (
            sa.select(signature.c.campaign_id, removal.c.removed_at)
            .join_from(removal, signature, signature.c.id == removal.c.signature_id)
            .where(removal.c.state_before == "confirmed")
        )
        for row in self._stream(removed):
            self._add(row.campaign_id, "removed", row.removed_at, {})

    def _messages(self) -> None:
        written = sa.select(
            official.c.campaign_id, message.c.official_id, message.c.own_words, message.c.created_at
        ).join_from(message, official, official.c.id == message.c.official_id)
        for row in self._stream(written):
            score = row.own_words
            band = "-" if score is None else str(min(score, 99) // BAND * BAND)
            keys = {"official": str(row.official_id), "own_words": band}
            self._add(row.campaign_id, "written", row.created_at, keys)
        at = sa.func.coalesce(
            outbox_email.c.sending_at, outbox_email.c.settled_at, outbox_email.c.created_at, type_=_MOMENT
        )
        sent = sa.select(outbox_email.c.campaign_id, outbox_email.c.official_id, at.label("at")).where(
            outbox_email.c.kind == "message",
            outbox_email.c.state.in_(("accepted", "delivered", "bounced")),
            outbox_email.c.campaign_id.is_not(None),
            outbox_email.c.official_id.is_not(None),
        )
        for row in self._stream(sent):
            self._add(row.campaign_id, "sent", row.at, {"official": str(row.official_id)})

    def _stream(self, statement: sa.Select[Any]) -> Iterable[Any]:
        return self._connection.execute(statement.execution_options(yield_per=10_000))

    def _add(self, campaign_id: int, what: str, at: datetime, keys: Mapping[str, str | None]) -> None:
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        day = aware.astimezone(self._zone).date()
        self._cells[campaign_id, "all", what, day, ""] += 1
        for dimension, key in keys.items():
            if key:
                self._cells[campaign_id, dimension, what, day, key] += 1


def _zone(connection: sa.Connection) -> tzinfo:
    """The desk's zone as it is stored; what only the settings say, a migration does not know."""
    site = sa.table("site", sa.column("id"), sa.column("time_zone"))
    stored = connection.execute(sa.select(site.c.time_zone).order_by(site.c.id).limit(1)).scalar()
    return ZoneInfo(stored) if stored else UTC
