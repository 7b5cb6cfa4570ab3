"""Messages laid beside a confirmed form, word for word as they were shown, until a worker writes them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from campaign.services.compose.message import ComposedMessage


@dataclass(frozen=True)
class StoredMessage:
    """One finished message to an official; `asks` are the ids of those it stresses."""

    official_id: int
    subject: str
    words: str
    asks: list[int]
    email_subject: str
    text: str
    html: str | None
    check_code: str = ""

    @classmethod
    def of(cls, message: ComposedMessage) -> "StoredMessage":
        """A message as it was composed."""
        return cls(
            official_id=message.official.id,
            subject=message.subject,
            words=message.words,
            asks=message.stressed_asks,
            email_subject=message.rendered.subject,
            text=message.rendered.text,
            html=message.rendered.html,
            check_code=message.check_code or "",
        )


def encode(messages: Sequence[ComposedMessage]) -> str:
    """The messages as they are stored."""
    return json.dumps([asdict(StoredMessage.of(message)) for message in messages], ensure_ascii=False)


def decode(stored: str | None) -> tuple[StoredMessage, ...]:
    """The messages that `encode` has stored; none from nothing."""
    return tuple(StoredMessage(**message) for message in json.loads(stored or "[]"))
