"""Translations of letters with their states, and the language an organizer chose for the desk

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SOURCE = "fk_letter_version_source_version_id_letter_version"


def upgrade() -> None:
    with op.batch_alter_table("letter_version") as table:
        table.add_column(sa.Column("translation_state", sa.String(20), nullable=True))
        table.add_column(sa.Column("source_version_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(SOURCE, "letter_version", ["source_version_id"], ["id"], ondelete="CASCADE")
    # A version in another language than its campaign's was shown until now, and stays.
    op.execute(
        "UPDATE letter_version SET translation_state = 'published', published_at = created_at,"
        " source_version_id = (SELECT max(original.id) FROM letter_version AS original"
        " JOIN campaign ON campaign.id = original.campaign_id AND campaign.language = original.language"
        " WHERE original.campaign_id = letter_version.campaign_id)"
        " WHERE language <> (SELECT language FROM campaign WHERE campaign.id = letter_version.campaign_id)"
    )
    with op.batch_alter_table("organizer") as table:
        table.add_column(sa.Column("language", sa.String(20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("organizer") as table:
        table.drop_column("language")
    with op.batch_alter_table("letter_version") as table:
        table.drop_constraint(SOURCE, type_="foreignkey")
        table.drop_column("published_at")
        table.drop_column("reviewed_at")
        table.drop_column("source_version_id")
        table.drop_column("translation_state")
