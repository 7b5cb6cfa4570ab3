"""What commands share: the runtime they work with, the time, and files read and written with care."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from campaign.cli.waiting_start import once_reachable
from campaign.errors import NotFoundError, RefusedError, UnavailableError
from campaign.runtime import Runtime, build_runtime
from campaign.services.installation import database_key
from campaign.settings import Settings, load_settings

# A thread that comes back from the database or a provider waits this long for the interpreter, and may hold
# the one writer lock. Python's own 5 ms would be ten times what a signature takes, or an email.
SWITCH_SECONDS = 0.0005


@contextmanager
def opened_runtime(
    settings: Settings | None = None, *, checked: bool = True, waits: bool = False
) -> Iterator[Runtime]:
    """A runtime for one command; unless `checked` is off, on a database of exactly our schema and key.

    A database that is away is waited for if `waits` says so. Raises SettingsError, and ConflictError or
    UnavailableError from the check.
    """

    def start() -> Runtime:
        return _opened(settings, checked=checked)

    runtime = once_reachable(start) if waits else start()
    try:
        yield runtime
    finally:
        runtime.close()


def _opened(settings: Settings | None, *, checked: bool) -> Runtime:
    settings = settings or load_settings(key_source=database_key.key_of_start)
    make_instance(settings)
    database_key.finish_restore(settings.instance, settings.database_url)
    if checked:
        database_key.check(settings)
    runtime = build_runtime(settings)
    if checked:
        try:
            # Here, not within a transaction, which would need a second connection for it.
            runtime.clock()
        except UnavailableError:
            runtime.close()
            raise
    return runtime


def switch_threads_often() -> None:
    """Let the threads of this process take turns within SWITCH_SECONDS."""
    sys.setswitchinterval(SWITCH_SECONDS)


def log_to_terminal(*, requests: bool = False) -> None:
    """Show what our own code logs, each request only if asked, and of libraries only warnings."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("campaign").setLevel(logging.INFO)
    logging.getLogger("campaign.web").setLevel(logging.INFO if requests else logging.WARNING)


def make_instance(settings: Settings) -> None:
    """Make the instance folder, for its owner only."""
    try:
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            "The instance folder %(folder)s cannot be written to: %(reason)s.",
            folder=settings.instance,
            reason=error.strerror,
        ) from error


def read_input(name: str, *, at_most: int) -> bytes:
    """The bytes of a file, `-` being standard input; at most `at_most` bytes are taken.

    Raises NotFoundError or RefusedError with the sentence for what stands in the way.
    """
    if name == "-":
        data = sys.stdin.buffer.read(at_most + 1)
    else:
        with opened_file(name) as file:
            data = file.read(at_most + 1)
    if len(data) > at_most:
        raise RefusedError(
            "The file %(name)s is too large: the most is %(most)d MB.",
            name="on standard input" if name == "-" else name,
            most=at_most // 1_000_000,
        )
    return data


@contextmanager
def opened_file(name: str) -> Iterator[BinaryIO]:
    """A file to read; NotFoundError or RefusedError with the sentence for what stands in the way."""
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - what is raised while it is read is not ours to explain
    except FileNotFoundError as error:
        raise NotFoundError("There is no file %(name)s.", name=name) from error
    except IsADirectoryError as error:
        raise RefusedError("%(name)s is a folder, not a file.", name=name) from error
    except OSError as error:
        raise RefusedError(
            "The file %(name)s cannot be read: %(reason)s.", name=name, reason=error.strerror
        ) from error
    with file:
        yield file


@contextmanager
def private_output(path: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """A file only its owner may read, which appears under its name when whole, or not at all.

    Raises RefusedError when it exists and may not be replaced, or cannot be written.
    """
    if path.exists() and not replace:
        raise RefusedError("%(path)s exists already. Choose another name, or add --replace.", path=path)
    try:
        with _part_of(path) as (part, file):
            yield file
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
    except OSError as error:
        raise RefusedError(
            "%(path)s cannot be written: %(reason)s.", path=path, reason=error.strerror
        ) from error


@contextmanager
def _part_of(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    # mkstemp makes the file with owner-only permissions.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield part, file
    finally:
        part.unlink(missing_ok=True)
