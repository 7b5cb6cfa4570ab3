"""The local provider: every mail becomes a file, and nothing leaves the machine."""

from datetime import datetime
from pathlib import Path

from campaign.domain.outcomes import Accepted, NotSent, Outcome, Refused
from campaign.errors import RefusedError
from campaign.mail.email import Email
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.mime import FOR_FILES, internet_message


class LocalProvider:
    """Writes one `.eml` file per mail, named by its id, so that writing it twice makes one file."""

    name = "local"

    def __init__(self, outbox: Path, *, from_addresses: FromAddresses) -> None:
        self._outbox = outbox
        self._from_addresses = from_addresses

    def send(self, email: Email, *, now: datetime) -> Outcome:
        """Write the file whole or not at all."""
        try:
            message = internet_message(
                email, sender=self._from_addresses.of(email.kind), now=now, policy=FOR_FILES
            )
        except RefusedError as error:
            return Refused(error.sentence)
        path = self._outbox / f"{email.public_id}.eml"
        part = path.with_suffix(".part")
        try:
            self._outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(bytes(message))
            part.replace(path)
        except OSError as error:
            return NotSent(f"the outbox folder cannot be written to: {error.strerror}")
        return Accepted(email.public_id)

    def close(self) -> None:
        """Nothing is held open."""
