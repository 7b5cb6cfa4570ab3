"""SendGrid's Inbound Parse: a mail that comes as a form, whole in one field or taken apart into many."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from campaign.domain.charsets import text_of
from campaign.domain.names import clean_line
from campaign.domain.replies import Attachment, InboundMail
from campaign.errors import RefusedError
from campaign.mail.inbound.body import MAX_ATTACHMENTS, MailBody, html_text, read_body, richest
from campaign.mail.inbound.mail import Envelope, inbound_mail, read_headers, read_mail


def read_form(
    fields: Mapping[str, bytes],
    attachments: Sequence[Attachment],
    *,
    readable: Sequence[tuple[str, bytes]] = (),
    is_ours: Callable[[str], object] = bool,
) -> InboundMail:
    """The mail in the fields of a post, each as its bytes; `attachments` are those that came as files.

    `readable` are the Content-Type and the content of files that may be the body: SendGrid takes a body
    with a name for a file, and signed mail too.

    With "send raw" the field `email` is the mail itself. Without it the mail has been taken apart: `headers`
    as they were, `text` and `html` in the charsets that `charsets` names. RefusedError when it is neither.
    """
    recipients, sender = _envelope(fields)
    if "email" in fields:
        return read_mail(fields["email"], recipients=recipients, envelope_sender=sender, is_ours=is_ours)
    if "headers" not in fields:
        raise RefusedError(
            "This is not a mail as SendGrid posts it: it has neither a field email nor headers."
        )
    return inbound_mail(
        read_headers(fields["headers"].strip() + b"\n\n"),
        Envelope(recipients, sender, is_ours),
        lambda: MailBody(_text(fields, readable), tuple(attachments[:MAX_ATTACHMENTS])),
    )


def _text(fields: Mapping[str, bytes], readable: Sequence[tuple[str, bytes]]) -> str:
    charsets = _json_object(fields.get("charsets", b""))
    text = text_of(fields.get("text", b""), _charset(charsets, "text"))
    said = richest((text, html_text(fields.get("html", b""), _charset(charsets, "html"))))
    if said.strip():
        return said
    in_files = (
        read_body(f"Content-Type: {clean_line(kind)}\n\n".encode("latin-1", "replace") + content).text
        for kind, content in readable
    )
    return next((text for text in in_files if text.strip()), "")


def _envelope(fields: Mapping[str, bytes]) -> tuple[tuple[str, ...], str | None]:
    """What the sending server said; a mail without a usable envelope still has its headers."""
    envelope = _json_object(fields.get("envelope", b""))
    recipients, sender = envelope.get("to"), envelope.get("from")
    return (
        tuple(address for address in recipients if isinstance(address, str))
        if isinstance(recipients, list)
        else (),
        sender if isinstance(sender, str) else None,
    )


def _charset(charsets: Mapping[str, Any], name: str) -> str | None:
    charset = charsets.get(name)
    return charset if isinstance(charset, str) else None


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
