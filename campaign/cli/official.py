"""`campaign official`: whom a letter names, and how they are reached."""

import click

from campaign.cli.context import now, opened_runtime
from campaign.domain.digest import USUAL_THRESHOLD, DigestMode
from campaign.services import campaigns, digest_settings, official_details, officials
from campaign.services.digest_settings import DigestDetails
from campaign.store.tables import Official


@click.group()
def official() -> None:
    """Officials: list them, set their addresses."""


@official.command("list")
@click.argument("slug")
def list_(slug: str) -> None:
    """List the officials of a campaign, whether each has an address, and what is set for them."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        for one in officials.list_officials(session, campaign.id):
            office = ", ".join(part for part in (one.title, one.office) if part)
            reached = one.email or "no email: printed and handed over"
            click.echo("\t".join([one.name, office, reached, *filter(None, [_plan(one)])]))


@official.command("set")
@click.argument("slug")
@click.argument("name")
@click.option("--email", metavar="ADDRESS", help="Where messages to this official go.")
@click.option("--time-zone", metavar="ZONE", help="Like Europe/Brussels; office hours are kept there.")
@click.option("--rate", "hourly_rate", metavar="N", help="Messages an hour, 0 for no limit.")
@click.option("--daily-limit", metavar="N", help="Messages a day.")
@click.option("--from", "sending_from", metavar="TIME", help="Send nothing before, like '2026-12-01 09:00'.")
@click.option("--until", "sending_until", metavar="TIME", help="Nothing is sent from then on.")
def set_(slug: str, name: str, **changes: str | None) -> None:
    """Set how the official the letter of SLUG calls NAME is reached, and when.

    Times are local to the official. What is not named stays as it is; with '' it is as usual again.
    """
    if all(value is None for value in changes.values()):
        raise click.UsageError("Name what to set, like --email or --time-zone.")
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        one = officials.by_name(session, slug, name)
        details = official_details.OfficialDetails(**changes)
        one = official_details.change(session, one.campaign_id, one.id, details, organizer_id=None, now=now())
        said = (
            f"Messages to {one.name} go to {one.email}."
            if changes["email"]
            else f"{one.name}: {_plan(one) or 'as usual'}."
        )
    click.echo(said)


def _plan(one: Official) -> str:
    """What is set for one official apart from the address, in a line."""
    return ", ".join(
        part
        for part in (
            one.time_zone,
            f"{one.hourly_rate} an hour" if one.hourly_rate is not None else None,
            f"{one.daily_limit} a day" if one.daily_limit else None,
            f"from {one.sending_from:%Y-%m-%d %H:%M} UTC" if one.sending_from else None,
            f"until {one.sending_until:%Y-%m-%d %H:%M} UTC" if one.sending_until else None,
            None if one.digest_mode is DigestMode.NEVER else _digests(one),
            "paused" if one.paused_at else None,
        )
        if part
    )


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
