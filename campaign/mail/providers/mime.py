"""An email as an Internet message, for the providers that carry one."""

from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr
from typing import Any

from campaign.domain.addresses import clean_address
from campaign.domain.names import clean_line
from campaign.mail.email import Email, extra_headers
from campaign.mail.from_addresses import FromAddress


class HeadersAsWritten(EmailPolicy):
    """Takes headers as written: folding them, the library can put spaces into names (Python 3.11)."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        return name, value


# Servers need not take eight bits; people who open a file with an editor rather see letters than codes.
FOR_SMTP = HeadersAsWritten(linesep="\r\n", cte_type="7bit", refold_source="none")
FOR_FILES = HeadersAsWritten(linesep="\n", cte_type="8bit", refold_source="none")


def message_id(email: Email, *, sender: FromAddress) -> str:
    """The Message-ID, the same on every attempt, so that a mailbox can tell a second copy."""
    domain = sender.address.rpartition("@")[2]
    return f"<{email.public_id}@{domain}>"


def internet_message(
    email: Email, *, sender: FromAddress, now: datetime, policy: "HeadersAsWritten"
) -> EmailMessage:
    """The message with its headers and both bodies, plain text first, and the files behind them.

    Raises RefusedError for an address nobody can be written to at. Line ends and other controls in names and
    subjects become spaces, so that no text can add a header.
    """
    message = EmailMessage(policy=policy)
    message["From"] = _mailbox(email.from_name or sender.name, sender.address)
    message["To"] = _mailbox(email.to_name, email.to_address)
    if email.reply_to:
        message["Reply-To"] = _mailbox(None, email.reply_to)
    message["Subject"] = _encoded(clean_line(email.subject), "Subject")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(email, sender=sender)
    message["X-Campaign-Email-Id"] = email.public_id
    for header, value in extra_headers(email).items():
        message[header] = clean_line(value)
    message["MIME-Version"] = "1.0"
    message.set_content(_encodable(email.text))
    message.add_alternative(_encodable(email.html), subtype="html")
    for file in email.files:
        # As bytes: in a text, servers may change the ends of lines, and no signature fits any more.
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.text.encode(), maintype=main, subtype=sub, filename=file.name)
    return message


def _mailbox(name: str | None, address: str) -> str:
    good_address = clean_address(address)
    good_name = clean_line(name or "")
    if good_name.isascii():
        return formataddr((good_name, good_address))
    return f"{_encoded(good_name, 'From')} <{good_address}>"


def _encoded(line: str, header: str) -> str:
    """The line as a header value by RFC 2047, folded."""
    return Header(_encodable(line), None if line.isascii() else "utf-8", header_name=header).encode()


def _encodable(text: str) -> str:
    """The text with what UTF-8 cannot write replaced."""
    return text.encode("utf-8", "replace").decode()
