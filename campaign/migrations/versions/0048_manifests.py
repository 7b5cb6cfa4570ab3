"""Signed manifests of what is sent to an office, and less that tells whom a spot check has asked

Of a spot check that is over, nothing is kept but its result, and for half a year the day on which somebody
was asked. A downgrade cannot bring back who was drawn: the earlier program may ask somebody once more.

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

# A hash that fits no text.
_NONE = "UPDATE office_check SET text_hash = :none WHERE text_hash IS NULL"
_ASKED = """
INSERT INTO spot_check_asked (signature_id, asked_on)
SELECT signature_id, max(asked_on) FROM spot_check_pick
WHERE signature_id IS NOT NULL AND asked_on IS NOT NULL GROUP BY signature_id
"""
_OVER = """
DELETE FROM spot_check_pick
WHERE spot_check_id IN (SELECT id FROM spot_check WHERE state IN ('published', 'abandoned'))
"""


def upgrade() -> None:
    with op.batch_alter_table("outbox_body") as batch:
        batch.add_column(sa.Column("files", sa.Text(), nullable=True))
    with op.batch_alter_table("office_check") as batch:
        batch.alter_column("text_hash", existing_type=sa.LargeBinary(), nullable=True)
    op.create_table(
        "manifest_key",
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_manifest_key")),
    )
    op.create_table(
        "spot_check_asked",
        sa.Column("signature_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_spot_check_asked_signature_id_signature"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_spot_check_asked")),
    )
    op.create_index(op.f("ix_spot_check_asked_asked_on"), "spot_check_asked", ["asked_on"])
    op.execute(_ASKED)
    op.execute(_OVER)


def downgrade() -> None:
    op.drop_table("spot_check_asked")
    op.drop_table("manifest_key")
    op.get_bind().execute(sa.text(_NONE), {"none": bytes(32)})
    with op.batch_alter_table("office_check") as batch:
        batch.alter_column("text_hash", existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table("outbox_body") as batch:
        batch.drop_column("files")
