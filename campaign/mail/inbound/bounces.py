"""Mail that comes back: delivery status notifications (RFC 3464), read as reports in our words."""

import email
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from campaign.domain.events import DeliveryReport, EventKind, SuppressionSource
from campaign.mail.failure_reason import redacted_reason
from campaign.mail.inbound.mailbox import take_mails
from campaign.mail.verp import ReturnAddress

MAX_RECIPIENTS = 10  # our mails have one
# Where a mail server may have left the address that a notification was delivered to.
_RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_ID_HEADER = re.compile(r"(?im)^x-campaign-email-id:\s*([0-9a-f]{32})\s*$")
_MESSAGE_ID = re.compile(r"(?im)^message-id:\s*<([0-9a-f]{32})@[^>\s]+>")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# Statuses (RFC 3463, RFC 7505) of a mailbox that is not there, by their beginnings. What else comes back for
# good was turned away for another reason: a full mailbox, a filter, the size, our own standing.
_NO_SUCH_MAILBOX = ("5.0.0", "5.1.", "5.2.1", "5.4.4")
_SENDER_STATUSES = frozenset({"5.1.7", "5.1.8"})
_ACTIONS = {
    "delayed": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "relayed": EventKind.PROCESSED,
    "expanded": EventKind.PROCESSED,
}


@dataclass(frozen=True)
class ReturnedMail:
    """The mailbox that undeliverable mail comes back to."""

    mailbox: Path
    return_address: ReturnAddress | None

    @contextmanager
    def reports(self, *, now: datetime) -> Iterator[list[DeliveryReport]]:
        """What some of its mails report; they are gone from it when the block ends well.

        Raises OSError when it cannot be read.
        """
        with take_mails(self.mailbox) as mails:
            yield [
                report
                for mail in mails
                for report in read_bounce(mail, return_address=self.return_address, now=now)
            ]


def read_bounce(
    content: bytes, *, return_address: ReturnAddress | None, now: datetime
) -> list[DeliveryReport]:
    """What a returned mail reports about one of ours; nothing for any other mail, and for one that is forged.

    The email is known by its signed return address; where servers have lost that, by what the returned copy
    says of itself, which only those who got the mail can know.
    """
    message = email.message_from_bytes(content)
    public_id = _public_id(message, return_address)
    if public_id is None:
        return []
    digest = hashlib.sha256(content).hexdigest()[:40]
    occurred_at = min(_sent_at(message) or now, now)
    reports = []
    for number, fields in enumerate(_recipients(message)):
        kind = _kind(fields)
        if kind is not None and number < MAX_RECIPIENTS:
            reports.append(
                DeliveryReport(
                    f"dsn:{digest}:{number}",
                    public_id,
                    kind,
                    occurred_at,
                    _reason(fields),
                    SuppressionSource.SMTP,
                )
            )
    return reports


def is_no_such_mailbox(words: str) -> bool:
    """Whether the enhanced status in a server's words says that the address is dead."""
    match = _STATUS.search(words)
    status = match[0] if match else ""
    return status.startswith(_NO_SUCH_MAILBOX) and status not in _SENDER_STATUSES


def _public_id(message: Message, return_address: ReturnAddress | None) -> str | None:
    if return_address is not None:
        recipients = "\n".join(
            str(value) for name in _RECIPIENT_HEADERS for value in message.get_all(name, [])
        )
        public_id = return_address.email_in(recipients)
        if public_id is not None or return_address.is_in(recipients):
            return public_id
    for part in message.walk():
        if part.get_content_type() in {"message/rfc822", "message/global", "text/rfc822-headers"}:
            # The end may be cut off, and only the head is of interest.
            headers = _text_of(part)
            match = _ID_HEADER.search(headers) or _MESSAGE_ID.search(headers)
            if match:
                return match[1].lower()
    return None


def _text_of(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        heads = [inner.items() for inner in payload if isinstance(inner, Message)]
        return "\n".join(f"{name}: {value}" for head in heads for name, value in head)
    decoded = part.get_payload(decode=True)
    return decoded.decode("latin-1") if isinstance(decoded, bytes) else str(payload)


def _recipients(message: Message) -> Iterator[Message]:
    """The fields about each recipient; those about the whole message come first and have no action."""
    for part in message.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from (
                    fields for fields in payload if isinstance(fields, Message) and "Action" in fields
                )


def _kind(fields: Message) -> EventKind | None:
    action = str(fields.get("Action", "")).strip().lower()
    if action != "failed":
        return _ACTIONS.get(action)
    return EventKind.BOUNCED if is_no_such_mailbox(_status(fields)) else EventKind.BLOCKED


def _status(fields: Message) -> str:
    """The status; where a server only says "failed" (Exim does), the one in the other server's own words."""
    status = _STATUS.search(str(fields.get("Status", "")))
    diagnostic = _STATUS.search(str(fields.get("Diagnostic-Code", "")))
    if diagnostic and (status is None or status[0].endswith(".0.0")):
        return diagnostic[0]
    return status[0] if status else ""


def _reason(fields: Message) -> str | None:
    words = re.sub(r"(?i)^\s*(smtp|x-[\w-]+)\s*;\s*", "", str(fields.get("Diagnostic-Code", "")))
    return redacted_reason(": ".join(part for part in (_status(fields), words.strip()) if part))


def _sent_at(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("Date", "")))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
