"""`campaign traces`: where a text can still be found, to prove that it cannot."""

import sys
from pathlib import Path

import click

from campaign.cli.context import opened_runtime
from campaign.domain.traces import SHORTEST, traced
from campaign.errors import ConflictError, RefusedError
from campaign.services.seals.traces import Trace, in_files, in_tables

_LONGEST_INPUT = 10_000


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def traces(paths: tuple[Path, ...]) -> None:
    """Look for texts, one a line on standard input, in every table, in the instance folder, and in PATHS.

    Name the folders of logs and backups too. It prints where, never what, and ends with 1 where anything is
    found. On standard input no text stays in the shell's history.
    """
    texts = traced(_texts())
    with opened_runtime() as runtime:
        runtime.database.truncate_wal()
        found = [*in_tables(runtime.database, texts)]
        instance = runtime.settings.instance
    found += in_files([instance, *_there(paths)], texts)
    for one in found:
        click.echo(f"{one.place}: {one.number}")
    _end(found)


def _end(found: list[Trace]) -> None:
    if found:
        raise ConflictError("Found in %(number)d places.", number=len(found))
    click.echo("Found nowhere.")


def _texts() -> list[str]:
    lines = sys.stdin.buffer.read(_LONGEST_INPUT).decode("utf-8", "replace").splitlines()
    texts = [line.strip() for line in lines if line.strip()]
    if not texts or any(len(text.encode()) < SHORTEST for text in texts):
        raise RefusedError(
            "Give texts of %(least)d signs or more on standard input, one a line.", least=SHORTEST
        )
    return texts


def _there(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    for path in paths:
        if not path.exists():
            raise RefusedError("There is no file or folder %(path)s.", path=path)
    return paths
