"""`campaign draft`: a letter that is not open yet; who may look at it, and when it opens."""

import click

from campaign.cli.context import opened_runtime
from campaign.cli.opening import say
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.sending_plan import local_text
from campaign.services.installation import publisher as publishers
from campaign.services.opening import checklist, preview_links, schedule
from campaign.services.opening.checklist import Premises


@click.group()
def draft() -> None:
    """Drafts: a private link to look at one, and the time at which it opens."""


@draft.command("preview-link")
@click.argument("slug")
@click.option("--end", is_flag=True, help="End the link that there is, and make none.")
def preview_link(slug: str, end: bool) -> None:
    """Print a private link to the preview of SLUG, good for two weeks; an earlier link ends.

    It is shown only this once. Whoever has it can look, and pass it on.
    """
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        if end:
            preview_links.end(session, slug, actor=COMMAND_LINE, now=runtime.clock())
            said = f"No link leads to the preview of {slug} any longer."
        else:
            token = preview_links.make(session, slug, actor=COMMAND_LINE, now=runtime.clock())
            said = f"{runtime.settings.web.public_url}/preview/{token}"
    click.echo(said)


@draft.command("open-at")
@click.argument("slug")
@click.argument("time")
@click.option(
    "--time-zone", metavar="ZONE", help="Whose clocks, like Europe/Brussels; without it those of the desk."
)
def open_at(slug: str, time: str, time_zone: str | None) -> None:
    """Let the draft SLUG open automatically at TIME, like '2026-12-01 09:00'.

    What must be mended by then keeps it shut, and organizers are told. It says on standard error what the
    check-list finds today.
    """
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        who = publishers.current(session, default=runtime.default_publisher)
        zone = who.time_zone or "" if time_zone is None else time_zone
        now = runtime.clock()
        plan = schedule.set_time(session, slug, opens_at=time, zone=zone, actor=COMMAND_LINE, now=now)
        premises = Premises.of(runtime.settings, runtime.default_publisher)
        checks = checklist.checks(session, slug, premises, now=now)
    say(checks)
    local = local_text(plan.opens_at, plan.opens_zone).replace("T", " ")
    click.echo(f"{slug} opens on {local} {plan.opens_zone or 'UTC'}, if nothing must be mended by then.")


@draft.command("call-off")
@click.argument("slug")
def call_off(slug: str) -> None:
    """Let SLUG stay a draft, whatever time was set."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        schedule.call_off(session, slug, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"{slug} does not open automatically.")
