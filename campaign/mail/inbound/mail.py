"""Mail that comes in, as its bytes: its headers and, when it is for us, its body. None of it is trusted."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses

from campaign.domain.automatic_mail import TELLING_HEADERS
from campaign.domain.names import clean_line, clean_text
from campaign.domain.replies import LONGEST_TEXT, InboundMail
from campaign.errors import RefusedError
from campaign.mail.inbound.body import MailBody, read_body
from campaign.mail.inbound.header_lines import MAX_HEADER, as_text, decoded_header, header, raw_headers

MAX_MAIL = 32 * 1024 * 1024  # bytes; SendGrid takes mails of up to 30 MB
MAX_RECIPIENTS = 500
MAX_HEADERS = 1_000_000  # bytes of all of them; a mail that went through many servers has some 50,000
MAX_SUBJECT = 500
# Where a mail may say for whom it came, the surest first: the servers' own words, then the sender's.
_RECIPIENT_HEADERS = (
    "x-original-to",
    "delivered-to",
    "envelope-to",
    "x-envelope-to",
    "to",
    "cc",
    "resent-to",
)
_COMMON_HEADERS = frozenset({"from", "to", "subject", "date", "message-id"})
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_ADDRESS = re.compile(r"[^\s<>@,;\"]{1,64}@[^\s<>@,;\"]{1,253}")


def read_mail(
    data: bytes,
    *,
    recipients: tuple[str, ...] = (),
    envelope_sender: str | None = None,
    is_ours: Callable[[str], object] = bool,
) -> InboundMail:
    """One mail out of its bytes; `recipients` and `envelope_sender` are what the server was told, if it says.

    Of a mail to no address that `is_ours` only the headers are read: strangers get no more work out of us.
    RefusedError when it is too large or no mail at all.
    """
    if len(data) > MAX_MAIL:
        raise RefusedError("This mail is too large: the most is %(most)d MB.", most=MAX_MAIL // 2**20)
    data = _without_mbox_line(data)
    envelope = Envelope(recipients, envelope_sender, is_ours)
    return inbound_mail(read_headers(data), envelope, lambda: read_body(data))


def read_headers(data: bytes) -> Message:
    """The headers of a mail; RefusedError where there are none, or more than any mail has."""
    end = _END_OF_HEADERS.search(data, 0, MAX_HEADERS)
    if end is None and len(data) >= MAX_HEADERS:
        raise RefusedError("The headers of this mail do not end.")
    headers = BytesHeaderParser(policy=compat32).parsebytes(data[: end.end()] if end else data)
    if not any(name.lower() in _COMMON_HEADERS for name, _ in headers.raw_items()):
        raise RefusedError("This is not a mail: it has none of the headers that every mail has.")
    return headers


@dataclass(frozen=True)
class Envelope:
    """What the server was told: for whom, and from whom if it says; and which addresses are ours."""

    recipients: tuple[str, ...]
    sender: str | None
    is_ours: Callable[[str], object]


def inbound_mail(headers: Message, envelope: Envelope, body: Callable[[], MailBody]) -> InboundMail:
    """A mail out of its headers, and of what `body` reads when the mail is for us."""
    recipients = (*envelope.recipients[:MAX_RECIPIENTS], *_recipients(headers))
    found = body() if any(map(envelope.is_ours, recipients)) else MailBody("")
    sender = envelope.sender
    if sender is None and "Return-Path" in headers:
        sender = header(headers, "Return-Path").strip(" <>")
    name, address = sender_of(next(raw_headers(headers, "From"), ""))
    subject = clean_line(header(headers, "Subject"))[:MAX_SUBJECT]
    text = clean_text(found.text[: 2 * LONGEST_TEXT])[:LONGEST_TEXT]
    message_id = clean_line(header(headers, "Message-ID")) or _digest(
        header(headers, "Date"), address, subject, text
    )
    return InboundMail(
        message_id=message_id,
        recipients=recipients,
        sender_name=name,
        sender_address=address,
        subject=subject,
        text=text,
        attachments=found.attachments,
        headers={name: clean_line(header(headers, name)) for name in TELLING_HEADERS if name in headers},
        envelope_sender=sender,
        kind=headers.get_content_type(),
    )


def sender_of(raw: str) -> tuple[str, str]:
    """The first name and address of a From line as it came; each is empty where there is none.

    Taken apart before it is decoded: a name may hold a comma.
    """
    line = clean_line(as_text(raw[:MAX_HEADER]))
    try:
        pairs = getaddresses([line])
    except RecursionError:  # comments inside comments, which nobody writes
        pairs = [("", line)]
    for name, address in pairs[:1]:
        match = _ADDRESS.fullmatch(address) or _ADDRESS.search(line)
        return clean_line(decoded_header(name))[:200], match.group() if match else ""
    return "", ""


def _without_mbox_line(data: bytes) -> bytes:
    return data.partition(b"\n")[2] if data.startswith(b"From ") else data


def _recipients(message: Message) -> tuple[str, ...]:
    addresses: list[str] = []
    for name in _RECIPIENT_HEADERS:
        for value in raw_headers(message, name):
            addresses += _ADDRESS.findall(value[:MAX_HEADER])
    return tuple(addresses[:MAX_RECIPIENTS])


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
