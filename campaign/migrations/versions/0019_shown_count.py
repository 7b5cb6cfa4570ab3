"""The count that pages show, and until when they show names: they follow the signatures in steps

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("shown_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch.add_column(sa.Column("shown_until", sa.DateTime(timezone=True), nullable=True))
    # What pages have shown until now, they go on showing.
    op.execute(
        "UPDATE campaign SET shown_count = signature_count, shown_until ="
        " (SELECT max(confirmed_at) FROM signature WHERE signature.campaign_id = campaign.id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("campaign") as batch:
        batch.drop_column("shown_until")
        batch.drop_column("shown_count")
