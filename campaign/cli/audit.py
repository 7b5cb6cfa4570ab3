"""`campaign audit`: the record of what organizers did."""

import click

from campaign.cli.context import opened_runtime
from campaign.services import audit as audit_log


@click.group()
def audit() -> None:
    """The record of what organizers did."""


@audit.command()
def verify() -> None:
    """Check that no entry of the record was changed or taken out of its middle.

    Entries cut off at its end leave no trace: compare the number with the last one you wrote down.
    """
    with opened_runtime() as runtime, runtime.database.reading() as session:
        count = audit_log.verify(session)
    click.echo(f"The record is as it was written. Entries: {count}")
