"""`campaign names`: take every name off everything public, and bring the names back."""

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.services.campaigns import public_names
from campaign.services.moderation import all_names


@click.group()
def names() -> None:
    """The names under a letter: hide all of them from the public at once, or show them again."""


@names.command()
@click.argument("slug")
def hide(slug: str) -> None:
    """Take every name off the public pages, documents and feeds of SLUG; the numbers stay."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        hidden = all_names.hide(session, slug, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(
        f"No names are public under {slug} now. “campaign names show {slug}” brings them back."
        if hidden
        else f"The names under {slug} were already hidden."
    )


@names.command()
@click.argument("slug")
def show(slug: str) -> None:
    """Show the names under SLUG again, each as its supporter chose."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        shown = public_names.show(session, slug, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(
        f"The names under {slug} are public again, each as its supporter chose."
        if shown
        else f"The names under {slug} were not hidden."
    )
