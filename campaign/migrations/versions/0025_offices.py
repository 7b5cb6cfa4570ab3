"""How offices are reached and in which district, what they answered, and what was handed over

Revision ID: 0025
Revises: 0024
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("official") as table:
        table.add_column(sa.Column("channel", sa.String(20), nullable=True))
        table.add_column(sa.Column("web_form", sa.Text(), nullable=True))
        table.add_column(sa.Column("district", sa.Text(), nullable=True))
        table.add_column(sa.Column("postal_codes", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        table.add_column(sa.Column("review_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("reached_at", _MOMENT, nullable=True))
        table.add_column(sa.Column("heard_at", _MOMENT, nullable=True))
    # What is known of earlier deliveries is known of these offices: one look into an index for each.
    op.execute(
        "UPDATE official SET reached_at = (SELECT min(occurred_at) FROM delivery_event"
        " WHERE delivery_event.official_id = official.id AND kind = 'delivered')"
    )
    op.execute(
        "UPDATE official SET heard_at = (SELECT min(received_at) FROM reply"
        " WHERE reply.official_id = official.id AND NOT reply.is_automatic)"
    )
    op.create_table(
        "office_answer",
        *_of_official("office_answer"),
        sa.Column("ask_id", sa.Integer(), nullable=True),
        sa.Column("stance", sa.String(20), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_id"], ["ask.id"], name=op.f("fk_office_answer_ask_id_ask"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_office_answer_official_id"), "office_answer", ["official_id"])
    op.create_table(
        "hand_over",
        *_of_official("hand_over"),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
    )
    op.create_index(op.f("ix_hand_over_official_id"), "hand_over", ["official_id"])


def _of_official(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
            name=op.f(f"fk_{table}_official_id_official"),
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("hand_over")
    op.drop_table("office_answer")
    # Earlier code knows neither: what goes by these ways is on paper for it.
    op.execute("UPDATE message SET channel = 'hand' WHERE channel = 'web_form'")
    op.execute("UPDATE official SET pause_cause = NULL WHERE pause_cause = 'holder_changed'")
    with op.batch_alter_table("official") as table:
        for name in (
            "heard_at",
            "reached_at",
            "review_on",
            "postal_codes",
            "district",
            "web_form",
            "channel",
        ):
            table.drop_column(name)
