"""Answers that come back: what is known of one, and what organizers make of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from campaign.domain.names import clean_text
from campaign.domain.web_addresses import registered_domain
from campaign.errors import RefusedError
from campaign.hostnames import wire_address


class ReplyState(StrEnum):
    """What organizers have made of an office's answer; nobody else sees it before they publish."""

    NEW = "new"
    PUBLISHED = "published"  # their own words about it, never the answer itself
    HIDDEN = "hidden"


LONGEST_TEXT = 1_000_000  # characters of one answer
LONGEST_SUMMARY = 2_000
# Whoever learns a reply address can write to it: what one message may cause in a day.
MOST_KEPT_A_DAY = 20
MOST_PASSED_ON_A_DAY = 5
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Attachment:
    """What is kept of an attachment: its name, its kind and its size in bytes, never what is in it."""

    name: str
    kind: str
    size: int


@dataclass(frozen=True, kw_only=True)
class InboundMail:
    """One mail as it came in, cleaned; nothing in it is proven, least of all who sent it.

    `recipients` are all the addresses it may have come for. `headers` holds those that it has of
    `automatic_mail.TELLING_HEADERS`; `envelope_sender` is empty for mail that wants no answer, and None where
    nobody told it; `kind` is its Content-Type.
    """

    message_id: str
    recipients: tuple[str, ...]
    sender_name: str
    sender_address: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    envelope_sender: str | None = None
    kind: str = "text/plain"


class Wordless(StrEnum):
    """Why an answer has no words that can be read."""

    ENCRYPTED = "encrypted"
    IN_FILES = "in_files"
    EMPTY = "empty"


_ENCRYPTED = frozenset(
    {
        "application/pgp-encrypted",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "multipart/encrypted",
    }
)


def why_wordless(text: str, kinds: Collection[str]) -> Wordless | None:
    """Why there is nothing to read in a text that came with files of these kinds; None when there is."""
    if text.strip() and not text.lstrip().startswith("-----BEGIN PGP MESSAGE-----"):
        return None
    if text.strip() or _ENCRYPTED & set(kinds):
        return Wordless.ENCRYPTED
    return Wordless.IN_FILES if kinds else Wordless.EMPTY


def is_from_elsewhere(sender: str, official: str) -> bool:
    """Whether an answer came from another organization's domain than the one that was written to.

    Offices answer from `mail.city.example` what was sent to `city.example`.
    """
    return _registered_domain(sender) != _registered_domain(official)


def _registered_domain(address: str) -> str:
    domain = wire_address(address).rpartition("@")[2] or address.rpartition("@")[2].lower()
    # Where the list does not know the ending, one label before it is what somebody registered.
    return registered_domain(domain) or ".".join(domain.split(".")[-2:])


def clean_summary(text: str) -> str:
    """What organizers publish about an answer; RefusedError for nothing and for too much."""
    words = clean_text(text)
    if not words:
        raise RefusedError("Write what the office answered, in your own words.")
    if len(words) > LONGEST_SUMMARY:
        raise RefusedError("Write at most %(most)d characters about an answer.", most=LONGEST_SUMMARY)
    return words
