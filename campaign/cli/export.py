"""`campaign export`: lists of supporters."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from campaign.cli.context import opened_file, opened_runtime, private_output
from campaign.cli.key_files import identities_in, passphrase_in
from campaign.documents.age_opening import is_for_passphrase
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.export_choice import ExportFormat
from campaign.errors import RefusedError
from campaign.services.documents import exports
from campaign.services.seals import opened_exports
from campaign.services.seals.opened_exports import ExportKeys, OpenedRows


@click.group()
def export() -> None:
    """Lists of supporters as CSV, XLSX or JSON."""


@export.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice([kind.value for kind in ExportFormat]), required=True)
@click.option("--preset", metavar="NAME", help="The columns another program expects.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="The file to write; standard output without it."
)
@click.option("--replace", is_flag=True, help="Overwrite the file if it exists.")
def supporters(slug: str, kind: str, preset: str | None, output: Path | None, replace: bool) -> None:
    """Write every confirmed supporter of SLUG; the column `updates` says who may be written to.

    A file is readable by its owner only, and appears when it is whole. The export is recorded.
    """
    with opened_runtime() as runtime:
        if output:
            with private_output(output, replace=replace) as file:
                exports.write_supporters(
                    runtime.database,
                    slug,
                    format=kind,
                    preset=preset,
                    out=file,
                    actor=COMMAND_LINE,
                    now=runtime.clock(),
                )
            return
        if kind == ExportFormat.XLSX and sys.stdout.isatty():
            raise RefusedError("XLSX is not for a terminal. Name a file with --output.")
        exports.write_supporters(
            runtime.database,
            slug,
            format=kind,
            preset=preset,
            out=sys.stdout.buffer,
            actor=COMMAND_LINE,
            now=runtime.clock(),
        )


@export.command(name="open")
@click.argument("file", type=click.Path())
@click.option("--passphrase-file", type=click.Path(), help="A file whose first line is the passphrase.")
@click.option(
    "--identity",
    "identities",
    type=click.Path(),
    multiple=True,
    help="A file with a private key, or with shares of one, a line each; `-` is standard input.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="The file to write; standard output without it."
)
@click.option("--replace", is_flag=True, help="Overwrite the file if it exists.")
def open_(
    file: str, passphrase_file: str | None, identities: tuple[str, ...], output: Path | None, replace: bool
) -> None:
    """Open FILE, a list that was encrypted, and the sealed rows in it.

    Needs no database: do it offline, where the keys are. Several --identity files may hold one share each.
    """
    done = OpenedRows()
    with opened_file(file) as source, tempfile.TemporaryFile(dir=output.parent if output else None) as target:
        passphrase = passphrase_in(passphrase_file)
        if passphrase is None and is_for_passphrase(source) and sys.stdin.isatty():
            passphrase = click.prompt("Passphrase", hide_input=True, err=True)
        keys = ExportKeys(passphrase, identities_in(identities))
        plain = opened_exports.decrypt(source, target, keys)
        _write_opened(opened_exports.opened(plain, keys, done), output, replace=replace)
    if not done.is_unread:
        click.echo(f"{done.opened} sealed rows opened, {done.left} are sealed to another key.", err=True)
    elif identities:
        click.echo("Rows that are sealed stay so in an XLSX file. Export CSV or JSON to open them.", err=True)


def _write_opened(chunks: Iterator[bytes], output: Path | None, *, replace: bool) -> None:
    if output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        return
    with private_output(output, replace=replace) as written:
        for chunk in chunks:
            written.write(chunk)
