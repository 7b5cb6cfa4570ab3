"""`campaign quiet`: emails to supporters that tell nothing."""

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.services.campaigns import quiet_mode


@click.group()
def quiet() -> None:
    """Emails to supporters that do not say what they are about, for people whose mailbox others look at."""


@quiet.command()
@click.argument("slug")
def on(slug: str) -> None:
    """Make SLUG quiet: a code and secret words take the place of links. Once it was open this is for good."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        has_reply_domain = bool(runtime.settings.mail.reply_domain)
        turned = quiet_mode.turn_on(
            session, slug, has_reply_domain=has_reply_domain, actor=COMMAND_LINE, now=runtime.clock()
        )
    if turned is None:
        click.echo(f"The emails of {slug} were already quiet.")
        return
    click.echo(
        f"No email to supporters of {slug} says what it is about now. Whoever signs chooses secret words."
        f" Cancelled: {turned.called_back}."
    )
    if turned.leaving:
        click.echo(f"Being sent at that moment, and not to be stopped: {turned.leaving}.")


@quiet.command()
@click.argument("slug")
def off(slug: str) -> None:
    """Have the emails of SLUG, a draft that was never open, say again what they are about."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        turned = quiet_mode.turn_off(session, slug, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(
        f"The emails of {slug} say what they are about, and have links."
        if turned
        else f"The emails of {slug} were not quiet."
    )
