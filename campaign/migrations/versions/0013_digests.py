"""Digests: how officials get them, and which messages went in which

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "official", sa.Column("digest_mode", sa.String(20), server_default=sa.text("'never'"), nullable=False)
    )
    op.add_column(
        "official", sa.Column("digest_threshold", sa.Integer(), server_default=sa.text("50"), nullable=False)
    )
    op.add_column("official", sa.Column("digested_on", sa.Date(), nullable=True))
    op.create_table(
        "digested_message",
        sa.Column("email_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_id"],
            ["outbox_email.id"],
            name=op.f("fk_digested_message_email_id_outbox_email"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"],
            ["outbox_email.id"],
            name=op.f("fk_digested_message_digest_id_outbox_email"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("email_id", name=op.f("pk_digested_message")),
    )
    op.create_index("ix_digested_message_digest_id", "digested_message", ["digest_id"])
    op.create_index(
        "ix_outbox_email_digest",
        "outbox_email",
        ["official_id", "id"],
        sqlite_where=sa.text("kind = 'digest'"),
        postgresql_where=sa.text("kind = 'digest'"),
    )


def downgrade() -> None:
    # The earlier schema knows of no digest: what is in one that has not begun to leave waits by itself
    # again, and of one that is leaving nobody would write down what becomes of it.
    op.execute(
        "UPDATE outbox_email SET state = 'queued' WHERE state = 'held' AND id IN ("
        "SELECT email_id FROM digested_message JOIN outbox_email AS digest ON digest.id = digest_id "
        "WHERE digest.state != 'sending')"
    )
    op.execute(
        "UPDATE outbox_email SET state = 'in_doubt' WHERE state = 'held' AND id IN ("
        "SELECT email_id FROM digested_message)"
    )
    op.drop_index("ix_outbox_email_digest", table_name="outbox_email")
    op.drop_index("ix_digested_message_digest_id", table_name="digested_message")
    op.drop_table("digested_message")
    # With their words, and with what was noted of them.
    for table in ("outbox_body", "doubt_look_up"):
        op.execute(
            f"DELETE FROM {table} WHERE email_id IN (SELECT id FROM outbox_email WHERE kind = 'digest')"  # noqa: S608
        )
    op.execute("DELETE FROM outbox_email WHERE kind = 'digest'")
    for column in ("digested_on", "digest_threshold", "digest_mode"):
        op.drop_column("official", column)
