"""Every encrypted value is bound to its row, and what is not is read only until all of them are

What is there stays as it is, and readable, until a worker or `campaign db reencrypt` has written it anew.

Revision ID: 0047
Revises: 0046
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from campaign.store.data_cipher import MARK, Place, cipher_of

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

BATCH = 1000
_KEYS = {"outbox_body": ("email_id",), "count_log_entry": ("campaign_id", "position")}
_BYTES = {"signature_import", "count_log_entry"}
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
    earlier = op.create_table(
        "earlier_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_values")),
    )
    connection = op.get_bind()
    # A backup on its way back has no keys here: who restores it sees to the proof.
    has_keys = hasattr(connection.dialect, "data_cipher")
    looks = (sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1) for name in _ENCRYPTED)
    if has_keys and any(connection.scalar(look) for look in looks):
        proof = cipher_of(connection.dialect).proof_of_earlier
        connection.execute(earlier.insert().values(id=1, proof=proof))
    op.execute(
        "UPDATE data_key SET seen_at = NULL, encrypted_at = NULL, walk_began_at = NULL, at_table = 0,"
        " after = 0, is_clean = TRUE, rewritten = 0"
    )


def downgrade() -> None:
    for table, columns in _ENCRYPTED.items():
        _unbind(op.get_bind(), table, columns)
    op.execute("UPDATE reply SET attachments = '[]' WHERE attachments = ''")
    op.execute("UPDATE data_key SET encrypted_at = NULL, walk_began_at = NULL, at_table = 0, after = 0")
    op.drop_table("earlier_values")


def _unbind(connection: sa.Connection, name: str, columns: tuple[str, ...]) -> None:
    """Write what is bound to a row as the version before reads it."""
    keys = _KEYS.get(name, ("id",))
    kind, mark = (sa.LargeBinary(), MARK.encode()) if name in _BYTES else (sa.Text(), MARK)
    table = sa.table(name, *map(sa.column, keys), *(sa.column(column, kind) for column in columns))
    page = sa.select(table).limit(BATCH)
    page = page.where(sa.or_(*(sa.func.substr(table.c[one], 1, 1, type_=kind) == mark for one in columns)))
    change = sa.update(table).where(*(table.c[key] == sa.bindparam(f"of_{key}") for key in keys))
    while rows := connection.execute(page).mappings().all():
        for row in rows:
            key = ".".join(str(row[key]) for key in keys)
            values = {one: _unbound(connection, row[one], Place(name, one), key) for one in columns}
            connection.execute(change.values(values), {f"of_{key}": row[key] for key in keys})


def _unbound(connection: sa.Connection, stored: Any, place: Place, row: str) -> Any:
    cipher = cipher_of(connection.dialect)
    if not stored or stored[:1] not in (MARK, MARK.encode()):
        return stored
    seal: Callable[..., Any] = cipher.seal_unbound if isinstance(stored, str) else cipher.seal_bytes_unbound
    return seal(cipher.opened(stored, place, row), place)
