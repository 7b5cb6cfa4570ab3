"""The wall of names: by what each is ordered and found

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

from campaign.domain.name_order import name_keys
from campaign.domain.signature import Visibility

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BATCH = 5000
_COLUMNS = ("wall_key", "last_key")


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("signature", sa.Column(column, sa.LargeBinary(), nullable=True))
    _fill(op.get_bind())
    for column in _COLUMNS:
        where = sa.text(f"state = 'confirmed' AND {column} IS NOT NULL")
        op.create_index(
            f"ix_signature_{column}",
            "signature",
            ["campaign_id", column, "id"],
            sqlite_where=where,
            postgresql_where=where,
        )


def downgrade() -> None:
    for column in _COLUMNS:
        op.drop_index(f"ix_signature_{column}", table_name="signature")
    with op.batch_alter_table("signature") as batch:
        for column in _COLUMNS:
            batch.drop_column(column)


def _fill(connection: sa.Connection) -> None:
    """Give the names that pages show their places."""
    table = sa.table(
        "signature",
        *(sa.column(name) for name in ("id", "name", "visibility")),
        *(sa.column(name, sa.LargeBinary) for name in _COLUMNS),
    )
    shown = sa.select(table.c.id, table.c.name, table.c.visibility).where(
        table.c.visibility.in_((Visibility.PUBLIC.value, Visibility.INITIALS.value))
    )
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("of_id"))
        .values(wall_key=sa.bindparam("wall"), last_key=sa.bindparam("last"))
    )
    last_id = 0
    while True:
        page = shown.where(table.c.id > last_id).order_by(table.c.id).limit(BATCH)
        rows = connection.execute(page).all()
        if not rows:
            return
        keys = [(row.id, name_keys(row.name, Visibility(row.visibility))) for row in rows]
        connection.execute(change, [{"of_id": at, "wall": key.wall, "last": key.last} for at, key in keys])
        last_id = rows[-1].id
