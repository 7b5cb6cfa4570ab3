"""An index of confirmations by time, for the desk's numbers of today and this week

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_signature_confirmed_at",
        "signature",
        ["campaign_id", "confirmed_at", "number"],
        sqlite_where=sa.text("confirmed_at IS NOT NULL"),
        postgresql_where=sa.text("confirmed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_signature_confirmed_at", table_name="signature")
