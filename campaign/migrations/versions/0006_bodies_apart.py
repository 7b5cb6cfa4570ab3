"""The words of an email in a table of their own, so that a change of state does not rewrite them

Revision ID: 0006
Revises: 0005
"""

from html import escape

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_EMAIL = sa.table(
    "outbox_email",
    sa.column("id", sa.Integer),
    sa.column("text", sa.Text),
    sa.column("html", sa.Text),
)
_BODY = sa.table(
    "outbox_body",
    sa.column("email_id", sa.Integer),
    sa.column("text", sa.Text),
    sa.column("html", sa.Text),
)


def upgrade() -> None:
    op.create_table(
        "outbox_body",
        sa.Column("email_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["email_id"],
            ["outbox_email.id"],
            name=op.f("fk_outbox_body_email_id_outbox_email"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("email_id", name=op.f("pk_outbox_body")),
    )
    kept = sa.select(_EMAIL.c.id, _EMAIL.c.text, _EMAIL.c.html).where(_EMAIL.c.text != "")
    op.execute(_BODY.insert().from_select(["email_id", "text", "html"], kept))
    op.drop_column("outbox_email", "text")
    op.drop_column("outbox_email", "html")


def downgrade() -> None:
    for name in ("text", "html"):
        op.add_column("outbox_email", sa.Column(name, sa.Text(), server_default="", nullable=False))
    connection = op.get_bind()
    _fill_in_html(connection)
    for name in ("text", "html"):
        body = sa.select(_BODY.c[name]).where(_BODY.c.email_id == _EMAIL.c.id).scalar_subquery()
        op.execute(_EMAIL.update().values({name: sa.func.coalesce(body, "")}))
    with op.batch_alter_table("outbox_email") as batch_op:
        for name in ("text", "html"):
            batch_op.alter_column(name, server_default=None)
    op.drop_table("outbox_body")


def _fill_in_html(connection: sa.Connection) -> None:
    """Write out what the earlier schema keeps for every email; a thousand at a time."""
    without = sa.select(_BODY.c.email_id, _BODY.c.text).where(_BODY.c.html.is_(None)).limit(1000)
    filled = (
        _BODY.update()
        .where(_BODY.c.email_id == sa.bindparam("of_email"))
        .values(html=sa.bindparam("written"))
    )
    while rows := connection.execute(without).all():
        connection.execute(
            filled, [{"of_email": row.email_id, "written": _in_paragraphs(row.text)} for row in rows]
        )


def _in_paragraphs(text: str) -> str:
    paragraphs = (escape(one, quote=False).replace("\n", "<br>\n") for one in text.strip().split("\n\n"))
    return "\n".join(f'<p dir="auto">{one}</p>' for one in paragraphs)
