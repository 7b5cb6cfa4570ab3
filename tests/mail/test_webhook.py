import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from campaign.domain.events import EventKind
from campaign.errors import RefusedError
from campaign.mail.inbound.webhook import WebhookKey, read_reports

PRIVATE = ec.generate_private_key(ec.SECP256R1())


def public_key() -> str:
    return base64.b64encode(
        PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


def signature(body: bytes, timestamp: str) -> str:
    return base64.b64encode(PRIVATE.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()


def event(**fields: object) -> dict[str, object]:
    return {
        "event": "bounce",
        "sg_event_id": "e1",
        "campaign_email_id": "a" * 32,
        "timestamp": 1_790_000_000,
        **fields,
    }


def test_what_the_provider_signed_is_genuine_and_nothing_else_is() -> None:
    key, body = WebhookKey(public_key()), json.dumps([event()]).encode()
    signed = signature(body, "1790000000")
    assert key.is_genuine(body, signature=signed, timestamp="1790000000")
    for other in (
        {"body": body + b" "},
        {"timestamp": "1790000001"},
        {"signature": ""},
        {"signature": "not base64!"},
        {"signature": base64.b64encode(b"x" * 70).decode()},
        {"body": b"\xff\xfe"},
    ):
        tried = {"body": body, "signature": signed, "timestamp": "1790000000", **other}
        assert not key.is_genuine(tried.pop("body"), **tried), other


@pytest.mark.parametrize("key", ["x", "MFkw", "not a key at all"])
def test_what_is_no_key_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(RefusedError, match="not a public key"):
        WebhookKey(key)


def test_events_are_read_in_our_words() -> None:
    body = json.dumps(
        [
            event(reason="550 <rana@mail.example> unknown \ud800\0"),
            event(event="spamreport", sg_event_id="e2"),
            event(event="open", sg_event_id="e3"),
            event(campaign_email_id=None),
            event(sg_event_id=7),
            event(sg_event_id="\ud800"),
            event(campaign_email_id="\udfff"),
            event(campaign_email_id="a\0"),
            {},
        ]
    )
    first, second = read_reports(body.encode())
    assert (first.kind, first.reason) == (EventKind.BOUNCED, "550 <<address>> unknown ?")
    assert first.occurred_at == datetime.fromtimestamp(1_790_000_000, UTC)
    assert second.kind is EventKind.COMPLAINED


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"type": "bounce", "status": "5.1.1"}, EventKind.BOUNCED),
        ({"type": "blocked", "reason": "550 try later"}, EventKind.BLOCKED),
        ({"type": "bounce", "reason": "554 5.7.1 looks like spam"}, EventKind.BLOCKED),
        ({"type": "bounce", "reason": "552 5.2.2 mailbox full"}, EventKind.BLOCKED),
        ({"type": "bounce", "reason": "550 5.1.1 no such user"}, EventKind.BOUNCED),
        ({"type": "bounce", "bounce_classification": "Reputation"}, EventKind.BLOCKED),
        ({"type": "bounce", "bounce_classification": "Invalid Address"}, EventKind.BOUNCED),
        ({"event": "dropped", "reason": "Bounced Address"}, EventKind.DROPPED),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, EventKind.DROPPED),
        ({"event": "dropped", "reason": "Invalid"}, EventKind.DROPPED),
        ({"event": "dropped", "reason": "Invalid SMTPAPI header"}, EventKind.REFUSED),
        ({"event": "dropped", "reason": "Spam Content (if Spam Checker app is enabled)"}, EventKind.REFUSED),
        ({"event": "dropped", "reason": None}, EventKind.REFUSED),
        ({"event": "group_unsubscribe"}, EventKind.UNSUBSCRIBED),
    ],
)
def test_what_is_about_the_address_is_told_from_what_is_about_the_mail(
    fields: dict[str, object], kind: EventKind
) -> None:
    (report,) = read_reports(json.dumps([event(**fields)]).encode())
    assert report.kind is kind


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'"events"', b"[1]", b"[[]]", b"\xff", b"[" * 100_000])
def test_what_is_no_list_of_events_is_refused(body: bytes) -> None:
    with pytest.raises(RefusedError):
        read_reports(body)


@pytest.mark.parametrize("timestamp", [None, "soon", 1e300, "nan", -1e18, {}])
def test_an_event_with_a_strange_time_is_still_an_event(timestamp: object) -> None:
    assert len(read_reports(json.dumps([event(timestamp=timestamp)]).encode())) == 1
