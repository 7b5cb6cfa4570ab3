"""How long a campaign keeps who signed, what has been deleted, and when each kind of it last was

Revision ID: 0018
Revises: 0017
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

USUAL_DAYS = 90
# Whoever runs a campaign that closed long ago has this long to see that its data are about to go.
NOTICE_DAYS = 28


def upgrade() -> None:
    op.add_column("campaign", sa.Column("retention_days", sa.Integer(), nullable=True))
    op.add_column(
        "campaign", sa.Column("keep_public_names", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("campaign", sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signature", sa.Column("anonymized_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reply", sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True))
    is_kept = sa.text("emptied_at IS NULL")
    op.create_index("ix_reply_kept", "reply", ["id"], sqlite_where=is_kept, postgresql_where=is_kept)
    op.create_table(
        "purge_run",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_purge_run")),
    )
    _give_notice()


def downgrade() -> None:
    op.drop_table("purge_run")
    op.drop_index("ix_reply_kept", table_name="reply")
    op.drop_column("reply", "emptied_at")
    op.drop_column("signature", "anonymized_at")
    for column in ("purged_at", "keep_public_names", "retention_days"):
        op.drop_column("campaign", column)


def _give_notice() -> None:
    campaign = sa.table(
        "campaign",
        sa.column("id", sa.Integer),
        sa.column("state", sa.String),
        sa.column("closed_at", sa.DateTime(timezone=True)),
        sa.column("retention_days", sa.Integer),
    )
    closed = sa.select(campaign.c.id, campaign.c.closed_at).where(
        campaign.c.state == "closed", campaign.c.closed_at.is_not(None)
    )
    for campaign_id, closed_at in op.get_bind().execute(closed).all():
        # SQLite keeps times without their zone, which is UTC.
        closed_for = datetime.now(UTC) - closed_at.replace(tzinfo=closed_at.tzinfo or UTC)
        days = closed_for.days + 1 + NOTICE_DAYS
        if days > USUAL_DAYS:
            op.execute(campaign.update().where(campaign.c.id == campaign_id).values(retention_days=days))
