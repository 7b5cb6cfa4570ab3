"""Updates to those who asked for news, and organizers' own words in other mails

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

AGREED = sa.text("updates IS TRUE")
AT_WORK = sa.text("state IN ('preparing', 'sending') OR clears IS TRUE")
WAITING = sa.text("state = 'waiting'")
OF_UPDATE = sa.text("update_id IS NOT NULL")


def upgrade() -> None:
    _create_update()
    _create_recipient()
    op.create_table(
        "mail_text",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_mail_text_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "kind", "language", name=op.f("pk_mail_text")),
    )
    # In plain SQL: SQLite adds a column with its reference at once, and would else copy the whole table.
    op.execute(
        "ALTER TABLE outbox_email ADD COLUMN update_id INTEGER"
        " CONSTRAINT fk_outbox_email_update_id_campaign_update REFERENCES campaign_update (id)"
    )
    for name, columns in (
        ("ix_outbox_email_update_id", ["update_id", "state"]),
        ("ix_outbox_email_update_due", ["state", "due_at", "id"]),
    ):
        op.create_index(name, "outbox_email", columns, sqlite_where=OF_UPDATE, postgresql_where=OF_UPDATE)
    op.create_index(
        "ix_signature_agreed",
        "signature",
        ["campaign_id", "id"],
        sqlite_where=AGREED,
        postgresql_where=AGREED,
    )


def _create_update() -> None:
    organizers = ("written_by", "asked_by", "approved_by")
    numbers = (
        *("last_signature_id", "gathered_id", "recipients", "written", "passed_over", "unsubscribed"),
        *("sent", "delivered", "bounced", "failed", "in_doubt"),
    )
    op.create_table(
        "campaign_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("hourly_rate", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in organizers),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("created_at", "edited_at")
        ),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("asked_at", "approved_at", "starts_at", "ended_at", "counted_at")
        ),
        sa.Column("clears", sa.Boolean(), server_default=sa.false(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False) for name in numbers),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_update_campaign_id_campaign")
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], ["organizer.id"], name=op.f(f"fk_campaign_update_{name}_organizer")
            )
            for name in organizers
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_update")),
    )
    op.create_index("ix_campaign_update_campaign_id", "campaign_update", ["campaign_id", "id"])
    op.create_index(
        "ix_campaign_update_at_work",
        "campaign_update",
        ["id"],
        sqlite_where=AT_WORK,
        postgresql_where=AT_WORK,
    )


def _create_recipient() -> None:
    keys = {"supporter_id": "supporter", "update_id": "campaign_update", "signature_id": "signature"}
    op.create_table(
        "update_recipient",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in keys),
        sa.Column("state", sa.String(20), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [name],
                [f"{table}.id"],
                name=op.f(f"fk_update_recipient_{name}_{table}"),
                ondelete="CASCADE",
            )
            for name, table in keys.items()
        ),
        sa.PrimaryKeyConstraint("supporter_id", "update_id", name=op.f("pk_update_recipient")),
    )
    op.create_index(
        "ix_update_recipient_waiting",
        "update_recipient",
        ["update_id", "signature_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index("ix_update_recipient_signature_id", "update_recipient", ["signature_id"])
    op.create_index("ix_update_recipient_update_id", "update_recipient", ["update_id", "supporter_id"])


def downgrade() -> None:
    op.drop_index("ix_signature_agreed", "signature")
    op.drop_index("ix_outbox_email_update_due", "outbox_email")
    op.drop_index("ix_outbox_email_update_id", "outbox_email")
    op.execute(
        "DELETE FROM outbox_body WHERE email_id IN (SELECT id FROM outbox_email WHERE kind = 'update')"
    )
    op.execute("DELETE FROM outbox_email WHERE kind = 'update'")
    op.execute("DELETE FROM link_token WHERE purpose = 'unfollow'")
    with op.batch_alter_table("outbox_email") as batch:
        # With it goes its reference, which SQLite keeps no name of.
        batch.drop_column("update_id")
    op.drop_table("mail_text")
    op.drop_table("update_recipient")
    op.drop_table("campaign_update")
