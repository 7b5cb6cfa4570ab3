"""`campaign audit`: the record of what organizers did."""

import click

from campaign.cli.context import opened_runtime
from campaign.services.audit import audit_log


@click.group()
def audit() -> None:
    """The record of what organizers did."""


@audit.command()
@click.option("--since", default="", metavar="HASH", help="Also check that the entry of this hash is there.")
def verify(since: str) -> None:
    """Check that no entry of the record was changed or taken out of its middle.

    Entries cut off at its end leave no trace: keep the hash that is printed elsewhere, and give it the next
    time with --since.
    """
    with opened_runtime() as runtime, runtime.database.reading() as session:
        chain = audit_log.verify(session, earlier_head=since)
    click.echo(f"The record is as it was written. Entries: {chain.entries}")
    if chain.entries > chain.keyed:
        click.echo(f"Written before entries were sealed with the secret key: {chain.entries - chain.keyed}")
    if chain.head:
        click.echo(f"Hash of the last: {chain.head}")
