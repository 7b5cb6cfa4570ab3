"""`campaign official`: whom a letter names, and how they are reached."""

import click

from campaign.cli.context import opened_runtime
from campaign.services import campaigns, officials


@click.group()
def official() -> None:
    """Officials: list them, set their addresses."""


@official.command("list")
@click.argument("slug")
def list_(slug: str) -> None:
    """List the officials of a campaign, and whether each has an address."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        for one in officials.list_officials(session, campaign.id):
            office = ", ".join(part for part in (one.title, one.office) if part)
            click.echo(f"{one.name}\t{office}\t{one.email or 'no email: printed and handed over'}")


@official.command("set")
@click.argument("slug")
@click.argument("name")
@click.option("--email", required=True, metavar="ADDRESS", help="Where messages to this official go.")
def set_(slug: str, name: str, email: str) -> None:
    """Set the address of the official the letter of SLUG calls NAME."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        one = officials.set_email(session, slug, name, email)
        said = f"Messages to {one.name} go to {one.email}."
    click.echo(said)
