"""`campaign db`: the schema and the data."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import click

from campaign.cli.context import make_instance, opened_file, opened_runtime, private_output
from campaign.cli.key_files import identity_in, passphrase_in
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.data_keys import DataKeys, data_keys
from campaign.errors import ConflictError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.backups import backing_up
from campaign.services.backups.locks import BackupKey, BackupLock
from campaign.services.installation import database_key, encryption
from campaign.services.seals.keys import new_key
from campaign.settings import load_settings
from campaign.store import schema
from campaign.store.archive import Manifest
from campaign.store.clock import DatabaseClock
from campaign.store.database import Database
from campaign.store.encrypted_places import Broken


@click.group()
def db() -> None:
    """The database: upgrade, check, backup, restore."""


@db.command()
def upgrade() -> None:
    """Bring the database to the schema of this version; an empty one is filled."""
    with opened_runtime(checked=False) as runtime:
        before = schema.current_revision(runtime.database.engine)
        schema.upgrade(runtime.database)
        database_key.check(runtime.settings)
        head = schema.head_revision()
        if before != head:
            now = runtime.clock()
            with runtime.database.transaction() as session:
                audit_log.record_upgrade(session, schema=head, actor=COMMAND_LINE, now=now)
    click.echo(f"The database has schema {head}{' already' if before == head else ' now'}.")


@db.command()
@click.option("--values", is_flag=True, help="Also try to read every encrypted value.")
def check(values: bool) -> None:
    """Tell whether the database fits this version."""
    with opened_runtime() as runtime:
        click.echo(f"The database has schema {schema.head_revision()}, as this version needs.")
        if values:
            _check_values(runtime)


@db.command()
def reencrypt() -> None:
    """Bring all of people's data under the newest secret key, some rows at a time.

    Web and worker may go on, and do the same by themselves, more slowly. It may be ended at any moment and
    begun again. Once it says so, CAMPAIGN_SECRET_KEY_FALLBACKS is needed for no row anymore.
    """
    with opened_runtime() as runtime:
        keys = runtime.database.data_keys
        assert keys is not None
        with runtime.database.transaction() as session:
            encryption.begin_anew(session, keys)
        progress = encryption.EncryptionProgress(0)
        broken: set[Broken] = set()
        while not (progress.is_done or progress.is_waiting):
            with runtime.database.transaction() as session:
                progress = encryption.step(session, keys, actor=COMMAND_LINE, now=runtime.clock())
            for one in set(progress.broken) - broken:
                click.echo(f"{one.table} {one.row}: {one.column} cannot be read.", err=True)
            broken |= {*progress.broken}
    click.echo(f"{progress.rewritten} rows were encrypted anew.")
    _say_what_is_left(progress, keys, len(broken))


@db.command()
@click.argument("file")
@click.option("--replace", is_flag=True, help="Overwrite FILE if it exists.")
@click.option(
    "--recipient", "recipients", multiple=True, metavar="AGE1…", help="Who can open it; repeatable."
)
@click.option("--passphrase-file", type=click.Path(), help="A file whose first line is the passphrase.")
@click.option("--plain", is_flag=True, help="Do not encrypt it.")
def backup(
    file: str, replace: bool, recipients: tuple[str, ...], passphrase_file: str | None, plain: bool
) -> None:
    """Write everything into FILE, readable by its owner only; `-` is standard output.

    Web and worker may go on. It is encrypted for the recipients, or with the passphrase; without either, for
    those in CAMPAIGN_BACKUP_RECIPIENT. It holds personal data and, where the installation made its secret key
    itself, that key: keep one that is not encrypted as safe as the database.
    """
    with opened_runtime() as runtime:
        lock = backing_up.lock_for(
            runtime.settings,
            recipients=recipients,
            passphrase=passphrase_in(passphrase_file),
            is_plain=plain,
        )
        if file == "-":
            if sys.stdout.isatty():
                raise RefusedError("A backup is not text for a terminal. Give a file name, or pipe it on.")
            _pipe(runtime, lock)
            return
        with private_output(Path(file), replace=replace) as output:
            manifest = _write(runtime, output, lock)
            backing_up.check(output, lock)
    rows = f"{sum(manifest.tables.values())} rows of {len(manifest.tables)} tables are in {file}"
    click.echo(f"{rows}, encrypted." if lock else f"{rows}. It is not encrypted.")


@db.command(name="backup-key")
def backup_key() -> None:
    """Make a key for backups and print it, once: the server needs its first line only, and keeps nothing."""
    made = new_key()
    click.echo(
        f"# On the server: CAMPAIGN_BACKUP_RECIPIENT={made.recipient}\n"
        "# The line below opens every backup made for it. Keep it offline, in two places, and not on the\n"
        "# server: without it no backup can be restored, and anyone who has it can read them all.\n"
        f"{made.identity}"
    )


@db.command()
@click.argument("file")
@click.option("--replace", is_flag=True, help="Replace everything in the database.")
@click.option("--moved", is_flag=True, help="Nothing was sent since the backup: let the queue resume.")
@click.option(
    "--identity", type=click.Path(), help="A file with the private key that opens it; `-` is standard input."
)
@click.option("--passphrase-file", type=click.Path(), help="A file whose first line is the passphrase.")
def restore(file: str, replace: bool, moved: bool, identity: str | None, passphrase_file: str | None) -> None:
    """Read everything back from FILE into this database, of either kind; `-` is standard input.

    Stop web and worker first. Either all of it is restored or nothing. Mail that waited when the backup was
    made may have gone out since, so it is marked as in doubt rather than sent, unless you say --moved.
    """
    settings = load_settings(key_source=database_key.key_of_restore)
    make_instance(settings)
    # What is there may have to be upgraded first, and stays if the backup is refused.
    keys = data_keys(settings.secret_key, settings.secret_key_fallbacks)
    key = BackupKey(identity_in(identity), passphrase_in(passphrase_file))
    with (
        closing(Database(settings.database_url, data_keys=keys)) as database,
        _input(file) as source,
        backing_up.opened_backup(source, key, settings=settings) as archive,
    ):
        manifest, has_new_key = backing_up.restore(
            database,
            archive,
            settings=settings,
            replace=replace,
            moved=moved,
            actor=COMMAND_LINE,
            now=DatabaseClock(database)(),
        )
    click.echo(
        f"{sum(manifest.tables.values())} rows of {len(manifest.tables)} tables are restored."
        + (
            " The secret key of the backup is in place. If there was another one, it is kept beside it."
            if has_new_key
            else ""
        )
    )


def _say_what_is_left(progress: encryption.EncryptionProgress, keys: DataKeys, broken: int) -> None:
    if broken:
        raise ConflictError(
            "%(number)d values cannot be read under any key, and stay as they are.", number=broken
        )
    if progress.is_waiting:
        click.echo(
            "Another process may still have been writing under an earlier key, or as an earlier version did."
            " Run this again in a minute, or leave the rest to the worker."
        )
    elif keys.earlier:
        click.echo(
            "Everything is under the newest key: no row needs an earlier one to be read. Keep the oldest in"
            " CAMPAIGN_SECRET_KEY_FALLBACKS all the same, since addresses are known by a hash made with it."
        )
    else:
        click.echo("Everything is under the newest key.")


def _check_values(runtime: Runtime) -> None:
    number = 0
    with runtime.database.unlimited(), runtime.database.reading() as session:
        for one in encryption.broken(session):
            number += 1
            click.echo(f"{one.table} {one.row}: {one.column} cannot be read.", err=True)
    if number:
        raise ConflictError("%(number)d values cannot be read under any key.", number=number)
    click.echo("Every encrypted value can be read.")


def _write(runtime: Runtime, output: IO[bytes], lock: BackupLock | None) -> Manifest:
    return backing_up.back_up(
        runtime.database,
        output,
        settings=runtime.settings,
        lock=lock,
        actor=COMMAND_LINE,
        now=runtime.clock(),
    )


def _pipe(runtime: Runtime, lock: BackupLock | None) -> None:
    try:
        _write(runtime, sys.stdout.buffer, lock)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise RefusedError(
            "%(path)s cannot be written: %(reason)s.", path="Standard output", reason=error.strerror
        ) from error


@contextmanager
def _input(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        with tempfile.TemporaryFile() as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool)
            spool.seek(0)
            yield spool
        return
    with opened_file(file) as opened:
        yield opened
