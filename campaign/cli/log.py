"""`campaign log`: the public log behind a letter's count."""

import click

from campaign.cli.context import opened_runtime
from campaign.services.campaigns import campaigns
from campaign.services.transparency import verifying


@click.group()
def log() -> None:
    """The public log behind a letter's count."""


@log.command()
@click.argument("slug")
def verify(slug: str) -> None:
    """Check that the log of SLUG is what was published of it, entry by entry.

    Who does not trust this server checks from outside: docs/count-log.md says how.
    """
    with opened_runtime() as runtime, runtime.database.reading() as session:
        state = verifying.verify(session, campaigns.by_slug(session, slug).id)
    newest = state.head
    click.echo(f"The log is what was published of it. Times published: {state.heads}")
    click.echo(
        f"Entries: {newest.size}. Signatures by the log: {newest.count}, by now: {state.signature_count}"
    )
    click.echo(f"Fingerprint: {newest.size}:{newest.root.hex()}")
