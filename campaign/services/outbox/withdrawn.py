"""Whose words an email holds, and whether they still stand by them: otherwise nothing sends it again."""

from sqlalchemy import ColumnElement, FromClause, exists, select

from campaign.domain.outbox import EmailKind
from campaign.domain.signature import SignatureState
from campaign.store.tables.core import outbox_email, signature


def is_stood_by(emails: FromClause = outbox_email) -> ColumnElement[bool]:
    """The condition that an email was not erased, and that the writer of a message has not withdrawn."""
    is_withdrawn = exists(
        select(1)
        .where(signature.c.id == emails.c.signature_id, signature.c.state != SignatureState.CONFIRMED)
        .correlate(emails)
    )
    return emails.c.erased_at.is_(None) & ~((emails.c.kind == EmailKind.MESSAGE) & is_withdrawn)
