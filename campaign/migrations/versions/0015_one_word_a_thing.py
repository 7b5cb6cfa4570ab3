"""When an email was erased, and one word for jobs, for processed reports and for questions to an activity log

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_email", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    # Until now an empty address was all that told; when it was emptied was not written down.
    op.execute("UPDATE outbox_email SET erased_at = coalesce(settled_at, created_at) WHERE to_address = ''")
    _rename_processed("digested_at", "processed_at")
    _create_jobs("job")
    op.execute("INSERT INTO job (name, next_at) SELECT name, next_at FROM chore")
    op.execute("UPDATE job SET name = 'activity_lookup' WHERE name = 'look_up'")
    op.drop_table("chore")
    _create_lookups("activity_lookup", asked_at="asked_at")
    op.execute(
        "INSERT INTO activity_lookup (email_id, tries, asked_at, next_at, note)"
        " SELECT email_id, tries, looked_at, next_at, note FROM doubt_look_up"
    )
    op.drop_table("doubt_look_up")


def downgrade() -> None:
    _create_lookups("doubt_look_up", asked_at="looked_at")
    op.execute(
        "INSERT INTO doubt_look_up (email_id, tries, looked_at, next_at, note)"
        " SELECT email_id, tries, asked_at, next_at, note FROM activity_lookup"
    )
    op.drop_table("activity_lookup")
    _create_jobs("chore")
    op.execute("INSERT INTO chore (name, next_at) SELECT name, next_at FROM job")
    op.execute("UPDATE chore SET name = 'look_up' WHERE name = 'activity_lookup'")
    op.drop_table("job")
    _rename_processed("processed_at", "digested_at")
    op.drop_column("outbox_email", "erased_at")


def _rename_processed(old: str, new: str) -> None:
    op.drop_index("ix_delivery_event_waiting", table_name="delivery_event")
    op.execute(f"ALTER TABLE delivery_event RENAME COLUMN {old} TO {new}")
    is_waiting = sa.text(f"{new} IS NULL")
    op.create_index(
        "ix_delivery_event_waiting",
        "delivery_event",
        ["id"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )


def _create_jobs(name: str) -> None:
    op.create_table(
        name,
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f(f"pk_{name}")),
    )


def _create_lookups(name: str, *, asked_at: str) -> None:
    op.create_table(
        name,
        sa.Column("email_id", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column(asked_at, sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_id"],
            ["outbox_email.id"],
            name=op.f(f"fk_{name}_email_id_outbox_email"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("email_id", name=op.f(f"pk_{name}")),
    )
