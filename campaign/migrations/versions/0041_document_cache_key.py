"""A document's cache key is called so

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename("edition", "cache_key")


def downgrade() -> None:
    _rename("cache_key", "edition")


def _rename(old: str, new: str) -> None:
    with op.batch_alter_table("document") as batch:
        batch.drop_constraint(op.f(f"uq_document_{old}"), type_="unique")
        batch.alter_column(old, new_column_name=new)
    with op.batch_alter_table("document") as batch:
        batch.create_unique_constraint(op.f(f"uq_document_{new}"), [new])
