"""Alerts to organizers, look-ups of doubts, counts of outcomes, and indexes of what did not go well

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TROUBLE = sa.text("state = 'in_doubt' OR state = 'failed' OR state = 'bounced'")
DEFERRED = sa.text("state = 'accepted' AND deferred_at IS NOT NULL")
OPEN = sa.text("over_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(
        "uq_alert_open", "alert", ["kind", "subject"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "chore",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chore")),
    )
    op.create_table(
        "outcome_count",
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "outcome", name=op.f("pk_outcome_count")),
    )
    op.create_table(
        "doubt_look_up",
        sa.Column("email_id", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_id"],
            ["outbox_email.id"],
            name=op.f("fk_doubt_look_up_email_id_outbox_email"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("email_id", name=op.f("pk_doubt_look_up")),
    )
    op.add_column(
        "organizer", sa.Column("gets_alerts", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("outbox_email", sa.Column("deferred_at", sa.DateTime(timezone=True), nullable=True))
    for name, columns, where in (
        ("ix_outbox_email_trouble", ["state", "id"], TROUBLE),
        ("ix_outbox_email_trouble_of", ["campaign_id", "state", "id"], TROUBLE),
        ("ix_outbox_email_deferred", ["id"], DEFERRED),
    ):
        op.create_index(name, "outbox_email", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in ("ix_outbox_email_deferred", "ix_outbox_email_trouble_of", "ix_outbox_email_trouble"):
        op.drop_index(name, table_name="outbox_email")
    op.drop_column("outbox_email", "deferred_at")
    op.drop_column("organizer", "gets_alerts")
    for table in ("doubt_look_up", "outcome_count", "chore", "alert"):
        op.drop_table(table)
