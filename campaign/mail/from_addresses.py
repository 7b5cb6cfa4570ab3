"""From which address each kind of email goes: one for officials, one for the people who sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from campaign.domain.outbox import STREAMS, MailStream


@dataclass(frozen=True)
class FromAddress:
    """A sender's display name, which may be empty, and address."""

    name: str
    address: str


class FromAddresses:
    """The sender of each stream; without one of its own, supporters' mail shares that of the messages."""

    def __init__(self, action: str, supporter: str = "") -> None:
        """Each is `Name <address>`."""
        self._by_stream: Mapping[MailStream, FromAddress] = {
            MailStream.ACTION: _from_address(action),
            MailStream.SUPPORTER: _from_address(supporter or action),
        }

    def of(self, kind: str) -> FromAddress:
        """The sender of a kind of email."""
        return self._by_stream[_STREAM_OF[kind]]


_STREAM_OF: Mapping[str, MailStream] = {kind.value: stream for kind, stream in STREAMS.items()}


def _from_address(text: str) -> FromAddress:
    return FromAddress(*parseaddr(text))
