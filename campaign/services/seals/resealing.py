"""Sealing anew what was sealed to an earlier key, without the key that opens it ever being on the server.

Three steps: what is sealed to an earlier key is fetched into a file; away from the server, whoever has the
earlier key seals it to the new recipient; and the file is put back. Each line is one signature, and is put
back whole or not at all, so that either step may be ended and begun again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.sealing import LONGEST_SEALED, fingerprint
from campaign.errors import RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.seals import recipients, sealing
from campaign.store.database import Database
from campaign.store.tables.core import signature

ROWS_AT_ONCE = 200
LONGEST_LINE = LONGEST_SEALED + 1_000


@dataclass(frozen=True)
class SealedRow:
    """One signature in the file: `was` names the sealed text that it takes the place of."""

    signature_id: int
    was: str
    sealed: str
    sealed_to: str

    def line(self) -> bytes:
        """As a line of JSON."""
        return json.dumps(vars(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "SealedRow":
        """The row in a line; RefusedError when there is none."""
        try:
            values = json.loads(line) if len(line) <= LONGEST_LINE else None
            row = cls(**values) if isinstance(values, dict) else None
        except (ValueError, TypeError):
            row = None
        if row is None or type(row.signature_id) is not int:
            raise RefusedError("A line of this file is no sealed signature: fetch it anew.")
        sealing.age_file(str(row.sealed))
        return row


@dataclass
class Resealed:
    """How many signatures were sealed anew, and how many were left as they are."""

    changed: int = 0
    left: int = 0


def fetch(database: Database, slug: str, *, actor: Actor, now: datetime) -> Iterator[SealedRow]:
    """What a campaign has that is sealed to an earlier key; entered into the audit log before the first.

    NotFoundError for an unknown campaign, ConflictError where nothing is sealed.
    """
    with database.transaction() as session:
        seal = recipients.check_there(session, slug)
        campaign_id = campaigns.campaign_row(session, slug).id
        details = {"campaign": campaign_id, "fingerprint": seal.fingerprint}
        audit_log.record(session, action="seal.fetch", actor=actor, details=details, now=now)
    return _rows(database, campaign_id, seal.fingerprint)


def _rows(database: Database, campaign_id: int, current: str) -> Iterator[SealedRow]:
    after = 0
    while True:
        with database.reading() as session:
            rows = session.execute(
                select(signature.c.id, signature.c.sealed, signature.c.sealed_to)
                .where(
                    signature.c.campaign_id == campaign_id,
                    signature.c.sealed.is_not(None),
                    signature.c.sealed_to != current,
                    signature.c.id > after,
                )
                .order_by(signature.c.id)
                .limit(ROWS_AT_ONCE)
            ).all()
        for row in rows:
            yield SealedRow(row.id, _name_of(row.sealed), row.sealed, row.sealed_to)
        if len(rows) < ROWS_AT_ONCE:
            return
        after = rows[-1].id


def reseal(lines: Iterable[bytes], *, identity: str, recipient: str, done: Resealed) -> Iterator[SealedRow]:
    """The rows sealed to another recipient, one by one, with no database; `done` counts them.

    What the identity does not open was sealed to yet another key: it is left out, and stays as it is.
    """
    new = fingerprint(recipient)
    for line in lines:
        if not line.strip():
            continue
        row = SealedRow.read(line)
        plain = sealing.open_text(row.sealed, identity)
        if plain is None:
            done.left += 1
            continue
        done.changed += 1
        yield SealedRow(row.signature_id, row.was, sealing.seal_text(plain, recipient), new)


def put_back(
    database: Database, slug: str, lines: Iterable[bytes], *, actor: Actor, now: datetime
) -> Resealed:
    """Put rows in the place of what they were made from, some hundreds in a transaction.

    A signature that is gone, or was sealed anew by its signer meanwhile, is left as it is. RefusedError for a
    file that was sealed to another recipient than the campaign's.
    """
    done = Resealed()
    left = (SealedRow.read(line) for line in lines if line.strip())
    while rows := list(islice(left, ROWS_AT_ONCE)):
        with database.transaction() as session:
            _put(session, slug, rows, done, actor=actor, now=now)
    return done


def _put(
    session: Session, slug: str, rows: Sequence[SealedRow], done: Resealed, *, actor: Actor, now: datetime
) -> None:
    seal = recipients.check_there(session, slug)
    if any(row.sealed_to != seal.fingerprint for row in rows):
        raise RefusedError(
            "This file is sealed to another recipient than that of %(slug)s: %(fingerprint)s",
            slug=slug,
            fingerprint=seal.recipient,
        )
    campaign_id = campaigns.campaign_row(session, slug).id
    held = session.execute(
        select(signature.c.id, signature.c.sealed)
        .where(
            signature.c.campaign_id == campaign_id,
            signature.c.id.in_([row.signature_id for row in rows]),
            signature.c.sealed.is_not(None),
        )
        .order_by(signature.c.id)
        .with_for_update()
    ).all()
    were = {row.id: _name_of(row.sealed) for row in held}
    number = 0
    for row in rows:
        if were.get(row.signature_id) == row.was:
            values = {"sealed": row.sealed, "sealed_to": row.sealed_to}
            session.execute(update(signature).where(signature.c.id == row.signature_id).values(**values))
            number += 1
    done.changed += number
    done.left += len(rows) - number
    details = {"campaign": campaign_id, "fingerprint": seal.fingerprint, "number": number}
    audit_log.record(session, action="seal.reseal", actor=actor, details=details, now=now)


def _name_of(sealed: str) -> str:
    return hashlib.sha256(sealed.encode()).hexdigest()
