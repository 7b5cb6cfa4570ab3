"""Letters read and not yet stored; asks known across versions; what is a new wording, and who signed which

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("roles", sa.LargeBinary(), nullable=False),
        sa.Column("read", sa.LargeBinary(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["organizer.id"],
            name=op.f("fk_letter_import_organizer_id_organizer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_import")),
    )
    op.create_index("ix_letter_import_organizer_id", "letter_import", ["organizer_id"])
    with op.batch_alter_table("ask") as batch:
        batch.add_column(sa.Column("first_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_ask_first_id_ask"), "ask", ["first_id"], ["id"], ondelete="SET NULL"
        )
    op.execute(_FIRST_IDS)
    for name in ("wording", "signatures"):
        default = sa.text("1" if name == "wording" else "0")
        op.add_column("letter_version", sa.Column(name, sa.Integer(), server_default=default, nullable=False))
    op.add_column(
        "initial_signatory",
        sa.Column("for_identification", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("initial_signatory", "for_identification")
    op.drop_column("letter_version", "signatures")
    op.drop_column("letter_version", "wording")
    with op.batch_alter_table("ask") as batch:
        batch.drop_constraint(op.f("fk_ask_first_id_ask"), type_="foreignkey")
        batch.drop_column("first_id")
    op.drop_index("ix_letter_import_organizer_id", table_name="letter_import")
    op.drop_table("letter_import")


# Until now each version had as many asks as the first, and one was known by its place.
_FIRST_IDS = """
UPDATE ask SET first_id = (
    SELECT first_ask.id FROM ask AS first_ask
    JOIN letter_version AS first_version ON first_version.id = first_ask.letter_version_id
    JOIN campaign ON campaign.id = first_version.campaign_id AND campaign.language = first_version.language
    JOIN letter_version AS own_version ON own_version.campaign_id = campaign.id
    WHERE own_version.id = ask.letter_version_id
    AND first_version.number = (
        SELECT min(one.number) FROM letter_version AS one
        WHERE one.campaign_id = campaign.id AND one.language = campaign.language
    )
    AND first_ask.position = ask.position AND first_ask.id != ask.id
)
"""
