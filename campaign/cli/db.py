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
from campaign.domain.actor import COMMAND_LINE
from campaign.errors import RefusedError
from campaign.runtime import Runtime
from campaign.services import audit, backups, installation
from campaign.settings import load_settings
from campaign.store import schema
from campaign.store.archive import Manifest, read_archive
from campaign.store.clock import DatabaseClock
from campaign.store.database import Database


@click.group()
def db() -> None:
    """The database: upgrade, check, backup, restore."""


@db.command()
def upgrade() -> None:
    """Bring the database to the schema of this version; an empty one is filled."""
    with opened_runtime(checked=False) as runtime:
        before = schema.current_revision(runtime.database.engine)
        schema.upgrade(runtime.database)
        installation.check(runtime.settings)
        head = schema.head_revision()
        if before != head:
            now = runtime.clock()
            with runtime.database.transaction() as session:
                audit.record_upgrade(session, schema=head, actor=COMMAND_LINE, now=now)
    click.echo(f"The database has schema {head}{' already' if before == head else ' now'}.")


@db.command()
def check() -> None:
    """Tell whether the database fits this version."""
    with opened_runtime():
        click.echo(f"The database has schema {schema.head_revision()}, as this version needs.")


@db.command()
@click.argument("file")
@click.option("--replace", is_flag=True, help="Overwrite FILE if it exists.")
def backup(file: str, replace: bool) -> None:
    """Write everything into FILE, readable by its owner only; `-` is standard output.

    Web and worker may go on. The file holds personal data and, where the installation made its secret key
    itself, that key: keep it as safe as the database.
    """
    with opened_runtime() as runtime:
        if file == "-":
            if sys.stdout.isatty():
                raise RefusedError("A backup is not text for a terminal. Give a file name, or pipe it on.")
            _write(runtime, sys.stdout.buffer)
            return
        with private_output(Path(file), replace=replace) as output:
            manifest = _write(runtime, output)
            output.seek(0)
            read_archive(output)
    click.echo(f"{sum(manifest.tables.values())} rows of {len(manifest.tables)} tables are in {file}.")


@db.command()
@click.argument("file")
@click.option("--replace", is_flag=True, help="Replace everything in the database.")
@click.option("--moved", is_flag=True, help="Nothing was sent since the backup: let the queue resume.")
def restore(file: str, replace: bool, moved: bool) -> None:
    """Read everything back from FILE into this database, of either kind; `-` is standard input.

    Stop web and worker first. Either all of it is restored or nothing. Mail that waited when the backup was
    made may have gone out since, so it is marked as in doubt rather than sent, unless you say --moved.
    """
    settings = load_settings(key_source=installation.key_of_restore)
    make_instance(settings)
    with closing(Database(settings.database_url)) as database, _input(file) as source:
        manifest, has_new_key = backups.restore(
            database,
            source,
            settings=settings,
            replace=replace,
            moved=moved,
            actor=COMMAND_LINE,
            now=DatabaseClock(database)(),
        )
    click.echo(
        f"{sum(manifest.tables.values())} rows of {len(manifest.tables)} tables are restored."
        + (
            " The secret key of the backup is in place; the one before it is kept beside it."
            if has_new_key
            else ""
        )
    )


def _write(runtime: Runtime, output: IO[bytes]) -> Manifest:
    return backups.back_up(
        runtime.database, output, settings=runtime.settings, actor=COMMAND_LINE, now=runtime.clock()
    )


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
