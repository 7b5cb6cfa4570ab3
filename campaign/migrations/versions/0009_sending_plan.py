"""When messages may be sent: windows, daily limits, and a campaign's time zone

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("time_zone", sa.String(64), nullable=True))
    for table in ("campaign", "official"):
        op.add_column(table, sa.Column("sending_from", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("sending_until", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("daily_limit", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in ("official", "campaign"):
        for column in ("daily_limit", "sending_until", "sending_from"):
            op.drop_column(table, column)
    op.drop_column("campaign", "time_zone")
