"""Who publishes here: what an owner may write about the publisher, and what pages and emails show of it."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from campaign.domain.addresses import clean_address
from campaign.domain.names import clean_label, clean_text
from campaign.domain.sending_plan import read_time_zone
from campaign.errors import RefusedError

LONGEST_NAME = 120
LONGEST_ADDRESS = 500
LONGEST_NOTICE = 20_000


@dataclass(frozen=True)
class Mark:
    """The publisher's logo, by a name for its content, with its size as a page shows it."""

    tag: str
    width: int
    height: int


@dataclass(frozen=True)
class Publisher:
    """Who stands behind the pages and the mail; empty where nobody has said."""

    name: str = ""
    legal_address: str = ""
    contact: str = ""
    time_zone: str | None = None
    mark: Mark | None = None

    @property
    def is_named(self) -> bool:
        """Whether pages can say who publishes them."""
        return bool(self.name)

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The legal address, a line each."""
        return tuple(line for line in self.legal_address.splitlines() if line)

    @classmethod
    def read(cls, *, name: str, legal_address: str, contact: str, time_zone: str) -> Self:
        """What was typed, cleaned; RefusedError names the first rule that is broken."""
        return cls(
            read_publisher_name(name),
            read_legal_address(legal_address),
            read_contact(contact),
            read_time_zone(time_zone),
        )


NOBODY = Publisher()
NO_NOTICES = MappingProxyType[str, str]({})


def read_publisher_name(text: str) -> str:
    """The name by which people know the publisher; it may be empty."""
    name = clean_label(text)
    if len(name) > LONGEST_NAME:
        raise RefusedError("The name can have at most %(most)d characters.", most=LONGEST_NAME)
    return name


def read_legal_address(text: str) -> str:
    """The postal address, a line each; it may be empty."""
    lines = [" ".join(line.split()) for line in clean_text(text).splitlines()]
    address = "\n".join(line for line in lines if line)
    if len(address) > LONGEST_ADDRESS:
        raise RefusedError("The address can have at most %(most)d characters.", most=LONGEST_ADDRESS)
    return address


def read_contact(text: str) -> str:
    """The email address that questions go to; it may be empty."""
    return clean_address(text) if text.strip() else ""


def read_notice(text: str) -> str:
    """A privacy notice in Markdown; it may be empty."""
    notice = clean_text(text).strip()
    if len(notice) > LONGEST_NOTICE:
        raise RefusedError("A notice can have at most %(most)d characters.", most=LONGEST_NOTICE)
    return notice
