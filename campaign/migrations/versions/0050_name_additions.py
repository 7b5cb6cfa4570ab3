"""How many of a campaign's versions are a name that was added and nothing else

PDFs of a version that only lacks names are shown until newer ones are made.

Revision ID: 0050
Revises: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("name_additions", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )


def downgrade() -> None:
    # Code from before shows PDFs of the very version only: those that lack a name have an earlier one.
    op.drop_column("campaign", "name_additions")
