"""`campaign outbox`: the queue of outgoing email."""

import json

import click

from campaign.cli.context import opened_runtime
from campaign.services import outbox as queue


@click.group()
def outbox() -> None:
    """The queue of outgoing email."""


@outbox.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def status(as_json: bool) -> None:
    """Count the emails of each kind in each state, and tell how long the oldest has been due."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        found = queue.status(session)
    oldest = found.oldest_due_at.isoformat() if found.oldest_due_at else None
    if as_json:
        click.echo(json.dumps({"counts": found.counts, "oldest_due_at": oldest}, indent=2))
        return
    for kind, states in found.counts.items():
        for state, count in states.items():
            click.echo(f"{kind:<16} {state:<10} {count:>9}")
    click.echo(f"The oldest due since {oldest}." if oldest else "Nothing is due.")
