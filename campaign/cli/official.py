"""`campaign official`: whom a letter names, and how they are reached."""

import click

from campaign.cli.context import opened_runtime
from campaign.cli.sending import plan_line, sending_options
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.digest import USUAL_THRESHOLD, DigestMode
from campaign.domain.official import Channel, OfficialListed
from campaign.services.campaigns import campaigns
from campaign.services.digests import settings
from campaign.services.digests.settings import DigestDetails
from campaign.services.officials import address_changes, directory

_REACHED = {
    Channel.HAND: "printed and handed over",
    Channel.POST: "printed and posted",
    Channel.WEB_FORM: "through the office's own web form",
}
_REACHED_AS_SENTENCE = {
    Channel.HAND: "are printed and handed over",
    Channel.POST: "are printed and posted",
    Channel.WEB_FORM: "go through the office's own web form",
}


@click.group()
def official() -> None:
    """Officials: list them, set their addresses, and when they are written to."""


@official.command("list")
@click.argument("slug")
def list_(slug: str) -> None:
    """List the officials of a campaign, whether each has an address, and what is set for them."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        for listed in directory.list_officials(session, campaign.id):
            office = ", ".join(part for part in (listed.title, listed.office) if part)
            plan = _plan(listed, usual_zone=campaign.time_zone)
            reached = _REACHED.get(listed.reached_by, listed.email or "")
            greeting = listed.salutation or ""
            click.echo("\t".join([listed.name, office, reached, greeting, *filter(None, [plan])]))


@official.command("set")
@click.argument("slug")
@click.argument("name")
@click.option("--email", metavar="ADDRESS", help="Where messages to this official are sent.")
@click.option("--salutation", metavar="TEXT", help="How messages begin: 'Dear Minister Lindqvist,'.")
@sending_options
def set_(slug: str, name: str, **changes: str | None) -> None:
    """Set how the official the letter of SLUG calls NAME is reached and greeted, and when.

    Times are local to the official. What is not named stays as it is; with '' it is as usual again.
    """
    if all(value is None for value in changes.values()):
        raise click.UsageError("Name what to set, like --email or --time-zone.")
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        details = directory.OfficialDetails(**changes)
        listed = directory.change_by_name(
            session, slug, name, details, actor=COMMAND_LINE, now=runtime.clock()
        )
        campaign = campaigns.by_slug(session, slug)
        if changes["email"]:
            address_changes.tell(
                session,
                campaign,
                (listed.name,),
                context=runtime.organizer_mail,
                actor=COMMAND_LINE,
                now=runtime.clock(),
            )
        plan = _plan(listed, usual_zone=campaign.time_zone)
        reached = _REACHED_AS_SENTENCE.get(listed.reached_by, f"go to {listed.email}")
    if changes.pop("salutation") is not None:
        click.echo(f"Messages to {listed.name} begin: {listed.salutation}")
    if changes.pop("email") is not None:
        click.echo(f"Messages to {listed.name} {reached}.")
    if any(value is not None for value in changes.values()):
        click.echo(f"{listed.name}: {plan or 'as usual'}.")


def _plan(listed: OfficialListed, *, usual_zone: str | None) -> str:
    """What is set for one official apart from the address, in a line."""
    line = plan_line(listed, hourly_rate=listed.hourly_rate, zone=listed.time_zone or usual_zone)
    together = "" if listed.digest_mode is DigestMode.NEVER else _digests(listed)
    return ", ".join(filter(None, [line, together, "paused" if listed.paused_at else ""]))


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
    """Send messages to the official the letter of SLUG calls NAME together in one email a day, or one by one.

    The mail goes at 8:00 in the official's time zone: every day, with those messages alone that say nothing
    of their own, or when more wait than a threshold.
    """
    if threshold and mode != DigestMode.ABOVE:
        raise click.UsageError("--threshold goes with the mode 'above'.")
    details = DigestDetails(mode, threshold)
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        listed = settings.change_by_name(
            session, slug, name, details, actor=COMMAND_LINE, now=runtime.clock()
        )
        sentence = f"{listed.name}: {_digests(listed)}."
    click.echo(sentence)


def _digests(listed: OfficialListed) -> str:
    match listed.digest_mode:
        case DigestMode.DAILY:
            return "messages go together in one email a day"
        case DigestMode.ALIKE:
            return "messages without words of their own go together in one email a day"
        case DigestMode.ABOVE:
            number = listed.digest_threshold
            return f"messages go together in one email when more than {number} wait in the morning"
    return "messages go one by one"
