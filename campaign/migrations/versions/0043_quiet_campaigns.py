"""Quiet campaigns, and a second secret of those who signed them

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("quiet_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signature", sa.Column("secret_hash", sa.String(64), nullable=True))


def downgrade() -> None:
    # Code from before would write to them what it is about, and sign what comes in with no words asked for.
    op.execute(
        "UPDATE signature SET updates = false"
        " WHERE campaign_id IN (SELECT id FROM campaign WHERE quiet_at IS NOT NULL)"
    )
    op.execute("UPDATE campaign SET state = 'closed' WHERE quiet_at IS NOT NULL AND state = 'open'")
    op.drop_column("signature", "secret_hash")
    op.drop_column("campaign", "quiet_at")
