"""People's data is encrypted: columns with room for it, and which keys it is encrypted under

What is there stays as it is, and readable, until a worker or `campaign db reencrypt` has encrypted it: rows
by rows, while the site runs.

Revision ID: 0046
Revises: 0045
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from campaign.store.data_cipher import UNBOUND_MARK, Place, cipher_of

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

BATCH = 1000
# Encrypted text is longer than what it holds.
_WIDENED = {
    "signing_form": {"email": 254},
    "supporter": {"email": 254},
    "suppression": {"masked": 260},
    "signature": {"name": 200, "organization": 200, "role": 200, "postal_code": 20},
    "reply": {"sender_name": 200, "sender_address": 320},
    "outbox_email": {"to_address": 254, "to_name": 200, "from_name": 200, "reply_to": 254},
}
# Head, nonce and tag together.
_SHORTEST = 37
_KEYS = {"outbox_body": ("email_id",), "count_log_entry": ("campaign_id", "position")}
_FROM_JSON = {"reply": "attachments", "signature_change": "before"}
_REQUIRED = {"signing_form.email", "signature.name", "suppression.masked", "outbox_email.to_address"} | {
    f"reply.{column}" for column in ("sender_name", "sender_address", "attachments")
}
_ENCRYPTED = {
    "signing_form": ("email", "content", "composed"),
    "supporter": ("email",),
    "suppression": ("masked", "note"),
    "signature": ("name", "organization", "role", "postal_code"),
    "signature_change": ("before",),
    "signature_import": ("rows",),
    "count_log_entry": ("nonce",),
    "message": ("subject", "words"),
    "name_report": ("words",),
    "quote": ("words",),
    "reply": ("sender_name", "sender_address", "subject", "written", "quoted", "attachments"),
    "outbox_email": ("to_address", "to_name", "from_name", "reply_to", "subject"),
    "outbox_body": ("text", "html", "unsubscribe_url"),
}


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("encrypted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("walk_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_table", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("after", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_clean", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("rewritten", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
        sa.UniqueConstraint("number", name=op.f("uq_data_key_number")),
    )
    for table, columns in _WIDENED.items():
        with op.batch_alter_table(table) as batch:
            for column, length in columns.items():
                batch.alter_column(
                    column,
                    existing_type=sa.String(length),
                    type_=sa.Text(),
                    existing_nullable=f"{table}.{column}" not in _REQUIRED,
                )
    for table, column in _FROM_JSON.items():
        _change(table, column, sa.JSON(), sa.Text())
    # They give every name away. Whoever encrypts a row makes its own anew, under a key.
    op.execute("DELETE FROM search_term")


def downgrade() -> None:
    for table, columns in _ENCRYPTED.items():
        _decrypt(op.get_bind(), table, columns)
    for table, column in _FROM_JSON.items():
        _change(table, column, sa.Text(), sa.JSON())
    op.execute("DELETE FROM search_term")
    op.drop_table("data_key")


def _change(table: str, column: str, before: sa.types.TypeEngine[Any], after: Any) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column(
            column,
            existing_type=before,
            type_=after,
            existing_nullable=f"{table}.{column}" not in _REQUIRED,
            postgresql_using=f"{column}::{'json' if isinstance(after, sa.JSON) else 'text'}",
        )


def _decrypt(connection: sa.Connection, name: str, columns: tuple[str, ...]) -> None:
    """Earlier versions read nothing that is encrypted. The columns stay as wide as they are."""
    keys = _KEYS.get(name, ("id",))
    is_binary = columns in (("rows",), ("nonce",))
    kind, mark = (sa.LargeBinary(), UNBOUND_MARK.encode()) if is_binary else (sa.Text(), UNBOUND_MARK)
    table = sa.table(name, *map(sa.column, keys), *(sa.column(column, kind) for column in columns))
    # Bytes that are not encrypted may begin with any, and are shorter.
    stored = [table.c[column] for column in columns]
    is_encrypted = sa.or_(
        *(
            (sa.func.substr(one, 1, 1, type_=kind) == mark) & (sa.func.length(one) > _SHORTEST)
            for one in stored
        )
    )
    page = sa.select(table).where(is_encrypted).limit(BATCH)
    change = sa.update(table).where(*(table.c[key] == sa.bindparam(f"of_{key}") for key in keys))
    while rows := connection.execute(page).mappings().all():
        cipher = cipher_of(connection.dialect)
        opened = cipher.open_bytes_unbound if is_binary else cipher.open_unbound
        for row in rows:
            plain = {column: (row[column] and opened(row[column], Place(name, column))) for column in columns}
            connection.execute(change.values(plain), {f"of_{key}": row[key] for key in keys})
