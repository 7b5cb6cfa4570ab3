"""`campaign db`: the schema and the data."""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from campaign.cli.context import now, opened_file, opened_runtime, private_output
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.tokens import derived_key
from campaign.errors import ConflictError, RefusedError
from campaign.runtime import Runtime
from campaign.services import backups
from campaign.settings import Settings
from campaign.store import schema
from campaign.store.archive import Manifest, read_archive, write_archive

SECRET = "secret_key"  # noqa: S105 - the name of a file


@click.group()
def db() -> None:
    """The database: upgrade, check, backup, restore."""


@db.command()
def upgrade() -> None:
    """Bring the database to the schema of this version; an empty one is filled."""
    with opened_runtime(checked=False) as runtime:
        before = schema.current_revision(runtime.database.engine)
        schema.upgrade(runtime.database)
    head = schema.head_revision()
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
                raise RefusedError("A backup is no text for a terminal. Give a file name, or pipe it on.")
            _write(runtime, sys.stdout.buffer)
            return
        with private_output(Path(file), replace=replace) as output:
            manifest = _write(runtime, output)
            output.seek(0)
            read_archive(output)
    click.echo(f"{sum(manifest.tables.values())} rows of {len(manifest.tables)} tables are in {file}.")


@db.command()
@click.argument("file")
@click.option("--replace", is_flag=True, help="Put it in place of all the database holds.")
@click.option("--moved", is_flag=True, help="Nothing was sent since the backup: let the queue go on.")
def restore(file: str, replace: bool, moved: bool) -> None:
    """Read everything back from FILE into this database, of either kind; `-` is standard input.

    Stop web and worker first. Either all of it is restored or nothing. Mail that waited when the backup was
    made may have gone out since, so it is marked as in doubt rather than sent, unless you say --moved.
    """
    with opened_runtime(checked=False) as runtime, _input(file) as source:
        manifest, extra = read_archive(source)
        secret = _secret_to_install(runtime.settings, manifest, extra)
        backups.restore(
            runtime.database,
            source,
            staging=runtime.settings.instance,
            replace=replace,
            moved=moved,
            before_commit=lambda: _install(runtime.settings, secret),
            actor=COMMAND_LINE,
            now=now(),
        )
    click.echo(
        f"{sum(manifest.tables.values())} rows of {len(manifest.tables)} tables are restored."
        + (
            " The secret key of the backup is in place; the one before it is kept beside it."
            if secret
            else ""
        )
    )


def _write(runtime: Runtime, output: IO[bytes]) -> Manifest:
    settings = runtime.settings
    return write_archive(
        runtime.database,
        output,
        key_fingerprint=_fingerprint(settings.first_secret_key),
        extra={SECRET: settings.secret_key.encode()} if _keeps_its_own_secret(settings) else {},
        now=now(),
    )


def _secret_to_install(settings: Settings, manifest: Manifest, extra: dict[str, bytes]) -> bytes | None:
    """The key that has to come along with the data, if ours is another.

    Supporters are told apart by a hash under the first secret key: under any other key nobody who signed
    would be known again, and could sign twice.
    """
    if _fingerprint(settings.first_secret_key) == manifest.key_fingerprint:
        return None
    secret = extra.get(SECRET)
    if (
        secret
        and _keeps_its_own_secret(settings)
        and _fingerprint(secret.decode()) == manifest.key_fingerprint
    ):
        return secret
    raise ConflictError(
        "This backup was made under another secret key. Set CAMPAIGN_SECRET_KEY and"
        " CAMPAIGN_SECRET_KEY_FALLBACKS to those of the installation it comes from, and restore it again."
    )


def _install(settings: Settings, secret: bytes | None) -> None:
    if secret is None:
        return
    path = settings.instance / SECRET
    shutil.copy2(path, path.with_name(f"{SECRET}.before-restore"))
    descriptor, part = tempfile.mkstemp(dir=settings.instance)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    Path(part).replace(path)


def _keeps_its_own_secret(settings: Settings) -> bool:
    """Whether the key in use is the one under the instance folder, rather than one from the environment."""
    path = settings.instance / SECRET
    return (
        not settings.secret_key_fallbacks
        and path.is_file()
        and path.read_text().strip() == settings.secret_key
    )


def _fingerprint(secret_key: str) -> str:
    return hashlib.sha256(derived_key(secret_key, "fingerprint")).hexdigest()[:32]


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
