"""The look before a mail to a supporter is written: whether their address takes it."""

from sqlalchemy import Connection, bindparam, select

from campaign.domain.outbox import EmailKind
from campaign.domain.suppressions import SuppressionReason, stops
from campaign.store.prepared import Prepared
from campaign.store.tables.core import supporter, suppression

# One look into two unique indexes for each mail to a supporter; nearly always it finds nothing.
_OF_SUPPORTER = Prepared(
    select(suppression.c.reason)
    .join(supporter, supporter.c.address_hash == suppression.c.address_hash)
    .where(supporter.c.id == bindparam("supporter"), suppression.c.lifted_at.is_(None)),
    columns=("supporter",),
)
_MAY_BE_STOPPED = frozenset(
    kind for kind in EmailKind if any(stops(reason, kind) for reason in SuppressionReason)
)


def suppression_of(
    connection: Connection, supporter_id: int | None, kind: EmailKind
) -> SuppressionReason | None:
    """Why a mail of this kind is not written to a supporter; None when it may be."""
    if supporter_id is None or kind not in _MAY_BE_STOPPED:
        return None
    reasons = [
        SuppressionReason(row[0]) for row in _OF_SUPPORTER.all(connection, {"supporter": supporter_id})
    ]
    return min((reason for reason in reasons if stops(reason, kind)), default=None)


def reason_not_sent(reason: SuppressionReason) -> str:
    """What stands as the reason of an email that was not sent."""
    return f"not sent: the address is suppressed ({reason.value})"
