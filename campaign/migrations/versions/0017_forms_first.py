"""Signing forms are kept as they come in; signatures begin with their confirmation

What waited to be confirmed becomes a kept form, and its link stays good.

Revision ID: 0017
Revises: 0016
"""

import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WHERE = {
    "ix_signing_form_received": (["id"], "state = 'received'"),
    "ix_signing_form_waiting": (["mail_at", "id"], "state = 'waiting'"),
    "ix_signing_form_held": (["id"], "state = 'held'"),
    "ix_signing_form_confirmed": (["id"], "state = 'confirmed'"),
    "ix_signing_form_restored": (["id"], "state = 'restored'"),
    "ix_signing_form_open": (["campaign_id", "id"], "state IN ('waiting', 'held', 'mailed')"),
    "ix_signing_form_address_hash": (["address_hash", "id"], "address_hash IS NOT NULL"),
    "ix_signing_form_signature_id": (["signature_id"], "signature_id IS NOT NULL"),
    "ix_signing_form_proof": (["proof"], "proof IS NOT NULL"),
}


def upgrade() -> None:
    _create_forms()
    op.create_table(
        "network_rush",
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("network", name=op.f("pk_network_rush")),
    )
    op.create_index(op.f("ix_network_rush_at"), "network_rush", ["at"])
    with op.batch_alter_table("link_token") as batch:
        batch.alter_column("signature_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("form_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_link_token_form_id_signing_form"),
            "signing_form",
            ["form_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_index(op.f("ix_link_token_form_id"), ["form_id"])
    op.add_column("supporter", sa.Column("spelling_hash", sa.String(64), nullable=True))
    op.create_index(op.f("ix_supporter_spelling_hash"), "supporter", ["spelling_hash"])
    op.add_column("signature", sa.Column("network", sa.String(64), nullable=True))
    op.add_column(
        "suppression", sa.Column("any_spelling", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(sa.text("UPDATE suppression SET any_spelling = :yes").bindparams(yes=True))
    op.add_column("outbox_email", sa.Column("to_hash", sa.String(64), nullable=True))
    op.create_index(
        "ix_outbox_email_to_hash",
        "outbox_email",
        ["to_hash"],
        sqlite_where=sa.text("to_hash IS NOT NULL"),
        postgresql_where=sa.text("to_hash IS NOT NULL"),
    )
    # Reports about what was sent before still find their address.
    op.execute(
        "UPDATE outbox_email SET to_hash ="
        " (SELECT address_hash FROM supporter WHERE supporter.id = supporter_id)"
        " WHERE official_id IS NULL AND supporter_id IS NOT NULL"
    )
    _keep_what_waits()
    op.drop_column("signature", "revision")


def downgrade() -> None:
    # The earlier schema knows no forms: whoever has not confirmed by now signs again.
    op.add_column(
        "signature", sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.drop_index("ix_outbox_email_to_hash", table_name="outbox_email")
    op.drop_column("outbox_email", "to_hash")
    op.drop_column("suppression", "any_spelling")
    op.drop_column("signature", "network")
    op.drop_index(op.f("ix_supporter_spelling_hash"), table_name="supporter")
    op.drop_column("supporter", "spelling_hash")
    op.execute("DELETE FROM link_token WHERE signature_id IS NULL")
    with op.batch_alter_table("link_token") as batch:
        batch.drop_index(op.f("ix_link_token_form_id"))
        batch.drop_constraint(op.f("fk_link_token_form_id_signing_form"), type_="foreignkey")
        batch.drop_column("form_id")
        batch.alter_column("signature_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("network_rush")
    op.drop_table("signing_form")


def _create_forms() -> None:
    op.create_table(
        "signing_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("network", sa.String(64), nullable=True),
        sa.Column("proof", sa.String(64), nullable=True),
        sa.Column("is_suspected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=True),
        sa.Column("spelling_hash", sa.String(64), nullable=True),
        sa.Column("mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_hash", sa.String(64), nullable=True),
        sa.Column("code_tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("composed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_signing_form_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_signing_form_signature_id_signature"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_form")),
    )
    for name, (columns, condition) in _WHERE.items():
        where = sa.text(condition)
        op.create_index(name, "signing_form", columns, sqlite_where=where, postgresql_where=where)


def _keep_what_waits() -> None:
    """Make a form of each signature that was never confirmed, and of what a signer has sent in again."""
    connection = op.get_bind()
    held = defaultdict(list)
    for row in connection.execute(
        sa.text(
            "SELECT signature_id, official_id, subject, words, stressed_asks FROM message"
            " WHERE released_at IS NULL ORDER BY id"
        )
    ):
        held[row.signature_id].append(row)
    waiting = connection.execute(
        sa.text(
            "SELECT signature.*, supporter.address_hash AS address_hash, supporter.email AS email"
            " FROM signature JOIN supporter ON supporter.id = signature.supporter_id"
            " WHERE state = 'pending' OR (state = 'confirmed' AND EXISTS"
            " (SELECT 1 FROM message WHERE signature_id = signature.id AND released_at IS NULL))"
        )
    ).all()
    for row in waiting:
        _keep(connection, row, held[row.id])
    theirs = "SELECT id FROM message WHERE released_at IS NULL"
    for table in ("outbox_body", "activity_lookup", "digested_message"):
        op.execute(
            f"DELETE FROM {table} WHERE email_id IN"  # noqa: S608
            f" (SELECT id FROM outbox_email WHERE message_id IN ({theirs}))"
        )
    op.execute(f"DELETE FROM outbox_email WHERE message_id IN ({theirs})")  # noqa: S608
    op.execute("DELETE FROM message WHERE released_at IS NULL")
    pending = "SELECT id FROM signature WHERE state = 'pending'"
    op.execute(
        f"UPDATE outbox_email SET signature_id = NULL, supporter_id = NULL WHERE signature_id IN ({pending})"  # noqa: S608
    )
    for table in ("consent", "link_token", "message_fingerprint"):
        op.execute(f"DELETE FROM {table} WHERE signature_id IN ({pending})")  # noqa: S608
    op.execute("DELETE FROM signature WHERE state = 'pending'")
    op.execute(
        "DELETE FROM supporter WHERE NOT EXISTS (SELECT 1 FROM signature WHERE supporter_id = supporter.id)"
        " AND NOT EXISTS (SELECT 1 FROM outbox_email WHERE supporter_id = supporter.id)"
    )


def _keep(connection: sa.Connection, row: Any, messages: list[Any]) -> None:
    """One form, and its links on it; its hashes are those of the mailbox, as the signature's were."""
    wording = connection.scalar(
        sa.text("SELECT wording FROM consent WHERE signature_id = :id ORDER BY id DESC LIMIT 1"),
        {"id": row.id},
    )
    asks = messages[0].stressed_asks if messages else []
    content = {
        **{name: getattr(row, name) for name in ("name", "capacity", "organization", "role", "country")},
        **{name: getattr(row, name) for name in ("postal_code", "visibility", "source", "letter_version_id")},
        "updates": bool(row.updates),
        "officials": [message.official_id for message in messages],
        "asks": json.loads(asks) if isinstance(asks, str) else asks,
        "subject": messages[0].subject if messages else "",
        "words": "",
        "words_for": {str(message.official_id): message.words for message in messages if message.words},
        "consent_wording": wording or "",
    }
    form_id = connection.scalar(
        sa.text(
            "INSERT INTO signing_form (campaign_id, state, received_at, language, email, content,"
            " address_hash, spelling_hash, mail_at) VALUES (:campaign_id, 'mailed', :signed_at, :language,"
            " :email, :content, :address_hash, :address_hash, :signed_at) RETURNING id"
        ),
        {
            **{name: getattr(row, name) for name in ("campaign_id", "signed_at", "language", "address_hash")},
            "email": row.email or "",
            "content": json.dumps(content, ensure_ascii=False),
        },
    )
    kinds = "('confirm', 'withdraw')" if row.state == "pending" else "('confirm')"
    connection.execute(
        sa.text(
            "UPDATE link_token SET form_id = :form, signature_id = NULL"  # noqa: S608
            f" WHERE signature_id = :id AND purpose IN {kinds}"
        ),
        {"form": form_id, "id": row.id},
    )
