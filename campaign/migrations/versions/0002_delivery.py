"""Delivery: lanes, token buckets, first attempts and causes of pauses

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pace_bucket",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pace_bucket")),
    )
    op.create_index(op.f("ix_pace_bucket_at"), "pace_bucket", ["at"])
    op.add_column("outbox_email", sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_email_lane",
        "outbox_email",
        ["official_id", "due_at", "id"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.add_column(
        "provider_pause",
        sa.Column("cause", sa.String(20), server_default=sa.text("'organizer'"), nullable=False),
    )


def downgrade() -> None:
    with op.batch_alter_table("provider_pause") as batch_op:
        batch_op.drop_column("cause")
    op.drop_index("ix_outbox_email_lane", table_name="outbox_email")
    with op.batch_alter_table("outbox_email") as batch_op:
        batch_op.drop_column("first_tried_at")
    op.drop_index(op.f("ix_pace_bucket_at"), table_name="pace_bucket")
    op.drop_table("pace_bucket")
