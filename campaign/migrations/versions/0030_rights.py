"""Rights by campaign, and personal data as a right of its own

Editors go on seeing people: what was part of their role is now given to each of them.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organizer") as table:
        table.alter_column("role", existing_type=sa.String(20), nullable=True)
        table.add_column(sa.Column("sees_people", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text("UPDATE organizer SET sees_people = :yes WHERE role = 'editor'").bindparams(yes=True))
    op.create_table(
        "organizer_campaign",
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("sees_people", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["organizer.id"],
            name=op.f("fk_organizer_campaign_organizer_id_organizer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_organizer_campaign_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organizer_id", "campaign_id", name=op.f("pk_organizer_campaign")),
    )
    op.create_index("ix_organizer_campaign_campaign_id", "organizer_campaign", ["campaign_id"])


def downgrade() -> None:
    op.drop_table("organizer_campaign")
    # Earlier code knows one role for everything: who had rights in single campaigns only comes in no more.
    op.execute(
        "UPDATE organizer SET disabled_at = CURRENT_TIMESTAMP WHERE role IS NULL AND disabled_at IS NULL"
    )
    # It shows people to every editor: who was not to see any is one who looks.
    op.execute(
        sa.text(
            "UPDATE organizer SET role = 'viewer'"
            " WHERE role IS NULL OR (role = 'editor' AND sees_people = :no)"
        ).bindparams(no=False)
    )
    with op.batch_alter_table("organizer") as table:
        table.drop_column("sees_people")
        table.alter_column("role", existing_type=sa.String(20), nullable=False)
