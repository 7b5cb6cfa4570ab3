"""Saved choices of lists, files a worker makes, signatures from paper, and more of each hand-over

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

IS_ENTERED = sa.text("import_id IS NOT NULL")
IMPORT_UNDER_WAY = sa.text("state = 'running' OR state = 'undoing'")


def upgrade() -> None:
    _export_tables()
    _import_tables()
    for name in ("entered_count", "shown_entered_count"):
        column: sa.Column[int]
        column = sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
        op.add_column("campaign", column)
    with op.batch_alter_table("hand_over") as batch:
        batch.add_column(sa.Column("place", sa.Text(), nullable=True))
        batch.add_column(sa.Column("receiver", sa.Text(), nullable=True))
        batch.add_column(sa.Column("is_refused", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("refusal", sa.Text(), nullable=True))
        batch.add_column(sa.Column("picture", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("picture_tag", sa.String(16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("hand_over") as batch:
        for name in ("picture_tag", "picture", "refusal", "is_refused", "receiver", "place"):
            batch.drop_column(name)
    with op.batch_alter_table("campaign") as batch:
        batch.drop_column("shown_entered_count")
        batch.drop_column("entered_count")
    op.drop_index("ix_signature_import_id", table_name="signature")
    op.drop_column("signature", "import_id")
    op.drop_table("signature_import")
    op.drop_table("prepared_file")
    op.drop_table("export_choice")


def _export_tables() -> None:
    op.create_table(
        "export_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_export_choice_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_choice")),
        sa.UniqueConstraint("campaign_id", "name", name=op.f("uq_export_choice_campaign_id_name")),
    )
    op.create_table(
        "prepared_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_prepared_file_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["organizer.id"],
            name=op.f("fk_prepared_file_organizer_id_organizer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_file")),
        sa.UniqueConstraint("name", name=op.f("uq_prepared_file_name")),
    )
    op.create_index("ix_prepared_file_campaign_id", "prepared_file", ["campaign_id", "organizer_id", "id"])


def _import_tables() -> None:
    op.create_table(
        "signature_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asks_to_confirm", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("expected", "looked_at", "entered", "known", "undone")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_signature_import_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_signature_import_organizer_id_organizer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_import")),
    )
    op.create_index("ix_signature_import_campaign_id", "signature_import", ["campaign_id", "id"])
    op.create_index(
        "ix_signature_import_under_way",
        "signature_import",
        ["id"],
        sqlite_where=IMPORT_UNDER_WAY,
        postgresql_where=IMPORT_UNDER_WAY,
    )
    op.add_column("signature", sa.Column("import_id", sa.Integer(), nullable=True))
    op.create_index(
        "ix_signature_import_id",
        "signature",
        ["import_id", "id"],
        sqlite_where=IS_ENTERED,
        postgresql_where=IS_ENTERED,
    )
