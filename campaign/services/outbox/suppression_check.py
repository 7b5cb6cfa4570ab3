"""The look before an email to a supporter is written: whether their address takes it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, exists, or_, select

from campaign.domain.addresses import address_hash, spelling_hash
from campaign.domain.outbox import EmailKind
from campaign.domain.suppressions import SuppressionReason, stopped_kinds, stops
from campaign.store.prepared import Prepared
from campaign.store.tables.core import outbox_email, supporter, suppression


@dataclass(frozen=True)
class AddressHashes:
    """What an address is known by: as it is spelled, and as all spellings of its mailbox are."""

    spelling: str
    canonical: str

    @classmethod
    def of(cls, address: str, *, key: bytes) -> "AddressHashes":
        """Both of an address."""
        return cls(spelling_hash(key, address), address_hash(key, address))

    @classmethod
    def of_supporter(
        cls, spelling: str | None, canonical: str, address: str | None, *, key: bytes
    ) -> "AddressHashes":
        """Both as a supporter's row has them.

        Who confirmed before spellings were kept is known by the address, and without one by the mailbox.
        """
        if spelling is None:
            spelling = spelling_hash(key, address) if address else canonical
        return cls(spelling, canonical)


def concerns(spelling: ColumnElement[str], canonical: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that a suppression, in force or lifted, is one of this address."""
    of_all = suppression.c.any_spelling & (suppression.c.address_hash == canonical)
    return or_(suppression.c.address_hash == spelling, of_all)


# One look into a unique index for each email to a supporter; nearly always it finds nothing.
_IN_FORCE = Prepared(
    select(suppression.c.reason).where(
        concerns(bindparam("spelling"), bindparam("canonical")), suppression.c.lifted_at.is_(None)
    ),
    columns=("spelling", "canonical"),
)
_MAY_BE_STOPPED = frozenset(
    kind for kind in EmailKind if any(stops(reason, kind) for reason in SuppressionReason)
)


def takes_no_more() -> ColumnElement[bool]:
    """The condition that an email in the outbox is of a kind that its address takes no more by now."""
    stopped = (
        (suppression.c.reason == reason) & outbox_email.c.kind.in_(stopped_kinds(reason))
        for reason in SuppressionReason
    )
    mailbox = select(supporter.c.address_hash).where(supporter.c.id == outbox_email.c.supporter_id)
    of_address = concerns(outbox_email.c.to_hash, mailbox.correlate(outbox_email).scalar_subquery())
    in_force = select(1).where(of_address, suppression.c.lifted_at.is_(None), or_(*stopped))
    return exists(in_force.correlate(outbox_email))


def suppression_of(
    connection: Connection, hashes: AddressHashes | None, kind: EmailKind
) -> SuppressionReason | None:
    """Why an email of this kind is not written to an address; None when it may be."""
    if hashes is None or kind not in _MAY_BE_STOPPED:
        return None
    reasons = [SuppressionReason(row[0]) for row in _IN_FORCE.all(connection, vars(hashes))]
    return min((reason for reason in reasons if stops(reason, kind)), default=None)


def is_suppressed(connection: Connection, hashes: AddressHashes) -> bool:
    """Whether anything is not written to an address."""
    return bool(_IN_FORCE.all(connection, vars(hashes)))


def reason_not_sent(reason: SuppressionReason) -> str:
    """What stands as the reason of an email that was not sent."""
    return f"not sent: the address is suppressed ({reason.value})"
