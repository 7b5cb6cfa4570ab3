"""A log behind each count: its entries, the hashes of its runs, and what was published of it

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

UNLOGGED = sa.text("state = 'confirmed' AND is_logged IS FALSE")
GONE = sa.text("state != 'confirmed' AND is_logged IS TRUE")
HAS_SIGNATURE = sa.text("signature_id IS NOT NULL")
ERASED = sa.text("stands IS TRUE AND signature_id IS NULL")


def upgrade() -> None:
    is_logged: sa.Column[bool] = sa.Column(
        "is_logged", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("signature", is_logged)
    for name, condition in (("unlogged", UNLOGGED), ("gone", GONE)):
        op.create_index(
            f"ix_signature_{name}",
            "signature",
            ["campaign_id", "id"],
            sqlite_where=condition,
            postgresql_where=condition,
        )
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "count_log_entry",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("stands", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_count_log_entry_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_count_log_entry_signature_id_signature"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "position", name=op.f("pk_count_log_entry")),
    )
    op.create_index(
        "ix_count_log_entry_signature_id",
        "count_log_entry",
        ["signature_id"],
        sqlite_where=HAS_SIGNATURE,
        postgresql_where=HAS_SIGNATURE,
    )
    op.create_index(
        "ix_count_log_entry_erased",
        "count_log_entry",
        ["campaign_id"],
        sqlite_where=ERASED,
        postgresql_where=ERASED,
    )
    op.create_table(
        "count_log_node",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_count_log_node_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "level", "position", name=op.f("pk_count_log_node")),
    )
    op.create_table(
        "count_log_head",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("signed", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_count_log_head_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "size", name=op.f("pk_count_log_head")),
    )


def downgrade() -> None:
    for table in ("count_log_head", "count_log_node", "count_log_entry"):
        op.drop_table(table)
    for name in ("gone", "unlogged"):
        op.drop_index(f"ix_signature_{name}", table_name="signature")
    op.drop_column("signature", "is_logged")
