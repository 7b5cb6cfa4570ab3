"""Keys and passphrases that commands are given in files, so that none stands on a command line."""

from collections.abc import Sequence

from campaign.cli.context import read_input
from campaign.documents.age_file import read_passphrase
from campaign.domain.sealing import IDENTITY_PREFIX, read_identity
from campaign.errors import RefusedError
from campaign.services.seals import keys

# A key with its comments, or sixteen shares.
LONGEST_KEY = 20_000


def passphrase_in(file: str | None) -> str | None:
    """The first line of a file; RefusedError when there is none."""
    if file is None:
        return None
    first, _, _ = _text(file).partition("\n")
    passphrase = read_passphrase(first.strip("\r"))
    if passphrase is None:
        raise RefusedError("There is no passphrase in the first line of %(name)s.", name=file)
    return passphrase


def identity_in(file: str | None) -> str | None:
    """The one age identity in a file."""
    return read_identity(_text(file)) if file else None


def identities_in(files: Sequence[str]) -> tuple[str, ...]:
    """The age identities in some files, and the one that the shares in all of them give together."""
    lines = [line.strip() for file in files for line in _text(file).splitlines()]
    said = [line for line in lines if line and not line.startswith("#")]
    whole = [line for line in said if line.lower().startswith(IDENTITY_PREFIX)]
    shares = [line for line in said if line not in whole]
    found = [read_identity(line) for line in whole]
    if shares:
        found.append(keys.combine(shares))
    if files and not found:
        raise RefusedError("There is neither a key nor a share in %(name)s.", name=files[0])
    return tuple(dict.fromkeys(found))


def _text(file: str) -> str:
    return read_input(file, at_most=LONGEST_KEY).decode("utf-8", "replace")
