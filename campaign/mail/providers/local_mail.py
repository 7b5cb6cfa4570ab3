"""The local provider's outbox read back, to be shown in the browser."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from heapq import nlargest
from os import DirEntry, scandir
from pathlib import Path

from campaign.errors import NotFoundError

LONGEST_HEAD = 16 * 1024  # bytes read of a mail to list it
LONGEST_MAIL = 2 * 1024 * 1024  # bytes read of a mail to show it
_FILE = re.compile(r"[A-Za-z0-9_-]{1,64}\.eml")
_ADDRESS_HEADERS = ("From", "To", "Reply-To", "Subject", "Date")


@dataclass(frozen=True)
class LocalMail:
    """One mail's head; `public_id` names its file, `headers` are those people read, in order."""

    public_id: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        """The value of one header, empty when the mail has none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent, as its Date header says."""
        try:
            return datetime.strptime(self.header("Date"), "%a, %d %b %Y %H:%M:%S %z")
        except ValueError:
            return None


@dataclass(frozen=True)
class LocalMailWithBody(LocalMail):
    """One whole mail; either body may be empty."""

    text: str
    html: str


def list_local_mail(outbox: Path, *, skip: int, limit: int) -> tuple[Sequence[LocalMail], bool]:
    """Some mails, newest first, and whether there are more after them."""
    try:
        with scandir(outbox) as entries:
            newest = nlargest(skip + limit + 1, filter(_is_mail, entries), key=_written_at)
    except FileNotFoundError:
        return (), False
    on_page = newest[skip : skip + limit]
    return tuple(mail for entry in on_page if (mail := _head(Path(entry.path)))), len(newest) > skip + limit


def read_local_mail(outbox: Path, public_id: str) -> LocalMailWithBody:
    """One mail by its id; NotFoundError when there is none."""
    message = _parse(saved_local_mail(outbox, public_id, limit=LONGEST_MAIL))
    return LocalMailWithBody(public_id, _headers(message), _body(message, "plain"), _body(message, "html"))


def saved_local_mail(outbox: Path, public_id: str, *, limit: int = -1) -> bytes:
    """The file of one mail with what is attached; NotFoundError when there is none."""
    path = outbox / f"{public_id}.eml"
    if not _FILE.fullmatch(path.name):
        raise NotFoundError("There is no such mail.")
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except FileNotFoundError:
        raise NotFoundError("There is no such mail.") from None


def _is_mail(entry: DirEntry[str]) -> bool:
    return bool(_FILE.fullmatch(entry.name))


def _written_at(entry: DirEntry[str]) -> int:
    try:
        return entry.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _head(path: Path) -> LocalMail | None:
    try:
        with path.open("rb") as file:
            head = file.read(LONGEST_HEAD).partition(b"\n\n")[0]
    except FileNotFoundError:
        return None
    return LocalMail(path.stem, _headers(_parse(head + b"\n\n")))


def _parse(content: bytes) -> EmailMessage:
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)


def _headers(message: EmailMessage) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(message[name])) for name in _ADDRESS_HEADERS if message[name])


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
