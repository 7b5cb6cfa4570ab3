"""Backups made and put back: the audit log says who did it, and when."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

from campaign.documents.age_opening import is_encrypted
from campaign.domain.actor import Actor
from campaign.domain.audit_chain import chain_keys
from campaign.domain.data_keys import DataKeys, data_keys
from campaign.domain.tokens import key_fingerprint
from campaign.errors import ConflictError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.backups.locks import BackupKey, BackupLock
from campaign.services.installation import database_key
from campaign.services.outbox.restored import doubt_what_waited
from campaign.settings import Settings, secret_key
from campaign.store import earlier_values
from campaign.store.archive import Manifest, read_archive, restore_archive, write_archive
from campaign.store.data_cipher import DataCipher
from campaign.store.database import Database, Session

# The name in the archive of the key that an installation made itself.
KEY_MEMBER = "secret_key"


def lock_for(
    settings: Settings, *, recipients: tuple[str, ...] = (), passphrase: str | None = None, is_plain: bool
) -> BackupLock | None:
    """What a backup is encrypted with: what was asked for, else the recipients of the settings.

    None is a backup that anybody can read. On a site that others can reach that has to be asked for: it is
    RefusedError where nothing says what to encrypt with.
    """
    ways = [bool(recipients), bool(passphrase), is_plain]
    if sum(ways) > 1:
        raise RefusedError("Choose one: recipients, a passphrase, or a backup that is not encrypted.")
    if passphrase:
        return BackupLock(passphrase=passphrase)
    recipients = recipients or settings.safety.backup_recipients
    if recipients and not is_plain:
        return BackupLock(recipients=recipients)
    if is_plain or settings.web.is_local:
        return None
    raise RefusedError(
        "A backup holds every name and address. Name who can open it: set CAMPAIGN_BACKUP_RECIPIENT, or"
        " add --recipient age1… or --passphrase-file FILE. “campaign db backup-key” makes a key. With"
        " --plain it is not encrypted."
    )


def back_up(
    database: Database,
    file: IO[bytes],
    *,
    settings: Settings,
    lock: BackupLock | None = None,
    actor: Actor,
    now: datetime,
) -> Manifest:
    """Write everything into the file as `write_archive` does; the log knows before the first byte leaves."""
    holds_key = settings.has_key_file and not settings.secret_key_fallbacks
    details = {"with_key": holds_key, "encrypted": lock is not None}
    with database.transaction() as session:
        audit_log.record(session, action="database.backup", actor=actor, details=details, now=now)

    def write(target: IO[bytes]) -> Manifest:
        return write_archive(
            database,
            target,
            key_fingerprint=key_fingerprint(settings.first_secret_key),
            extra={KEY_MEMBER: settings.secret_key.encode()} if holds_key else {},
            now=now,
        )

    return lock.write_through(file, write) if lock else write(file)


def check(file: IO[bytes], lock: BackupLock | None) -> None:
    """Read a backup back that was just written; RefusedError when it is not what was written."""
    file.seek(0)
    if lock is None:
        read_archive(file)
    else:
        lock.check(file)


@contextmanager
def opened_backup(file: IO[bytes], key: BackupKey, *, settings: Settings) -> Iterator[IO[bytes]]:
    """The archive in a backup, encrypted or not, as a file that can be sought in.

    What is open of it lies in a file without a name in the instance folder, where the database is, as long
    as it is needed. RefusedError where the key is missing or opens something else.
    """
    if not is_encrypted(file):
        yield file
        return
    with tempfile.TemporaryFile(dir=settings.instance) as plain:
        try:
            key.open(file, plain)
            plain.seek(0)
        except OSError as error:
            raise RefusedError(
                "%(path)s cannot be written: %(reason)s.", path=settings.instance, reason=error.strerror
            ) from error
        yield plain


def restore(
    database: Database,
    file: IO[bytes],
    *,
    settings: Settings,
    replace: bool,
    moved: bool,
    actor: Actor,
    now: datetime,
) -> tuple[Manifest, bool]:
    """Put a backup into the database as `restore_archive` does, with its key; and whether that was another.

    Unless the installation has only `moved`, and nothing was sent since the backup, every email that waited
    to be sent becomes *in doubt*: it may have gone out, and nothing is sent twice by itself.

    The commit decides for data and key at once: the key lies ready beside the one in use, and which of them
    counts is told by the fingerprint in the database (`database_key.finish_restore`).
    """
    manifest, members = read_archive(file)
    key = _key_to_install(settings, manifest, members)
    in_use = (key,) if key else (settings.secret_key, settings.secret_key_fallbacks)
    keys = chain_keys(*in_use)

    def finish(session: Session, manifest: Manifest) -> None:
        _settle_values(session, manifest, data_keys(*in_use))
        if not moved:
            doubt_what_waited(session, manifest)
        database_key.record_fingerprint(session, manifest.key_fingerprint)
        details = {"made_at": manifest.made_at, "rows": sum(manifest.tables.values())}
        audit_log.record(session, action="database.restore", actor=actor, details=details, now=now, keys=keys)

    with database_key.restoring(settings.instance):
        if key:
            secret_key.keep_restored(settings.instance, key)
        try:
            restore_archive(database, file, staging=settings.instance, replace=replace, before_commit=finish)
        finally:
            if key:
                database_key.settle_key(settings.instance, database)
    return manifest, key is not None


def _settle_values(session: Session, manifest: Manifest, keys: DataKeys) -> None:
    """See that what is encrypted in a restored database can be read, whichever version wrote it."""
    database_key.check_restored_data_keys(session, keys)
    if manifest.schema < earlier_values.NONE_SINCE_SCHEMA:
        earlier_values.let_be_read(session.connection(), DataCipher(keys))


def _key_to_install(settings: Settings, manifest: Manifest, members: dict[str, bytes]) -> str | None:
    """The key that has to come along with the data, if ours is another.

    Supporters are told apart by a hash under the first secret key: under any other key nobody who signed
    would be known again, and could sign twice.
    """
    if key_fingerprint(settings.first_secret_key) == manifest.key_fingerprint:
        return None
    key = members.get(KEY_MEMBER, b"").decode(errors="replace")
    replaces_file = settings.has_key_file and not settings.secret_key_fallbacks
    if replaces_file and key and key_fingerprint(key) == manifest.key_fingerprint:
        return key
    raise ConflictError(
        "This backup was made under another secret key. Set CAMPAIGN_SECRET_KEY and"
        " CAMPAIGN_SECRET_KEY_FALLBACKS to those of the installation it comes from, and restore it again."
    )
