"""Who proposed a spot check: it is announced by somebody else

What was announced before has nobody; questions about quotes know already who asked.

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("spot_check") as batch:
        batch.add_column(sa.Column("proposed_by", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_spot_check_proposed_by_organizer"), "organizer", ["proposed_by"], ["id"]
        )


def downgrade() -> None:
    # Code from before knows no proposals, and nobody has been asked or told anything by one.
    op.execute("DELETE FROM spot_check WHERE state = 'proposed'")
    op.execute("DELETE FROM quote WHERE state = 'proposed'")
    with op.batch_alter_table("spot_check") as batch:
        batch.drop_constraint(op.f("fk_spot_check_proposed_by_organizer"), type_="foreignkey")
        batch.drop_column("proposed_by")
