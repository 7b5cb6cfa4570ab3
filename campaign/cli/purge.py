"""`campaign purge`: delete what has been kept for long enough, now."""

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.services.retention.purges import all_purges
from campaign.worker.retention import RetentionRun


@click.command()
@click.option("--dry-run", is_flag=True, help="Change nothing; say how many there are.")
def purge(dry_run: bool) -> None:
    """Delete what has been kept for long enough: the worker does the same every hour.

    Prints one line for each kind, like `signatures: 12`. Exit status 1 when something could not be deleted;
    what that was stands in the log, by its id.
    """
    with opened_runtime() as runtime:
        purges = all_purges(
            outbox=runtime.settings.outbox_folder, prepared_folder=runtime.settings.prepared_folder
        )
        run = RetentionRun(runtime.database, purges, actor=COMMAND_LINE, now=runtime.clock(), dry_run=dry_run)
        try:
            while run.step():
                pass
        finally:
            run.record()
        runtime.database.truncate_wal()
    for kind, number in run.deleted.items():
        click.echo(f"{kind}: {number}")
    for kind, number in run.failed.items():
        if number:
            click.echo(f"{kind}: {number} could not be deleted, see the log", err=True)
    if any(run.failed.values()):
        raise SystemExit(1)
