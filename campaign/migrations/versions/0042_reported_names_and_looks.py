"""Reports of names on the public wall, an organizer's last looks at people, and when a job was put off

Revision ID: 0042
Revises: 0041
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

# What a window held at most: a session that had used it up goes on waiting.
MOST = 20
WAITING = sa.text("decision IS NULL")


def upgrade() -> None:
    op.create_table(
        "name_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(20), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_name_report_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_name_report_signature_id_signature"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_report")),
    )
    op.create_index("ix_name_report_signature_id", "name_report", ["signature_id", "reason"])
    op.create_index(
        "ix_name_report_waiting",
        "name_report",
        ["campaign_id", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    tests_at: sa.Column[list[int]]
    tests_at = sa.Column("tests_at", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
    op.add_column("organizer", tests_at)
    op.add_column("job", sa.Column("written_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("organizer_session") as batch:
        batch.add_column(sa.Column("looks_at", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    _write_moments()
    with op.batch_alter_table("organizer_session") as batch:
        batch.drop_column("looks_from")
        batch.drop_column("looks")


def downgrade() -> None:
    with op.batch_alter_table("organizer_session") as batch:
        batch.add_column(sa.Column("looks", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch.add_column(sa.Column("looks_from", sa.DateTime(timezone=True), nullable=True))
    _write_numbers()
    with op.batch_alter_table("organizer_session") as batch:
        batch.drop_column("looks_at")
    op.drop_column("organizer", "tests_at")
    op.drop_column("job", "written_at")
    op.drop_table("name_report")


def _write_moments() -> None:
    session = _sessions()
    rows = op.get_bind().execute(sa.select(session).where(session.c.looks > 0)).all()
    for row in rows:
        # SQLite keeps no time zone: all times are in UTC.
        since = row.looks_from and row.looks_from.replace(tzinfo=row.looks_from.tzinfo or UTC)
        moments = [int(since.timestamp())] * min(row.looks, MOST) if since else []
        _write(session, row.token_hash, looks_at=moments)


def _write_numbers() -> None:
    session = _sessions()
    for row in op.get_bind().execute(sa.select(session)).all():
        if row.looks_at:
            since = datetime.fromtimestamp(min(row.looks_at), UTC)
            _write(session, row.token_hash, looks=len(row.looks_at), looks_from=since)


def _write(session: sa.TableClause, token_hash: str, **values: object) -> None:
    of_token = sa.update(session).where(session.c.token_hash == token_hash)
    op.get_bind().execute(of_token.values(**values))


def _sessions() -> sa.TableClause:
    return sa.table(
        "organizer_session",
        sa.column("token_hash", sa.String),
        sa.column("looks", sa.Integer),
        sa.column("looks_from", sa.DateTime(timezone=True)),
        sa.column("looks_at", sa.JSON),
    )
