"""`campaign organizer`: logins to the desk."""

import sys

import click

from campaign.cli.context import now, opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.services.accounts import organizers
from campaign.services.accounts.new_passwords import site_names


@click.group()
def organizer() -> None:
    """Logins to the organizers' desk."""


@organizer.command()
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="viewers look, editors also change campaigns, owners also export and read the audit log",
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
def add(email: str, role: str, password_stdin: bool) -> None:
    """Make a login for EMAIL; without --password-stdin a first password is made and printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else organizers.new_password()
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        made = organizers.add(
            session,
            email,
            role=Role(role),
            password=password,
            actor=COMMAND_LINE,
            now=now(),
            site=site_names(runtime.settings),
        )
        said = f"{made.email} can sign in at {runtime.settings.web.public_url}/organizer/ as {role}."
    click.echo(said)
    if not password_stdin:
        click.echo(f"First password, shown only this once: {password}")
