"""An index of messages to print, for the desk's officials and the pages to print

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_message_by_hand",
        "message",
        ["official_id", "id"],
        sqlite_where=sa.text("channel = 'hand'"),
        postgresql_where=sa.text("channel = 'hand'"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_by_hand", table_name="message")
