"""Who publishes here; how far a campaign has come, and what changed about it

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_COLUMNS = (
    "outcome",
    "outcome_at",
    "translated_texts",
    "goal_reached_at",
    "closes_zone",
    "first_organizations",
    "first_people",
)


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_address", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=True),
        sa.Column("privacy_notices", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.Column("mark_tag", sa.String(16), nullable=True),
        sa.Column("mark_width", sa.Integer(), nullable=True),
        sa.Column("mark_height", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "campaign_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_change_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_change")),
    )
    op.create_index("ix_campaign_change_campaign_id", "campaign_change", ["campaign_id", "id"])
    op.add_column("campaign", sa.Column("outcome", sa.Text(), nullable=True))
    op.add_column("campaign", sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "campaign",
        sa.Column("translated_texts", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("campaign", sa.Column("goal_reached_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign", sa.Column("closes_zone", sa.String(64), nullable=True))
    for column in ("first_organizations", "first_people"):
        op.add_column(
            "campaign", sa.Column(column, sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
    op.execute(
        "UPDATE campaign SET"
        " first_organizations = (SELECT count(*) FROM initial_signatory"
        " WHERE campaign_id = campaign.id AND kind = 'organization'),"
        " first_people = (SELECT count(*) FROM initial_signatory"
        " WHERE campaign_id = campaign.id AND kind != 'organization')"
    )


def downgrade() -> None:
    for column in _COLUMNS:
        op.drop_column("campaign", column)
    op.drop_index("ix_campaign_change_campaign_id", table_name="campaign_change")
    op.drop_table("campaign_change")
    op.drop_table("site")
