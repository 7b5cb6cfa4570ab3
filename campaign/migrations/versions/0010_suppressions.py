"""Addresses that are not written to, officials that rest by themselves, one-click links, who sent a report

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OFFICIAL = ("paused_until", "pause_cause", "pause_note", "resumed_at")
OF_AN_OFFICIAL = sa.text("official_id IS NOT NULL")
ACTIVE = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("masked", sa.String(length=260), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reports", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sa.UniqueConstraint("address_hash", "reason", name=op.f("uq_suppression_address_hash_reason")),
    )
    op.create_index(
        "ix_suppression_active", "suppression", ["id"], sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )
    op.add_column("outbox_body", sa.Column("unsubscribe_url", sa.Text(), nullable=True))
    op.add_column("official", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("official", sa.Column("pause_cause", sa.String(20), nullable=True))
    op.add_column("official", sa.Column("pause_note", sa.Text(), nullable=True))
    op.add_column("official", sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True))
    # Until now SendGrid was the only one to report.
    op.add_column(
        "delivery_event",
        sa.Column("source", sa.String(20), server_default=sa.text("'sendgrid'"), nullable=False),
    )
    op.add_column("delivery_event", sa.Column("official_id", sa.Integer(), nullable=True))
    op.create_index(
        "ix_delivery_event_official",
        "delivery_event",
        ["official_id", "occurred_at"],
        sqlite_where=OF_AN_OFFICIAL,
        postgresql_where=OF_AN_OFFICIAL,
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_event_official", table_name="delivery_event")
    for name in ("official_id", "source"):
        op.drop_column("delivery_event", name)
    for name in OFFICIAL:
        op.drop_column("official", name)
    op.drop_column("outbox_body", "unsubscribe_url")
    op.drop_index("ix_suppression_active", table_name="suppression")
    op.drop_table("suppression")
