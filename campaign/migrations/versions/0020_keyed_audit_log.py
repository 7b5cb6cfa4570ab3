"""A key for the audit log's chain, windows for what strangers cause in it, links to choose a new password

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Entries that are there keep their plain hashes: migrations do not know the key.
    op.add_column("audit_entry", sa.Column("key_id", sa.String(16), nullable=True))
    op.create_table(
        "audit_window",
        sa.Column("window_hash", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("window_hash", name=op.f("pk_audit_window")),
    )
    op.create_index("ix_audit_window_recorded_at", "audit_window", ["recorded_at"])
    op.add_column("organizer", sa.Column("reset_hash", sa.String(64), nullable=True))
    op.add_column("organizer", sa.Column("reset_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("organizer", "reset_until")
    op.drop_column("organizer", "reset_hash")
    op.drop_index("ix_audit_window_recorded_at", table_name="audit_window")
    op.drop_table("audit_window")
    op.drop_column("audit_entry", "key_id")
