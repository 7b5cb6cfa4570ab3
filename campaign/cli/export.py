"""`campaign export`: lists of supporters."""

import sys
from pathlib import Path

import click

from campaign.cli.context import opened_runtime, private_output
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.export_choice import ExportFormat
from campaign.errors import RefusedError
from campaign.services.documents import exports


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
