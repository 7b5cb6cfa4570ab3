"""SendGrid's webhooks: who sent a post, and what the Event Webhook reports in our words."""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from sendgrid.helpers.eventwebhook import EventWebhook

from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.rejections import is_no_such_mailbox, says_turned_away
from campaign.errors import RefusedError
from campaign.mail.failure_reason import redacted_reason

SIGNATURE_HEADER = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP_HEADER = "X-Twilio-Email-Event-Webhook-Timestamp"

# Opens and clicks are never asked for, and what else SendGrid may report is none of our states' business.
_KINDS: Mapping[str, EventKind] = {
    "processed": EventKind.PROCESSED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "bounce": EventKind.BOUNCED,
    "dropped": EventKind.DROPPED,
    "spamreport": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
}
# A bounce of such a type was turned away for the time being: the mailbox may well be there.
_TURNED_AWAY = frozenset({"blocked", "soft"})
# How `bounce_classification` begins where the mail, its sender or the moment is to blame.
_CLASSES_OF_THE_MAIL = ("content", "frequency", "reputation", "technical")
# Why SendGrid drops an email without a try: these are about the address. All others ("Spam Content",
# "Recipient List over Package Quota", "Invalid SMTPAPI header") are about the email or the account.
_DROPPED_FOR_THE_ADDRESS = frozenset(
    {"bounced address", "invalid", "spam reporting address", "unsubscribed address"}
)


class WebhookKey:
    """The public key that SendGrid's signatures are checked against."""

    def __init__(self, public_key: str, *, setting: str = "CAMPAIGN_SENDGRID_WEBHOOK_KEY") -> None:
        """Take the key as SendGrid shows it: base64 without PEM lines.

        RefusedError, naming the setting it came from, when it is none.
        """
        try:
            self._key = EventWebhook(public_key).public_key
        except ValueError:
            raise RefusedError(
                "%(setting)s is not a public key as SendGrid shows it.", setting=setting
            ) from None

    def is_genuine(self, body: bytes, *, signature: str, timestamp: str) -> bool:
        """Whether SendGrid signed exactly these bytes (ECDSA P-256, SHA-256, over the time and the body).

        Its package checks texts only, and a mail that is posted may hold any bytes.
        """
        try:
            signed = timestamp.encode("utf-8", "replace") + body
            self._key.verify(b64decode(signature), signed, ec.ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


def read_reports(body: bytes) -> list[DeliveryReport]:
    """The reports about our emails, others left out; RefusedError for what is no JSON array of events."""
    try:
        events = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError("This is not JSON.") from None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise RefusedError("This is not a JSON array of events.")
    return [report for event in events if (report := _report(event)) is not None]


def _report(event: dict[str, Any]) -> DeliveryReport | None:
    kind = refined_kind(
        _KINDS.get(str(event.get("event"))),
        how=event.get("type"),
        why=event.get("reason"),
        classed=event.get("bounce_classification"),
    )
    public_id, event_id = event.get("campaign_email_id"), event.get("sg_event_id")
    if kind is None or not isinstance(public_id, str) or not isinstance(event_id, str):
        return None
    if not (0 < len(public_id) <= 32 and 0 < len(event_id) <= 200 and (public_id + event_id).isprintable()):
        return None
    words = event.get("reason") or event.get("response") or event.get("status")
    reason = redacted_reason(str(words)) if words else None
    return DeliveryReport(event_id, public_id, kind, _moment(event.get("timestamp")), reason)


def refined_kind(
    kind: EventKind | None, *, how: object, why: object, classed: object = None
) -> EventKind | None:
    """The kind, with what is about the address told from what is about the mail: by the type of a bounce, its
    class and the words of the server that refused it, and by the reason of a drop."""
    if kind is EventKind.BOUNCED and (
        str(how).lower() in _TURNED_AWAY
        or str(classed).lower().startswith(_CLASSES_OF_THE_MAIL)
        or (says_turned_away(str(why)) and not is_no_such_mailbox(str(why)))
    ):
        return EventKind.BLOCKED
    if kind is EventKind.DROPPED and str(why).strip().lower() not in _DROPPED_FOR_THE_ADDRESS:
        return EventKind.REFUSED
    return kind


def _moment(timestamp: object) -> datetime:
    try:
        return datetime.fromtimestamp(float(str(timestamp)), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
