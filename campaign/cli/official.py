"""`campaign official`: whom a letter names, and how they are reached."""

import click

from campaign.cli.context import now, opened_runtime
from campaign.domain.digest import USUAL_THRESHOLD, DigestMode
from campaign.services import campaigns, digest_settings, officials
from campaign.services.digest_settings import DigestDetails
from campaign.store.tables import Official


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


@official.command("digest")
@click.argument("slug")
@click.argument("name")
@click.argument("mode", type=click.Choice([mode.value for mode in DigestMode]))
@click.option(
    "--threshold",
    default="",
    metavar="N",
    help=f"With 'above': together when more than N wait in the morning, {USUAL_THRESHOLD} unless you say so.",
)
def digest(slug: str, name: str, mode: str, threshold: str) -> None:
    """Send messages to the official the letter of SLUG calls NAME together in one mail a day, or one by one.

    The mail goes at 8:00 in the official's time zone: every day, or when more messages wait than a threshold.
    """
    if threshold and mode != DigestMode.ABOVE:
        raise click.UsageError("--threshold goes with the mode 'above'.")
    details = DigestDetails(mode, threshold)
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        one = digest_settings.change_by_name(session, slug, name, details, now=now())
        said = f"{one.name}: {_digests(one)}."
    click.echo(said)


def _digests(one: Official) -> str:
    match one.digest_mode:
        case DigestMode.DAILY:
            return "messages go together in one mail a day"
        case DigestMode.ABOVE:
            return (
                f"messages go together in one mail when more than {one.digest_threshold} wait in the morning"
            )
    return "messages go one by one"
