"""The local provider: every mail becomes a file, and nothing leaves the machine."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from campaign.domain.outcomes import Accepted, NotSent, Outcome
from campaign.mail.email import Email


class LocalProvider:
    """Writes one `.eml` file per mail, named by its id, so that writing it twice makes one file."""

    name = "local"

    def __init__(self, outbox: Path, *, sender: str) -> None:
        self._outbox = outbox
        self._sender = sender

    def send(self, email: Email, *, now: datetime) -> Outcome:
        """Write the file whole or not at all."""
        message = EmailMessage()
        name, address = parseaddr(self._sender)
        message["From"] = Address(email.from_name or name, addr_spec=address)
        message["To"] = Address(email.to_name or "", addr_spec=email.to_address)
        if email.reply_to:
            message["Reply-To"] = email.reply_to
        message["Subject"] = email.subject
        message["Date"] = now
        message["X-Campaign-Email-Id"] = email.public_id
        message.set_content(email.text)
        message.add_alternative(email.html, subtype="html")
        path = self._outbox / f"{email.public_id}.eml"
        try:
            self._outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(bytes(message))
            part.replace(path)
        except OSError as error:
            return NotSent(f"the outbox folder cannot be written to: {error.strerror}")
        return Accepted(email.public_id)

    def close(self) -> None:
        """Nothing is held open."""
