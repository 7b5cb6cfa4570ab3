"""Manifests signed with the installation's own key, and its public halves as anybody may read them.

Nothing is kept of a manifest. Whether one is genuine is told by its signature, so that it stays provable when
all that it speaks of has been erased here.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from campaign.domain.manifest_keys import NAMESPACE, ManifestKeys, unsigned
from campaign.domain.office_manifest import (
    FILE_NAME,
    LONGEST_MANIFEST,
    SIGNATURE_NAME,
    OfficeManifest,
    read_manifest,
)
from campaign.domain.ssh_signatures import armored, key_fingerprint, key_line, signature_in
from campaign.errors import RefusedError
from campaign.mail.email import TextFile
from campaign.store.statements import inserting
from campaign.store.tables.core import manifest_key


@dataclass(frozen=True)
class PublishedKey:
    """A public half as it is published, and the days on which it signed; None while it has not."""

    line: str
    fingerprint: str
    first_on: date | None
    last_on: date | None
    is_current: bool


def signed(session: Session, manifest: OfficeManifest, *, keys: ManifestKeys) -> tuple[TextFile, TextFile]:
    """A manifest and its signature as files; the key's public half is written down with its day."""
    private = Ed25519PrivateKey.from_private_bytes(keys.newest)
    public_key = private.public_key().public_bytes_raw()
    _write_down(session, public_key, keys, manifest.sent_on)
    text = manifest.as_text()
    blank = unsigned(public_key)
    signature = replace(blank, signature=private.sign(blank.signed(text.encode())))
    return (
        TextFile(FILE_NAME, "application/json", text),
        TextFile(SIGNATURE_NAME, "application/octet-stream", armored(signature)),
    )


def verified(session: Session, text: str, signature: str, *, keys: ManifestKeys) -> OfficeManifest:
    """A manifest that this installation signed; RefusedError with one sentence for any other.

    Line ends do not count: they change where a text is pasted.
    """
    if len(text) > LONGEST_MANIFEST:
        raise RefusedError("This manifest is too long to be one of ours.")
    content = "\n".join(text.strip().splitlines()) + "\n"
    days = _trusted(session, keys)
    try:
        given = signature_in(signature, NAMESPACE)
    except ValueError:
        raise RefusedError("This is no signature of a manifest. It is the file manifest.json.sig.") from None
    try:
        if given.public_key not in days:
            raise InvalidSignature
        public_key = Ed25519PublicKey.from_public_bytes(given.public_key)
        public_key.verify(given.signature, given.signed(content.encode(errors="replace")))
    except InvalidSignature:
        raise _not_genuine() from None
    manifest = read_manifest(content)
    first, last = days[given.public_key]
    if not first <= manifest.sent_on <= last:
        raise _not_genuine()
    return manifest


def published(session: Session, *, keys: ManifestKeys) -> tuple[PublishedKey, ...]:
    """Every key that signed or signs, the one in use first."""
    current = _public_half(keys.newest)
    days = _written_down(session, keys)
    earlier = sorted(days.keys() - {current}, key=lambda key: days[key], reverse=True)
    return tuple(_published(key, days.get(key), is_current=key == current) for key in (current, *earlier))


def _published(public_key: bytes, days: tuple[date, date] | None, *, is_current: bool) -> PublishedKey:
    first, last = days or (None, None)
    return PublishedKey(key_line(public_key), key_fingerprint(public_key), first, last, is_current)


def _trusted(session: Session, keys: ManifestKeys) -> Mapping[bytes, tuple[date, date]]:
    """The public halves by which a manifest may be signed, with the days on which it may be.

    An earlier key that is not written down has signed none. Of the one in use no day is the last: a database
    that was restored does not know how far it has come.
    """
    days = _written_down(session, keys)
    current = _public_half(keys.newest)
    first, _ = days.get(current, (date.min, date.max))
    return {**days, current: (first, date.max)}


def _written_down(session: Session, keys: ManifestKeys) -> Mapping[bytes, tuple[date, date]]:
    """The keys that signed, each with its first and its last day."""
    rows = session.execute(select(manifest_key)).all()
    return {row.public_key: (row.first_on, row.last_on) for row in rows if _is_ours(row, keys)}


def _is_ours(row: Row[Any], keys: ManifestKeys) -> bool:
    """Whether this installation wrote a row.

    Who can write into the database makes no other key one of ours, and no other day one of a key's.
    """
    return hmac.compare_digest(row.seal, keys.seal_of(row.public_key, row.first_on, row.last_on))


def _write_down(session: Session, public_key: bytes, keys: ManifestKeys, day: date) -> None:
    def days(first: date, last: date) -> dict[str, Any]:
        return {"first_on": first, "last_on": last, "seal": keys.seal_of(public_key, first, last)}

    new = inserting(session, manifest_key).values(public_key=public_key, **days(day, day))
    session.execute(new.on_conflict_do_nothing())
    of_key = manifest_key.c.public_key == public_key
    row = session.execute(select(manifest_key).where(of_key).with_for_update()).one()
    # An office further east is written to on a later day.
    first, last = (min(row.first_on, day), max(row.last_on, day)) if _is_ours(row, keys) else (day, day)
    if (first, last) != (row.first_on, row.last_on):
        session.execute(update(manifest_key).where(of_key).values(days(first, last)))


def _public_half(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _not_genuine() -> RefusedError:
    return RefusedError("This manifest was not signed here, or it was changed since.")
