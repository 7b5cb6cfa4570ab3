"""The audit log can be looked through by campaign, by person and by kind

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_audit_entry_campaign_id": ["campaign_id", "id"],
    "ix_audit_entry_organizer_id": ["organizer_id", "id"],
    "ix_audit_entry_action": ["action", "id"],
}


def upgrade() -> None:
    with op.batch_alter_table("audit_entry") as table:
        table.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
    entry = sa.table("audit_entry", sa.column("campaign_id", sa.Integer()), sa.column("details", sa.JSON()))
    op.execute(entry.update().values(campaign_id=entry.c.details["campaign"].as_integer()))
    for name, columns in _INDEXES.items():
        op.create_index(name, "audit_entry", columns)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, table_name="audit_entry")
    with op.batch_alter_table("audit_entry") as table:
        table.drop_column("campaign_id")
