"""Mail that comes back, read as reports in our words: delivery notifications and complaints.

RFC 3464 and 6533 say what became of a mail, RFC 5965 who complained of one; a few servers say it in plain
words (Exim, qmail). What a returned copy itself holds is never looked into beyond its headers: its text is
other people's.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from campaign.domain.events import DeliveryReport, EventKind, SuppressionSource
from campaign.domain.rejections import is_no_such_mailbox, status_of
from campaign.errors import RefusedError
from campaign.mail.failure_reason import redacted_reason
from campaign.mail.inbound.header_lines import raw_headers
from campaign.mail.inbound.mailbox import take_mails
from campaign.mail.inbound.mime_parts import MimePart, parts_of
from campaign.mail.verp import ReturnAddress

MAX_RECIPIENTS = 10  # our mails have one
MAX_PARTS = 100
# Where a mail server may have left the address that a notification was delivered to.
_RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_ID_HEADER = re.compile(r"(?im)^x-campaign-email-id:\s*([0-9a-f]{32})\s*$")
_MESSAGE_ID = re.compile(r"(?im)^message-id:\s*<([0-9a-f]{32})@[^>\s]+>")
_STATUSES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_COPIES = frozenset(
    {
        *("message/rfc822", "message/global", "message/rfc822-headers", "message/global-headers"),
        *("text/rfc822-headers", "text/global-headers"),
    }
)
_FEEDBACK = "message/feedback-report"
_END_OF_BLOCK = re.compile(rb"\r?\n[ \t]*\r?\n")
_FIELD = re.compile(r"^([!-9;-~]{1,100}):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
# How Exim and qmail part their words from the copy of the mail.
_COPY_FOLLOWS = re.compile(
    r"(?m)^-{3,80}.{0,60}\b(?:copy of (?:the|your) (?:message|mail)|headers? of|original message).*\n"
)
_QMAIL = "Hi. This is the qmail-send program"
_LONGEST_WORDS = 20_000
_LONGEST_PLAIN = 100_000
_ACTIONS = {
    "delayed": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "relayed": EventKind.PROCESSED,
    "expanded": EventKind.PROCESSED,
}
# Only what a person did; what a program found out about us ("auth-failure") says nothing of its reader.
_COMPLAINTS = {
    "abuse": EventKind.COMPLAINED,
    "fraud": EventKind.COMPLAINED,
    "opt-out": EventKind.UNSUBSCRIBED,
    "opt-out-list": EventKind.UNSUBSCRIBED,
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
    try:
        message = parts_of(content)
    except RefusedError:
        return []
    leaves = _leaves(message)
    plain = _plain_report(message, leaves)
    public_id = _public_id(message, leaves, plain, return_address)
    if public_id is None:
        return []
    digest = hashlib.sha256(content).hexdigest()[:40]
    occurred_at = min(_sent_at(message) or now, now)
    findings = [*_findings(leaves), *([plain.finding] if plain else [])][:MAX_RECIPIENTS]
    return [
        DeliveryReport(f"dsn:{digest}:{number}", public_id, kind, occurred_at, reason, SuppressionSource.SMTP)
        for number, (kind, reason) in enumerate(findings)
    ]


_Finding = tuple[EventKind, str | None]


@dataclass(frozen=True)
class _PlainReport:
    """A report in plain words, with the headers of the mail that came back under it."""

    finding: _Finding
    headers: str


def _leaves(message: MimePart) -> list[MimePart]:
    """The parts with content of their own, in order."""
    leaves, waiting, seen = [], [message], 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop()
        seen += 1
        if part.parts is None:
            leaves.append(part)
        else:
            waiting += reversed(part.parts)
    return leaves


def _public_id(
    message: Message, leaves: list[MimePart], plain: _PlainReport | None, return_address: ReturnAddress | None
) -> str | None:
    if return_address is not None:
        recipients = "\n".join(value for name in _RECIPIENT_HEADERS for value in raw_headers(message, name))
        public_id = return_address.email_in(recipients)
        if public_id is not None or return_address.is_in(recipients):
            return public_id
    copies = [_headers_of(part.content) for part in leaves if part.kind in _COPIES]
    for headers in [*copies, *([plain.headers] if plain else [])]:
        match = _ID_HEADER.search(headers) or _MESSAGE_ID.search(headers)
        if match:
            return match[1].lower()
    return None


def _headers_of(copy: bytes) -> str:
    """The headers of a returned copy, whose end may be cut off."""
    return _lines(_END_OF_BLOCK.split(copy.lstrip(), maxsplit=1)[0])


def _findings(leaves: list[MimePart]) -> Iterator[_Finding]:
    words = next((part.content for part in leaves if part.kind == "text/plain"), b"")
    for part in leaves:
        if part.kind in _STATUSES:
            # The fields about the whole message come first, and say nothing of a recipient.
            for block in _END_OF_BLOCK.split(part.content.strip())[: 2 * MAX_RECIPIENTS]:
                if finding := _finding(_fields(block), _lines(words[:_LONGEST_WORDS])):
                    yield finding
        elif part.kind == _FEEDBACK:
            kind = _COMPLAINTS.get(_fields(part.content).get("feedback-type", "").lower())
            if kind is not None:
                yield kind, None


def _finding(fields: Mapping[str, str], words_beside: str) -> _Finding | None:
    action = re.split(r"[\s(;]", fields.get("action", "").strip().lower())[0]
    if action != "failed":
        return (_ACTIONS[action], _reason(fields)) if action in _ACTIONS else None
    words, status = fields.get("diagnostic-code", ""), fields.get("status", "")
    code = status_of(words, status)
    if not _without_type(words) and (not code or code.endswith(".0")):
        words = words_beside  # where no server is quoted, the reporter's own words are all there is
    is_gone = is_no_such_mailbox(words, status=status) and not _was_passed_on(fields)
    return (EventKind.BOUNCED if is_gone else EventKind.BLOCKED), _reason(fields)


def _was_passed_on(fields: Mapping[str, str]) -> bool:
    """Whether the mailbox that is gone is one that the address we wrote to leads to, among others perhaps."""
    asked, tried = (
        fields.get(name, "").rpartition(";")[2].strip(" <>\t").lower()
        for name in ("original-recipient", "final-recipient")
    )
    return bool(asked and tried) and asked.partition("@")[0] != tried.partition("@")[0]


def _plain_report(message: MimePart, leaves: list[MimePart]) -> _PlainReport | None:
    """What Exim and qmail write where they write no notification as RFC 3464 has it."""
    if message.get_content_maintype() == "multipart":
        return None
    text = _lines(leaves[0].content[:_LONGEST_PLAIN]) if leaves else ""
    if "X-Failed-Recipients" not in message and not text.lstrip().startswith(_QMAIL):
        return None
    parted = _COPY_FOLLOWS.split(text, maxsplit=1)
    words = " ".join(parted[0][:_LONGEST_WORDS].split())
    said = words[_said_from(words) :]
    kind = EventKind.BOUNCED if is_no_such_mailbox(said) else EventKind.BLOCKED
    headers = re.split(r"\n[ \t]*\n", parted[1].lstrip(), maxsplit=1)[0] if len(parted) > 1 else ""
    return _PlainReport((kind, redacted_reason(said)), headers)


def _said_from(words: str) -> int:
    """Where the reason begins, behind the greeting and the address."""
    found = re.search(r"(?i)SMTP error from remote|remote host said:|>:|:\s+(?=\d{3}[ -])", words)
    return found.start() if found else 0


def _fields(block: bytes) -> dict[str, str]:
    """The fields of a block by their names in lower case, each the first of its name, on one line."""
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(_lines(block[:_LONGEST_WORDS])):
        fields.setdefault(name.lower(), " ".join(value.split()))
    return fields


def _lines(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def _without_type(diagnostic: str) -> str:
    return re.sub(r"(?i)^\s*(smtp|x-[\w-]+)\s*;\s*", "", diagnostic).strip()


def _reason(fields: Mapping[str, str]) -> str | None:
    diagnostic = fields.get("diagnostic-code", "")
    said = (status_of(diagnostic, fields.get("status", "")), _without_type(diagnostic))
    return redacted_reason(": ".join(part for part in said if part))


def _sent_at(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("Date", "")))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
