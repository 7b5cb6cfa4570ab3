"""Which emails say nothing of what they are about, which further campaigns an email is about, and which
signatures were removed because readers reported them

Of emails about several letters that wait to be sent only the newest letter is known.

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outbox_email", sa.Column("is_quiet", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    # What a quiet campaign wrote to its signers told nothing: it may still be sent.
    op.execute(
        "UPDATE outbox_email SET is_quiet = true WHERE to_hash IS NOT NULL AND EXISTS (SELECT 1 FROM campaign"
        " WHERE campaign.id = outbox_email.campaign_id AND campaign.quiet_at <= outbox_email.created_at)"
    )
    op.add_column(
        "removal", sa.Column("is_for_reports", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "outbox_campaign",
        sa.Column("email_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_outbox_campaign_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["email_id"],
            ["outbox_email.id"],
            name=op.f("fk_outbox_campaign_email_id_outbox_email"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("email_id", "campaign_id", name=op.f("pk_outbox_campaign")),
    )
    op.create_index(op.f("ix_outbox_campaign_campaign_id"), "outbox_campaign", ["campaign_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_outbox_campaign_campaign_id"), table_name="outbox_campaign")
    op.drop_table("outbox_campaign")
    op.drop_column("removal", "is_for_reports")
    op.drop_column("outbox_email", "is_quiet")
