"""Whose words an email holds, and whether they still stand by them: otherwise nothing sends it again."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, exists, select

from campaign.domain.outbox import EmailKind
from campaign.domain.signature import IS_REMOVED, SignatureState
from campaign.store.tables.core import outbox_email, signature

# By this reason an email is known that waits again once its signature is restored.
SIGNATURE_REMOVED = "not sent: the signature was removed"


def is_stood_by(emails: FromClause = outbox_email) -> ColumnElement[bool]:
    """The condition that an email was not erased, and that the signature of a message still stands."""
    is_taken_back = _has_signature(emails, signature.c.state != SignatureState.CONFIRMED)
    return emails.c.erased_at.is_(None) & ~((emails.c.kind == EmailKind.MESSAGE) & is_taken_back)


def reason_not_stood_by() -> ColumnElement[Any]:
    """What stands as the reason of a message that is cancelled because its signature no longer stands."""
    is_removed = _has_signature(outbox_email, signature.c.state.in_(IS_REMOVED))
    return case((is_removed, SIGNATURE_REMOVED), else_=None)


def _has_signature(emails: FromClause, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    of_email = signature.c.id == emails.c.signature_id
    return exists(select(1).where(of_email, condition).correlate(emails))
