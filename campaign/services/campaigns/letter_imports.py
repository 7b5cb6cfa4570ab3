"""Letters that were read on the desk and are looked at before one becomes a campaign."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from campaign.documents.read_letter.apart import plain, read_back
from campaign.documents.read_letter.reader import ReadLetter
from campaign.documents.read_letter.roles import LetterRole, LineRole
from campaign.domain.actor import Actor
from campaign.domain.campaign import CampaignShown, proposed_slug
from campaign.domain.letter import Letter
from campaign.errors import NotFoundError
from campaign.i18n import SOURCE_LANGUAGE
from campaign.services.campaigns import campaigns, letters
from campaign.store.tables import LetterImport
from campaign.store.tables.core import letter_import

KEPT_FOR = timedelta(days=1)
# One that is begun beyond these takes the place of the oldest.
MOST_OF_ONE = 5


@dataclass(frozen=True)
class LetterFile:
    """A file with a letter, as it came."""

    data: bytes
    name: str


@dataclass(frozen=True)
class LetterImportShown:
    """A letter as it stands: what was read in it last, and what each of its lines is by now.

    It `is_read` when no line got another role since.
    """

    id: int
    file: LetterFile
    letter: Letter
    roles: tuple[LineRole, ...]
    slug: str
    language: str
    is_read: bool


def is_over(now: datetime) -> ColumnElement[bool]:
    """The condition that nobody may go on with a letter."""
    return letter_import.c.expires_at <= now


def begin(session: Session, file: LetterFile, read: ReadLetter, *, actor: Actor, now: datetime) -> int:
    """Keep a letter that was read, for the organizer who brought it; its id."""
    title = read.letter.title or read.letter.subject or ""
    row = LetterImport(
        organizer_id=actor.organizer_id,
        file_name=file.name[:200],
        content=zlib.compress(file.data),
        slug=campaigns.free_slug(session, proposed_slug(title)),
        language=read.letter.language or SOURCE_LANGUAGE,
        expires_at=now + KEPT_FOR,
    )
    _set_read(row, read)
    session.add(row)
    session.flush()
    newest = (
        select(letter_import.c.id)
        .where(letter_import.c.organizer_id == actor.organizer_id)
        .order_by(letter_import.c.id.desc())
        .limit(MOST_OF_ONE)
    )
    kept = list(session.scalars(newest))
    session.execute(
        delete(letter_import).where(
            letter_import.c.organizer_id == actor.organizer_id, letter_import.c.id.not_in(kept)
        )
    )
    return row.id


def find(session: Session, import_id: int, *, actor: Actor, now: datetime) -> LetterImportShown:
    """The letter; NotFoundError for another organizer's, and for one whose day is over."""
    row = _row(session, import_id, actor=actor, now=now)
    last_read = read_back(ReadLetter, json.loads(zlib.decompress(row.read))["letter"])
    roles = _unpacked(row.roles)
    return LetterImportShown(
        id=row.id,
        file=LetterFile(zlib.decompress(row.content), row.file_name),
        letter=last_read.letter,
        roles=roles,
        slug=row.slug,
        language=row.language,
        is_read=roles == last_read.roles,
    )


def newest(session: Session, *, actor: Actor, now: datetime) -> tuple[tuple[int, str], ...]:
    """Those that an organizer can go on with: their ids and what their files are called, the newest first."""
    rows = session.execute(
        select(letter_import.c.id, letter_import.c.file_name)
        .where(letter_import.c.organizer_id == actor.organizer_id, letter_import.c.expires_at > now)
        .order_by(letter_import.c.id.desc())
    )
    return tuple((row.id, row.file_name) for row in rows)


def keep(
    session: Session,
    import_id: int,
    *,
    roles: Sequence[LineRole],
    slug: str,
    language: str,
    read: ReadLetter | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what was chosen and typed, and what was `read` by it where it was read again."""
    row = _row(session, import_id, actor=actor, now=now)
    row.roles = _packed(roles)
    row.slug, row.language = slug, language
    row.expires_at = now + KEPT_FOR
    if read is not None:
        _set_read(row, read)
    session.flush()


def discard(session: Session, import_id: int, *, actor: Actor, now: datetime) -> None:
    """Forget a letter."""
    session.delete(_row(session, import_id, actor=actor, now=now))
    session.flush()


def store(
    session: Session, import_id: int, *, slug: str, language: str | None, actor: Actor, now: datetime
) -> CampaignShown:
    """Make a draft of what was read last, and forget the file. Raises what `import_letter` does."""
    letter = find(session, import_id, actor=actor, now=now).letter
    campaign = letters.import_letter(
        session, letter, slug=slug, publish=False, language=language, actor=actor, now=now
    )
    discard(session, import_id, actor=actor, now=now)
    return campaign


def _row(session: Session, import_id: int, *, actor: Actor, now: datetime) -> LetterImport:
    row = session.get(LetterImport, import_id)
    if row is None or row.organizer_id != actor.organizer_id or row.expires_at <= now:
        raise NotFoundError("This letter is no longer here: one that is not saved is deleted after a day.")
    return row


def _set_read(row: LetterImport, read: ReadLetter) -> None:
    row.read = zlib.compress(json.dumps(plain(read)).encode())
    row.roles = _packed(read.roles)


def _packed(roles: Sequence[LineRole]) -> bytes:
    rows = [[line.number, line.role, line.text, line.goes_on] for line in roles]
    return zlib.compress(json.dumps(rows).encode())


def _unpacked(packed: bytes) -> tuple[LineRole, ...]:
    return tuple(
        LineRole(number, role and LetterRole(role), text, goes_on)
        for number, role, text, goes_on in json.loads(zlib.decompress(packed))
    )
