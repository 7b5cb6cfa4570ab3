"""`campaign audit`: the record of what organizers did."""

import click

from campaign.cli.context import opened_runtime
from campaign.services import audit as record


@click.group()
def audit() -> None:
    """The record of what organizers did."""


@audit.command()
def verify() -> None:
    """Check that no entry of the record was changed or taken out."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        count = record.verify(session)
    click.echo(f"All {count} entries are as they were written.")
