"""Signatures that were removed, runs over many of them, and tallies of mail domains

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_UNDER_WAY = sa.text("state = 'running' OR state = 'undoing'")
_RUSH = sa.text("rush_seen_at IS NOT NULL")


def upgrade() -> None:
    _create_invalidation()
    op.create_table(
        "removal",
        sa.Column("signature_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state_before", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invalidation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_removal_signature_id_signature"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_removal_organizer_id_organizer")
        ),
        sa.ForeignKeyConstraint(
            ["invalidation_id"], ["invalidation.id"], name=op.f("fk_removal_invalidation_id_invalidation")
        ),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_removal")),
    )
    op.create_index("ix_removal_invalidation_id", "removal", ["invalidation_id", "signature_id"])
    op.create_table(
        "domain_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(254), nullable=False),
        sa.Column("recent", sa.Float(), nullable=False),
        sa.Column("weekly", sa.Float(), nullable=False),
        sa.Column("counted_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rush_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_domain_tally_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_tally")),
        sa.UniqueConstraint("campaign_id", "domain", name=op.f("uq_domain_tally_campaign_id_domain")),
    )
    op.create_index("ix_domain_tally_counted_until", "domain_tally", ["counted_until"])
    op.create_index(
        "ix_domain_tally_rush",
        "domain_tally",
        ["rush_seen_at"],
        sqlite_where=_RUSH,
        postgresql_where=_RUSH,
    )


def downgrade() -> None:
    # The earlier schema knows no suspects, and puts nothing back: both stay out.
    op.execute("UPDATE signature SET state = 'invalidated' WHERE state = 'suspected'")
    for table in ("domain_tally", "removal", "invalidation"):
        op.drop_table(table)


def _create_invalidation() -> None:
    op.create_table(
        "invalidation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("invalidated", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("restored", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("looked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_until_id", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_invalidation_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_invalidation_organizer_id_organizer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invalidation")),
    )
    op.create_index("ix_invalidation_campaign_id", "invalidation", ["campaign_id", "id"])
    op.create_index(
        "ix_invalidation_under_way",
        "invalidation",
        ["id"],
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )
