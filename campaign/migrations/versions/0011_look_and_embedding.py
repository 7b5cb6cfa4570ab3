"""A campaign's colour, and the sites that may show its form in a frame

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("accent", sa.String(length=7), nullable=True))
    op.add_column("campaign", sa.Column("embed_sites", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_column("embed_sites")
        batch_op.drop_column("accent")
