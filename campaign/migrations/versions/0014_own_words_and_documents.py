"""Own words of messages, offices' length limits, and documents that the worker makes

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("own_words", sa.Integer()))
    op.add_column("official", sa.Column("longest_message", sa.Integer()))
    op.create_table(
        "message_fingerprint",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name="fk_message_fingerprint_campaign_id_campaign",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name="fk_message_fingerprint_signature_id_signature",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "fingerprint", "signature_id", name="pk_message_fingerprint"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_message_fingerprint_signature_id", "message_fingerprint", ["signature_id"])
    op.create_table(
        "own_words_tally",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name="fk_own_words_tally_campaign_id_campaign",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "score", name="pk_own_words_tally"),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("problem", sa.Text()),
        sa.Column("body", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name="fk_document_campaign_id_campaign", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.UniqueConstraint("edition", name="uq_document_edition"),
    )
    op.create_index("ix_document_campaign_id", "document", ["campaign_id", "kind", "language", "made_at"])


def downgrade() -> None:
    op.drop_table("document")
    op.drop_table("own_words_tally")
    op.drop_table("message_fingerprint")
    with op.batch_alter_table("official") as table:
        table.drop_column("longest_message")
    with op.batch_alter_table("message") as table:
        table.drop_column("own_words")
