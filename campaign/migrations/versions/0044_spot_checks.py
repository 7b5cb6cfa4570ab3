"""Spot checks of what the log behind a count holds, and witnesses who sign what is published of it

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

RUNS = sa.text("state IN ('committed', 'asking')")
ASKS = sa.text("state = 'asking'")
HAS_SIGNATURE = sa.text("signature_id IS NOT NULL")


def upgrade() -> None:
    _create_spot_check()
    _create_pick()
    op.create_table(
        "spot_check_leaver",
        sa.Column("spot_check_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["spot_check_id"], ["spot_check.id"], name=op.f("fk_spot_check_leaver_spot_check_id_spot_check")
        ),
        sa.PrimaryKeyConstraint("spot_check_id", "position", name=op.f("pk_spot_check_leaver")),
    )
    _create_witnesses()


def downgrade() -> None:
    for table in ("co_signature", "witness", "spot_check_leaver", "spot_check_pick", "spot_check"):
        op.drop_table(table)


def _create_spot_check() -> None:
    op.create_table(
        "spot_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("source_name", sa.String(200), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("known_at", "committed_at")
        ),
        sa.Column("value", sa.String(200), nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("drawn_at", "closes_at")),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("yes", "no")
        ),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_spot_check_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_spot_check_campaign_id_number")),
    )
    op.create_index(
        "ix_spot_check_running",
        "spot_check",
        ["campaign_id"],
        unique=True,
        sqlite_where=RUNS,
        postgresql_where=RUNS,
    )
    op.create_index("ix_spot_check_asking", "spot_check", ["id"], sqlite_where=ASKS, postgresql_where=ASKS)


def _create_pick() -> None:
    op.create_table(
        "spot_check_pick",
        sa.Column("spot_check_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["spot_check_id"], ["spot_check.id"], name=op.f("fk_spot_check_pick_spot_check_id_spot_check")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_spot_check_pick_signature_id_signature"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("spot_check_id", "position", name=op.f("pk_spot_check_pick")),
        sa.UniqueConstraint(
            "spot_check_id", "signature_id", name=op.f("uq_spot_check_pick_spot_check_id_signature_id")
        ),
    )
    op.create_index(
        "ix_spot_check_pick_signature_id",
        "spot_check_pick",
        ["signature_id"],
        sqlite_where=HAS_SIGNATURE,
        postgresql_where=HAS_SIGNATURE,
    )


def _create_witnesses() -> None:
    op.create_table(
        "witness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_witness_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness")),
        sa.UniqueConstraint("campaign_id", "public_key", name=op.f("uq_witness_campaign_id_public_key")),
    )
    op.create_table(
        "co_signature",
        sa.Column("witness_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("hash_name", sa.String(10), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["witness.id"], name=op.f("fk_co_signature_witness_id_witness")
        ),
        sa.PrimaryKeyConstraint("witness_id", "size", name=op.f("pk_co_signature")),
    )
