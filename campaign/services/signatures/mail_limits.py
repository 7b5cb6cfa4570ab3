"""Mails to supporters about their own signature, and how often a mailbox may be written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signing import next_mail_at
from campaign.store.prepared import Prepared
from campaign.store.tables.core import outbox_email

# A thank-you follows a click in the mailbox itself, so it is asked for; these two a stranger can cause.
_UNASKED = (EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED)
_MAILS = select(
    outbox_email.c.supporter_id, outbox_email.c.due_at, outbox_email.c.signature_id, outbox_email.c.state
).where(
    outbox_email.c.supporter_id.in_(bindparam("supporters", expanding=True)),
    outbox_email.c.kind.in_(_UNASKED),
)

# Most people sign for the first time: a look by the driver spares them the SELECT above.
_HAS_MAIL = Prepared(
    select(outbox_email.c.id).where(
        outbox_email.c.supporter_id == bindparam("supporter"),
        (outbox_email.c.kind == bindparam("kind")) | (outbox_email.c.kind == bindparam("other_kind")),
    ),
    columns=("supporter", "kind", "other_kind"),
)


@dataclass(frozen=True)
class UnaskedMail:
    """A mail that a mailbox got, or will get, without its owner's asking."""

    due_at: datetime
    signature_id: int | None
    state: OutboxState


def unasked_mails(connection: Connection, supporter_ids: Sequence[int]) -> dict[int, list[UnaskedMail]]:
    """The mails to each of these mailboxes that a stranger could have caused."""
    mails: dict[int, list[UnaskedMail]] = {supporter_id: [] for supporter_id in supporter_ids}
    written_to = [
        supporter_id
        for supporter_id in mails
        if _HAS_MAIL.one(
            connection, {"supporter": supporter_id, "kind": _UNASKED[0], "other_kind": _UNASKED[1]}
        )
    ]
    if not written_to:
        return mails
    for row in connection.execute(_MAILS, {"supporters": written_to}):
        mails[row.supporter_id].append(UnaskedMail(row.due_at, row.signature_id, row.state))
    return mails


def may_mail_at(mails: Sequence[UnaskedMail], *, signature_id: int, now: datetime) -> datetime | None:
    """When a mailbox that got these may be written to again unasked.

    None for never, and when such a mail about this signature waits already.
    """
    about_this = [mail for mail in mails if mail.signature_id == signature_id]
    if any(mail.due_at > now and mail.state is OutboxState.QUEUED for mail in about_this):
        return None
    return next_mail_at([mail.due_at for mail in mails], for_this_signature=len(about_this), now=now)
