"""The file of the secret key under the instance folder: read with care, made once, exchanged by a restore."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_urlsafe
from tempfile import NamedTemporaryFile

from campaign.settings.guessable import problem_with_secret
from campaign.settings.private_files import problem_with_access

# 32 random bytes in URL-safe base64 are 43 characters; anything under 32 characters is guessable or a slip.
MIN_LENGTH = 32

# Gives the key of an instance folder and a database's URL; what is wrong is added to the problems.
KeySource = Callable[[Path, str, list[str]], str]


def key_file(instance: Path) -> Path:
    """Where an installation keeps the key it made itself."""
    return instance / "secret_key"


def restored_key_file(instance: Path) -> Path:
    """Where the key of a backup waits until its data is in the database."""
    return instance / "secret_key.restored"


def read_or_make(instance: Path, _database_url: str, problems: list[str]) -> str:
    """The key under the instance folder, made with owner-only permissions if there is none."""
    key = read(instance, problems)
    if key or problems:
        return key
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        instance.chmod(0o700)
        _make(instance)
    except OSError as error:
        problems.append(f"The instance folder {instance} cannot be written to: {error.strerror}.")
    return read(instance, problems)


def read(instance: Path, problems: list[str]) -> str:
    """The key under the instance folder; empty when there is none, or one that is not whole."""
    path = key_file(instance)
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        problems.append(f"The secret key in {path} cannot be read: {error.strerror}.")
        return ""
    except UnicodeDecodeError:
        key = ""
    if len(key) < MIN_LENGTH:
        problems.append(
            f"The secret key in {path} is not whole. Put that file back as it was,"
            " or restore a backup, which brings its key along: campaign db restore FILE --replace"
        )
        return ""
    problems += problem_with_access(path, "the secret key")
    problems += problem_with_secret(f"The secret key in {path}", key, least=MIN_LENGTH)
    return key


def keep_restored(instance: Path, key: str) -> None:
    """Lay a backup's key beside the one in use, safe from a power cut."""
    path = restored_key_file(instance)
    with _written(instance, key) as part:
        path.unlink(missing_ok=True)
        path.hardlink_to(part)
    sync_folder(instance)


def adopt_restored(instance: Path) -> None:
    """Put a backup's key in the place of the one in use, which stays beside it."""
    path = key_file(instance)
    with suppress(FileNotFoundError):
        path.replace(path.with_name(f"{path.name}.before-restore"))
    restored_key_file(instance).replace(path)
    sync_folder(instance)


def sync_folder(folder: Path) -> None:
    """Let no power cut take back which names the folder holds."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make(instance: Path) -> None:
    # Written aside and linked, so that of two first starts at once both read the same whole key.
    with _written(instance, token_urlsafe(32)) as part, suppress(FileExistsError):
        key_file(instance).hardlink_to(part)
    sync_folder(instance)


@contextmanager
def _written(instance: Path, key: str) -> Iterator[str]:
    """A file that holds the key, owner-only and on the disk, under a name that ends with the block."""
    with NamedTemporaryFile("w", dir=instance, prefix=".secret_key.", encoding="utf-8") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
        yield file.name
