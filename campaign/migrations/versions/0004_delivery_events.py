"""Delivery events

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_delivery_event_event_id")),
    )
    with op.batch_alter_table("delivery_event", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_event_public_id", ["public_id"], unique=False)
        batch_op.create_index(
            "ix_delivery_event_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("digested_at IS NULL"),
            postgresql_where=sa.text("digested_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("delivery_event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_event_waiting",
            sqlite_where=sa.text("digested_at IS NULL"),
            postgresql_where=sa.text("digested_at IS NULL"),
        )
        batch_op.drop_index("ix_delivery_event_public_id")

    op.drop_table("delivery_event")
