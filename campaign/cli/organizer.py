"""`campaign organizer`: logins to the desk."""

import sys
from collections.abc import Mapping

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import NOTHING, Grant, Rights, Role
from campaign.services.accounts import invitations, organizers, password_resets, second_factors
from campaign.services.accounts.new_passwords import site_names
from campaign.services.campaigns import campaigns
from campaign.store.database import Session


@click.group()
def organizer() -> None:
    """Logins to the organizers' desk."""


ROLES = click.Choice([role.value for role in Role])
role_option = click.option(
    "--role",
    type=ROLES,
    required=True,
    help="viewers look, editors also change campaigns, owners also see people and manage the site",
)
people_option = click.option(
    "--personal-data", is_flag=True, help="Also names, addresses and words of those who signed, and exports."
)
campaigns_option = click.option(
    "--campaign", "slugs", multiple=True, metavar="SLUG", help="Only this campaign; may be given again."
)


@organizer.command()
@click.argument("email")
@role_option
@people_option
@campaigns_option
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
def add(email: str, role: str, personal_data: bool, slugs: tuple[str, ...], password_stdin: bool) -> None:
    """Make a login for EMAIL; without --password-stdin a first password is made and printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else organizers.new_password()
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        rights = _rights(session, Grant(Role(role), personal_data), slugs)
        made = organizers.add(
            session,
            email,
            role=rights.everywhere.role,
            sees_people=rights.everywhere.sees_people,
            campaigns=rights.campaigns,
            password=password,
            actor=COMMAND_LINE,
            now=runtime.clock(),
            site=site_names(runtime.settings),
        )
        said = f"{made.email} can sign in at {runtime.settings.web.public_url}/organizer/ as {role}."
    click.echo(said)
    if not password_stdin:
        click.echo(f"First password, shown only this once: {password}")


@organizer.command()
@click.argument("email")
@role_option
@people_option
@campaigns_option
def invite(email: str, role: str, personal_data: bool, slugs: tuple[str, ...]) -> None:
    """Email EMAIL a link, good for seven days and one use, under which they choose a password."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        invitations.invite(
            session,
            email,
            _rights(session, Grant(Role(role), personal_data), slugs),
            context=runtime.organizer_mail,
            language=None,
            actor=COMMAND_LINE,
            now=runtime.clock(),
        )
    click.echo(f"{email} will get an email with a link, good for seven days.")


@organizer.command("list")
def list_() -> None:
    """List all logins: address, role, since when, whether it is disabled, and what else they may do."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        logins = organizers.listed(session)
        slugs = {campaign.id: campaign.slug for campaign in campaigns.all_campaigns(session)}
    for login in logins:
        state = f"disabled {login.disabled_at:%Y-%m-%d %H:%M}" if login.disabled_at else "enabled"
        role, made = login.rights.everywhere.role or "-", f"{login.created_at:%Y-%m-%d %H:%M}"
        click.echo("\t".join([login.email, role, made, state, _more(login.rights, slugs)]).rstrip("\t"))


@organizer.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([*ROLES.choices, "none"]))
@click.option("--personal-data/--no-personal-data", default=None, help="Give personal data, or take it away.")
@campaigns_option
def set_role(email: str, role: str, personal_data: bool | None, slugs: tuple[str, ...]) -> None:
    """Let EMAIL do what ROLE may, in all campaigns or those named; their sessions end at once."""
    given = None if role == "none" else Role(role)
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        ids = {slug: campaigns.by_slug(session, slug).id for slug in slugs}
        held = organizers.rights_of(session, email)
        single = dict(held.campaigns)
        for campaign_id in ids.values():
            single[campaign_id] = _changed(single.get(campaign_id, NOTHING), given, personal_data)
        everywhere = held.everywhere if slugs else _changed(held.everywhere, given, personal_data)
        rights = Rights(everywhere, {id_: grant for id_, grant in single.items() if grant.role})
        organizers.set_rights(session, email, rights, actor=COMMAND_LINE, now=runtime.clock())
    where = f" of {', '.join(slugs)}" if slugs else ""
    click.echo(f"{email} will be {role}{where} from the next login on.")


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
            second_factors.take_off(
                session, email, context=runtime.organizer_mail, actor=COMMAND_LINE, now=runtime.clock()
            )
        token = password_resets.start(session, email, actor=COMMAND_LINE, now=runtime.clock())
        address = f"{runtime.settings.web.public_url}/organizer/reset/{token}"
    click.echo("The old password and all sessions have ended. Good for one hour, shown only this once:")
    click.echo(address)


def _rights(session: Session, grant: Grant, slugs: tuple[str, ...]) -> Rights:
    """A grant for all campaigns, or for those named only."""
    if not slugs:
        return Rights(grant)
    return Rights(campaigns={campaigns.by_slug(session, slug).id: grant for slug in slugs})


def _changed(held: Grant, role: Role | None, personal_data: bool | None) -> Grant:
    return Grant(role, held.sees_people if personal_data is None else personal_data)


def _more(rights: Rights, slugs: Mapping[int, str]) -> str:
    """What somebody may do beside the role they have in all campaigns."""
    with_data = " with personal data"
    told = [with_data.strip()] if rights.everywhere.sees_people else []
    for campaign_id, grant in rights.campaigns.items():
        told.append(f"{slugs[campaign_id]}: {grant.role}{with_data if grant.sees_people else ''}")
    return "; ".join(told)
