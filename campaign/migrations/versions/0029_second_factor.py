"""A second factor for organizers, and codes for when it is lost

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizer", sa.Column("factor_secret", sa.LargeBinary(), nullable=True))
    step: sa.Column[int]
    step = sa.Column("factor_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    op.add_column("organizer", step)
    op.create_table(
        "recovery_code",
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["organizer.id"],
            name=op.f("fk_recovery_code_organizer_id_organizer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organizer_id", "code_hash", name=op.f("pk_recovery_code")),
    )


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_column("organizer", "factor_step")
    op.drop_column("organizer", "factor_secret")
