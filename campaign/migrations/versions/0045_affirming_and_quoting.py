"""Asking signers: about a new version of a letter, whether they may be quoted; and who of them is shown first

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ASKS = sa.text("asks_wording IS NOT NULL")
ANSWERS = ("affirmed", "stayed", "withdrew")


def upgrade() -> None:
    _add_questions()
    _create_quotes()
    with op.batch_alter_table("initial_signatory") as batch:
        batch.add_column(sa.Column("signature_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_initial_signatory_signature_id_signature"),
            "signature",
            ["signature_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_unique_constraint(op.f("uq_initial_signatory_signature_id"), ["signature_id"])
    op.add_column(
        "campaign",
        sa.Column("shown_earlier_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("campaign", sa.Column("shown_earlier_on", sa.Date(), nullable=True))
    # As a worker counted them last; it counts anew with its next look.
    op.execute(
        "UPDATE campaign SET shown_earlier_count = COALESCE((SELECT SUM(signatures) FROM letter_version"
        " WHERE campaign_id = campaign.id AND wording < (SELECT MAX(wording) FROM letter_version"
        " AS newest WHERE newest.campaign_id = campaign.id)), 0)"
    )


def _add_questions() -> None:
    op.add_column("campaign_update", sa.Column("asks_wording", sa.Integer(), nullable=True))
    for name in ANSWERS:
        column = sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
        op.add_column("campaign_update", column)
    op.create_index(
        "ix_campaign_update_asks_wording",
        "campaign_update",
        ["campaign_id", "asks_wording"],
        unique=True,
        sqlite_where=ASKS,
        postgresql_where=ASKS,
    )
    op.create_table(
        "affirmation",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("signature_id", "wording")),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_affirmation_signature_id_signature"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["before_version_id"],
            ["letter_version.id"],
            name=op.f("fk_affirmation_before_version_id_letter_version"),
        ),
        sa.PrimaryKeyConstraint("signature_id", "wording", name=op.f("pk_affirmation")),
    )


def _create_quotes() -> None:
    keys = {"campaign_id": "campaign", "signature_id": "signature"}
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in keys),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("naming", sa.String(20), nullable=True),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{table}.id"], name=op.f(f"fk_quote_{name}_{table}"), ondelete="CASCADE"
            )
            for name, table in keys.items()
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_quote_message_id_message"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["organizer.id"], name=op.f("fk_quote_asked_by_organizer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_quote_signature_id")),
    )
    op.create_index("ix_quote_campaign_id", "quote", ["campaign_id", "id"])


def downgrade() -> None:
    # An earlier program would count them twice.
    op.execute(
        "UPDATE campaign SET"
        " first_organizations = first_organizations - (SELECT count(*) FROM initial_signatory WHERE"
        " campaign_id = campaign.id AND signature_id IS NOT NULL AND kind = 'organization'),"
        " first_people = first_people + (SELECT count(*) FROM initial_signatory WHERE"
        " campaign_id = campaign.id AND signature_id IS NOT NULL AND kind = 'organization')"
    )
    op.execute("DELETE FROM initial_signatory WHERE signature_id IS NOT NULL")
    with op.batch_alter_table("initial_signatory") as batch:
        batch.drop_constraint(op.f("uq_initial_signatory_signature_id"), type_="unique")
        batch.drop_constraint(op.f("fk_initial_signatory_signature_id_signature"), type_="foreignkey")
        batch.drop_column("signature_id")
    op.drop_table("quote")
    # Whoever has affirmed is counted again for what they signed: an earlier program knows no other version.
    op.execute(
        "UPDATE signature SET letter_version_id = (SELECT before_version_id FROM affirmation"
        " WHERE affirmation.signature_id = signature.id AND answer = 'affirm' ORDER BY wording LIMIT 1)"
        " WHERE id IN (SELECT signature_id FROM affirmation WHERE answer = 'affirm')"
    )
    op.drop_table("affirmation")
    op.execute(
        "DELETE FROM outbox_body WHERE email_id IN"
        " (SELECT id FROM outbox_email WHERE kind IN ('affirmation', 'quote'))"
    )
    op.execute("DELETE FROM outbox_email WHERE kind IN ('affirmation', 'quote')")
    op.execute("DELETE FROM link_token WHERE purpose IN ('affirm', 'quote')")
    op.execute(
        "DELETE FROM update_recipient WHERE update_id IN"
        " (SELECT id FROM campaign_update WHERE asks_wording IS NOT NULL)"
    )
    op.execute("DELETE FROM campaign_update WHERE asks_wording IS NOT NULL")
    op.drop_index("ix_campaign_update_asks_wording", "campaign_update")
    for name in ("asks_wording", *ANSWERS):
        op.drop_column("campaign_update", name)
    for name in ("shown_earlier_count", "shown_earlier_on"):
        op.drop_column("campaign", name)
