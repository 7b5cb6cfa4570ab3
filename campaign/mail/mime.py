"""An email as an Internet message, for the providers that carry one."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, default
from email.utils import parseaddr

from campaign.domain.addresses import clean_address
from campaign.domain.names import clean_line
from campaign.mail.email import Email

# Servers need not take eight bits; people who open a file with an editor rather see letters than codes.
FOR_SMTP = SMTP.clone(cte_type="7bit")
FOR_FILES = default


def message_id(email: Email, *, sender: str) -> str:
    """The Message-ID, the same on every attempt, so that a mailbox can tell a second copy."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{email.public_id}@{domain}>"


def internet_message(
    email: Email, *, sender: str, now: datetime, policy: "EmailPolicy[EmailMessage]"
) -> EmailMessage:
    """The message with its headers and both bodies, plain text first.

    Raises RefusedError for an address nobody can be written to at. Line ends and other controls in names and
    subjects become spaces, so that no text can add a header.
    """
    name, address = parseaddr(sender)
    message = EmailMessage(policy=policy)
    message["From"] = _address(email.from_name or name, address)
    message["To"] = _address(email.to_name, email.to_address)
    if email.reply_to:
        message["Reply-To"] = _address(None, email.reply_to)
    message["Subject"] = clean_line(email.subject)
    message["Date"] = now
    message["Message-ID"] = message_id(email, sender=sender)
    message["X-Campaign-Email-Id"] = email.public_id
    message.set_content(_encodable(email.text))
    message.add_alternative(_encodable(email.html), subtype="html")
    return message


def _address(name: str | None, address: str) -> Address:
    local, _, domain = clean_address(address).rpartition("@")
    return Address(clean_line(name or ""), local, domain)


def _encodable(text: str) -> str:
    """The text with what UTF-8 cannot write replaced."""
    return text.encode("utf-8", "replace").decode()
