"""`campaign organizer`: logins to the desk."""

import sys

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.services.accounts import organizers, password_resets, second_factors
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
            now=runtime.clock(),
            site=site_names(runtime.settings),
        )
        said = f"{made.email} can sign in at {runtime.settings.web.public_url}/organizer/ as {role}."
    click.echo(said)
    if not password_stdin:
        click.echo(f"First password, shown only this once: {password}")


@organizer.command("list")
def list_() -> None:
    """List all logins: address, role, since when, and whether it is disabled."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        logins = organizers.listed(session)
    for login in logins:
        state = f"disabled {login.disabled_at:%Y-%m-%d %H:%M}" if login.disabled_at else "enabled"
        click.echo(f"{login.email}\t{login.role}\t{login.created_at:%Y-%m-%d %H:%M}\t{state}")


@organizer.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def set_role(email: str, role: str) -> None:
    """Let EMAIL do what ROLE may; their sessions end at once."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        organizers.set_role(session, email, Role(role), actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"{email} will be {role} from the next login on.")


@organizer.command()
@click.argument("email")
def disable(email: str) -> None:
    """End the login of EMAIL and every session of it at once; what they did stays in the audit log."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        organizers.disable(session, email, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"{email} can no longer log in.")


@organizer.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let EMAIL log in again, with the password they had."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        organizers.enable(session, email, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"{email} can log in again.")


@organizer.command()
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Also remove the second factor, if it was lost too.")
def reset(email: str, *, second_factor: bool) -> None:
    """Print an address under which EMAIL chooses a new password within an hour.

    The old password and every session end at once.
    """
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        if second_factor:
            second_factors.take_off(session, email, actor=COMMAND_LINE, now=runtime.clock())
        token = password_resets.start(session, email, actor=COMMAND_LINE, now=runtime.clock())
        address = f"{runtime.settings.web.public_url}/organizer/reset/{token}"
    click.echo("The old password and all sessions have ended. Good for one hour, shown only this once:")
    click.echo(address)
