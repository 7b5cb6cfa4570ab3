"""Signatures that the server itself cannot read

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_SHOWN = "ix_signature_shown"
_OF_SHOWN = ["campaign_id", "confirmed_at", "id"]
_NAMED = sa.text("state = 'confirmed' AND visibility IN ('public', 'initials')")
_NOT_HIDDEN = sa.text("state = 'confirmed' AND visibility != 'hidden'")
_SEALED = sa.text("sealed IS NOT NULL")


def upgrade() -> None:
    op.add_column("campaign", sa.Column("seal_recipient", sa.String(80), nullable=True))
    op.add_column("campaign", sa.Column("seal_recipient_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signature", sa.Column("sealed", sa.Text(), nullable=True))
    op.add_column("signature", sa.Column("sealed_to", sa.String(19), nullable=True))
    op.create_index(
        "ix_signature_sealed",
        "signature",
        ["campaign_id", "id"],
        sqlite_where=_SEALED,
        postgresql_where=_SEALED,
    )
    op.drop_index(_SHOWN, table_name="signature")
    op.create_index(_SHOWN, "signature", _OF_SHOWN, sqlite_where=_NAMED, postgresql_where=_NAMED)


def downgrade() -> None:
    # Earlier versions have no place for what is sealed: it counts on and shows as little as before,
    # and a form that waits to be confirmed ends, which its signer is told behind their link.
    op.execute("UPDATE signature SET visibility = 'hidden' WHERE visibility = 'sealed'")
    op.execute(
        "UPDATE signing_form SET state = 'ended', email = '', content = NULL, code_hash = NULL"
        ' WHERE content LIKE \'%"visibility": "sealed"%\''
    )
    op.drop_index(_SHOWN, table_name="signature")
    op.create_index(_SHOWN, "signature", _OF_SHOWN, sqlite_where=_NOT_HIDDEN, postgresql_where=_NOT_HIDDEN)
    op.drop_index("ix_signature_sealed", table_name="signature")
    for column in ("sealed_to", "sealed"):
        op.drop_column("signature", column)
    for column in ("seal_recipient_at", "seal_recipient"):
        op.drop_column("campaign", column)
