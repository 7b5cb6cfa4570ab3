"""Supporters found by the words of their names, narrowed down, and corrected

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

from campaign.domain.name_search import terms_of, twin_term

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BATCH = 5000


def upgrade() -> None:
    op.create_table(
        "search_term",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.LargeBinary(), nullable=False),
        sa.Column("signature_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_search_term_signature_id_signature"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "term", "signature_id", name=op.f("pk_search_term")),
        sqlite_with_rowid=False,
    )
    _fill(op.get_bind())
    op.create_index("ix_search_term_signature_id", "search_term", ["signature_id", "term"])
    op.create_index("ix_signature_campaign_id", "signature", ["campaign_id", "id"])
    op.create_index("ix_signature_language", "signature", ["campaign_id", "language", "id"])
    for column in ("country", "source"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_signature_{column}",
            "signature",
            ["campaign_id", column, "id"],
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "signature_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["organizer.id"],
            name=op.f("fk_signature_change_organizer_id_organizer"),
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_signature_change_signature_id_signature"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_change")),
    )
    op.create_index("ix_signature_change_signature_id", "signature_change", ["signature_id", "id"])
    where = sa.text("capacity = 'organization' AND state = 'confirmed'")
    op.create_index(
        "ix_signature_organizations",
        "signature",
        ["campaign_id", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_table(
        "clearance",
        sa.Column("signature_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_clearance_organizer_id_organizer")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_clearance_signature_id_signature"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("signature_id", "kind", name=op.f("pk_clearance")),
    )
    op.create_table(
        "message_mark",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_message_mark_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_message_mark_organizer_id_organizer")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_mark")),
    )


def downgrade() -> None:
    op.drop_table("message_mark")
    op.drop_table("clearance")
    op.drop_index("ix_signature_organizations", table_name="signature")
    op.drop_table("signature_change")
    for name in ("campaign_id", "language", "country", "source"):
        op.drop_index(f"ix_signature_{name}", table_name="signature")
    op.drop_table("search_term")


def _fill(connection: sa.Connection) -> None:
    """Have those found who have signed already."""
    read = ("id", "campaign_id", "name", "organization", "postal_code")
    signature = sa.table("signature", *(sa.column(name) for name in read))
    terms = sa.table(
        "search_term",
        *(sa.column(name) for name in ("campaign_id", "signature_id")),
        sa.column("term", sa.LargeBinary),
    )
    last_id = 0
    while True:
        page = sa.select(signature).where(signature.c.id > last_id).order_by(signature.c.id).limit(BATCH)
        rows = connection.execute(page).all()
        if not rows:
            return
        found = [
            {"campaign_id": row.campaign_id, "signature_id": row.id, "term": term}
            for row in rows
            for term in (*terms_of(row.name, row.organization), twin_term(row.name, row.postal_code))
            if term is not None
        ]
        if found:
            connection.execute(sa.insert(terms), found)
        last_id = rows[-1].id
