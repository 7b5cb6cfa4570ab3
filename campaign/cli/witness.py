"""`campaign witness`: partner organizations that sign what is published of a count's log."""

import click

from campaign.cli.context import opened_file, opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.ssh_signatures import LONGEST_SIGNATURE
from campaign.services.campaigns import campaigns
from campaign.services.transparency import witnesses


@click.group()
def witness() -> None:
    """Witnesses of a count: partner organizations that check its log, and sign what they saw."""


@witness.command()
@click.argument("slug")
@click.argument("name")
@click.argument("key", metavar="KEY.pub", type=click.Path())
def add(slug: str, name: str, key: str) -> None:
    """Register NAME, who signs with the key whose public part is in the file KEY.pub."""
    text = _read(key)
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        added = witnesses.add(session, slug, name, text, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"{added.name} is a witness of the count of {slug} now.")
    click.echo(f"Key: {added.fingerprint}. Compare it with them: ssh-keygen -l -f KEY.pub")


@witness.command(name="list")
@click.argument("slug")
def list_(slug: str) -> None:
    """Print the witnesses of SLUG, and what each signed last."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        shown = witnesses.shown(session, campaigns.by_slug(session, slug).id)
    for one in shown:
        last = one.signatures[0] if one.signatures else None
        signed = f"signed {last.size} entries on {last.signed_on}" if last else "has signed nothing yet"
        click.echo(f"{one.name}: {one.fingerprint}, {signed}{', removed' if one.removed_on else ''}")


@witness.command()
@click.argument("slug")
@click.argument("name")
def remove(slug: str, name: str) -> None:
    """Take no more signatures of NAME; those that were given stay on the page."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        witnesses.remove(session, slug, name, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"{name} is no longer a witness of the count of {slug}. What they signed stays.")


@witness.command()
@click.argument("slug")
@click.argument("size", type=click.IntRange(min=0, max=999_999_999))
@click.argument("file", type=click.Path())
def store(slug: str, size: int, file: str) -> None:
    """Store the signature in FILE, which a witness made under the log of SLUG with SIZE entries."""
    text = _read(file)
    with opened_runtime() as runtime:
        url = runtime.settings.web.public_url
        with runtime.database.reading() as session:
            signed = witnesses.verified(session, slug, size, text, public_url=url)
        with runtime.database.transaction() as session:
            witnesses.take(session, signed, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"Stored. The page of the count of {slug} shows it.")


def _read(path: str) -> str:
    with opened_file(path) as file:
        return file.read(LONGEST_SIGNATURE + 1).decode("ascii", "replace")
