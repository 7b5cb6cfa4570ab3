"""Invitations, forgotten passwords, tries of codes, and what browser a session is in

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("organizer", sa.Column("seen_at", _MOMENT, nullable=True))
    with op.batch_alter_table("organizer_session") as table:
        table.add_column(sa.Column("device", sa.String(60), server_default="", nullable=False))
        table.add_column(sa.Column("looks", sa.Integer(), server_default=sa.text("0"), nullable=False))
        table.add_column(sa.Column("looks_from", _MOMENT, nullable=True))
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["organizer.id"], name=op.f("fk_invitation_invited_by_organizer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("email", name=op.f("uq_invitation_email")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "password_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("network_hash", sa.String(64), nullable=False),
        sa.Column("device_hash", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("handled_at", _MOMENT, nullable=True),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["organizer.id"],
            name=op.f("fk_password_request_organizer_id_organizer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_request")),
    )
    op.create_index("ix_password_request_network_hash", "password_request", ["network_hash", "at"])
    op.create_index("ix_password_request_organizer_id", "password_request", ["organizer_id", "at"])
    op.create_index("ix_password_request_handled_at", "password_request", ["handled_at"])
    op.create_table(
        "code_failure",
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("device_hash", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["organizer.id"],
            name=op.f("fk_code_failure_organizer_id_organizer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organizer_id", "device_hash", name=op.f("pk_code_failure")),
    )


def downgrade() -> None:
    op.drop_table("code_failure")
    op.drop_table("password_request")
    op.drop_table("invitation")
    with op.batch_alter_table("organizer_session") as table:
        for name in ("looks_from", "looks", "device"):
            table.drop_column(name)
    op.drop_column("organizer", "seen_at")
