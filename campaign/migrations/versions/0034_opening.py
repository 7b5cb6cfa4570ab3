"""What comes before a campaign is open: a preview, a time to open at; and what an installation has set up

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("preview_hash", sa.String(64), nullable=True),
        sa.Column("preview_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_version", sa.Integer(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_zone", sa.String(64), nullable=True),
        sa.Column("held_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_opening_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_opening")),
        sa.UniqueConstraint("preview_hash", name=op.f("uq_opening_preview_hash")),
    )
    op.create_index(op.f("ix_opening_opens_at"), "opening", ["opens_at"])
    op.create_table(
        "setup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("trial_email_id", sa.Integer(), nullable=True),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checks", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("records", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["trial_email_id"],
            ["outbox_email.id"],
            name=op.f("fk_setup_trial_email_id_outbox_email"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup")),
    )


def downgrade() -> None:
    op.drop_table("setup")
    op.drop_index(op.f("ix_opening_opens_at"), table_name="opening")
    op.drop_table("opening")
