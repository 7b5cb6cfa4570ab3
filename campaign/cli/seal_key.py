"""`campaign seal-key`: the key that opens sealed signatures, which is never kept on the server."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import click

from campaign.cli.context import opened_file, opened_runtime, private_output
from campaign.cli.key_files import LONGEST_KEY
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.sealing import ShareCount, fingerprint, read_identity, read_share_count
from campaign.errors import RefusedError
from campaign.services.seals import keys, recipients, resealing
from campaign.services.seals.keys import NewKey
from campaign.services.seals.resealing import LONGEST_LINE, Resealed

_SHARES = click.option(
    "--shares", metavar="K/N", help="Print N shares instead, any K of which open, and no key as a whole."
)
_RECIPIENT = click.option(
    "--recipient", metavar="AGE1…", help="Take the recipient of a key that was made elsewhere; print none."
)
_OUTPUT = click.option(
    "--output", type=click.Path(path_type=Path), help="The file to write; standard output without it."
)


@click.group()
def seal_key() -> None:
    """The key that opens sealed signatures; the server keeps only the recipient, by which it seals."""


@seal_key.command()
@click.argument("slug")
@_SHARES
@_RECIPIENT
def new(slug: str, shares: str | None, recipient: str | None) -> None:
    """Make a key for SLUG and print it, once; people can sign sealed from then on."""
    with opened_runtime() as runtime:
        with runtime.database.reading() as session:
            recipients.check_new(session, slug)
        given = _recipient(slug, shares, recipient)
        with runtime.database.transaction() as session:
            recipients.give(session, slug, given, actor=COMMAND_LINE, now=runtime.clock())


@seal_key.command()
@click.argument("slug")
@_SHARES
@_RECIPIENT
def replace(slug: str, shares: str | None, recipient: str | None) -> None:
    """Make another key for what comes, when somebody who holds the old one leaves, and print it, once.

    What is there stays sealed to the old key until it is sealed anew: see fetch, reseal and store.
    """
    with opened_runtime() as runtime:
        with runtime.database.reading() as session:
            recipients.check_there(session, slug)
        given = _recipient(slug, shares, recipient)
        with runtime.database.transaction() as session:
            recipients.replace(session, slug, given, actor=COMMAND_LINE, now=runtime.clock())


@seal_key.command()
@click.argument("slug")
def show(slug: str) -> None:
    """Print the recipient of SLUG, its fingerprint, and since when it is in use."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        seal = recipients.check_there(session, slug)
    click.echo(
        f"recipient:   {seal.recipient}\nfingerprint: {seal.fingerprint}\nsince:       {seal.since:%Y-%m-%d}"
    )


@seal_key.command()
def combine() -> None:
    """Put a key together from shares on standard input, one a line. Needs no database: do it offline."""
    lines = _standard_input().splitlines()
    shares = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    identity = keys.combine(shares)
    click.echo(f"# public key: {keys.recipient_of(identity)}\n{identity}")


@seal_key.command()
@click.argument("slug")
@_OUTPUT
def fetch(slug: str, output: Path | None) -> None:
    """Write what SLUG has that is still sealed to an earlier key: sealed texts, one signature a line."""
    with opened_runtime() as runtime:
        rows = resealing.fetch(runtime.database, slug, actor=COMMAND_LINE, now=runtime.clock())
        number = _write(output, rows)
    click.echo(f"{number} sealed signatures written.", err=True)


@seal_key.command()
@click.argument("file", type=click.Path())
@click.option("--to", "recipient", required=True, metavar="RECIPIENT", help="The new recipient, age1…")
@_OUTPUT
def reseal(file: str, recipient: str, output: Path | None) -> None:
    """Seal the lines of FILE to another recipient; the key that opens them is read from standard input.

    Needs no database. Do it offline, where the key is kept: what is sealed is open in this program's memory.
    """
    identity = read_identity(_standard_input())
    done = Resealed()
    with opened_file(file) as lines:
        rows = resealing.reseal(
            _lines(lines), identity=identity, recipient=keys.read_recipient(recipient), done=done
        )
        _write(output, rows)
    click.echo(f"{done.changed} sealed anew, {done.left} are of another key.", err=True)


@seal_key.command()
@click.argument("slug")
@click.argument("file", type=click.Path())
def store(slug: str, file: str) -> None:
    """Put what was sealed anew in the place of what it was made from. Doing it twice changes nothing."""
    with opened_runtime() as runtime, opened_file(file) as lines:
        done = resealing.put_back(
            runtime.database, slug, _lines(lines), actor=COMMAND_LINE, now=runtime.clock()
        )
    click.echo(f"{done.changed} stored, {done.left} left as they are: changed or gone meanwhile.")


def _recipient(slug: str, shares: str | None, recipient: str | None) -> str:
    if recipient and shares:
        raise RefusedError("Name a recipient, or have a key made in shares: not both.")
    if recipient:
        return keys.read_recipient(recipient)
    return _printed(slug, read_share_count(shares) if shares else None).recipient


def _printed(slug: str, count: ShareCount | None) -> NewKey:
    """A new key, printed before the database knows its recipient: what nobody saw must seal nothing."""
    made = keys.new_key(count)
    click.echo("\n".join(_in_words(slug, made, count)))
    sys.stdout.flush()
    return made


def _in_words(slug: str, made: NewKey, count: ShareCount | None) -> Iterator[str]:
    yield f"# The key for the sealed signatures of {slug}, fingerprint {fingerprint(made.recipient)}."
    yield "# It is shown this once. Without it nobody can ever read who signed sealed, not even you."
    if count is None:
        yield "# Keep it offline, in two places, on paper or an encrypted stick; never on the server."
    else:
        yield f"# Any {count.needed} of these {count.total} shares open; fewer tell nothing."
        yield "# Give each partner one, on paper, and keep none that is not yours."
    yield "# To open a sealed text: base64 -d sealed.txt | age -d -i key.txt"
    yield f"# public key: {made.recipient}"
    if made.identity is not None:
        yield made.identity
    for number, share in enumerate(made.shares, 1):
        yield f"# Share {number} of {len(made.shares)}"
        yield share


def _standard_input() -> str:
    data = sys.stdin.buffer.read(LONGEST_KEY + 1)
    if len(data) > LONGEST_KEY:
        raise RefusedError("Standard input is too long to be a key.")
    return data.decode("utf-8", "replace")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, none of which fills the memory."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line


def _write(output: Path | None, rows: Iterable[resealing.SealedRow]) -> int:
    if output is None:
        return _count_written(sys.stdout.buffer, rows)
    with private_output(output, replace=False) as file:
        return _count_written(file, rows)


def _count_written(file: BinaryIO, rows: Iterable[resealing.SealedRow]) -> int:
    number = 0
    for row in rows:
        file.write(row.line())
        number += 1
    return number
