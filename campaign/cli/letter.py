"""`campaign letter`: from a file to a campaign."""

import json

import click

from campaign.cli.context import now, opened_runtime, read_input
from campaign.cli.lazy import Failure
from campaign.cli.sending import plan_line, sending_options
from campaign.documents.read_letter import read_letter
from campaign.documents.write_letter import as_text
from campaign.domain.letter import Letter
from campaign.domain.states import CampaignState
from campaign.errors import CampaignError
from campaign.services import campaigns, letters, sending_plans

LARGEST_LETTER = 5_000_000  # bytes, as for uploads


class NoLetter(Failure):
    """What was given cannot be read as a letter: wrong usage, by its exit status."""

    exit_code = 2


@click.group()
def letter() -> None:
    """Letters: parse, import, show, publish, close, and when their messages are sent."""


@letter.command()
@click.argument("file")
def parse(file: str) -> None:
    """Read a letter from FILE (`-`: standard input) and print it as JSON; change nothing.

    Text, Markdown, HTML and DOCX are understood. Exit status 2 when it cannot be read as a letter.
    """
    click.echo(_as_json(_read(file)))


@letter.command("import")
@click.argument("file")
@click.option("--slug", required=True, help="The campaign's name in addresses, like human-rights-first.")
@click.option("--publish", is_flag=True, help="Let people see and sign it at once.")
def import_(file: str, slug: str, publish: bool) -> None:
    """Make a campaign of the letter in FILE: a draft, unless told to publish it."""
    found = _read(file)
    with opened_runtime() as runtime:
        with runtime.database.transaction() as session:
            head = letters.import_letter(session, found, slug=slug, publish=publish, now=now())
        public_url = runtime.settings.public_url
    for doubt in found.warnings:
        click.echo(f"line {doubt.line}: {doubt.message}", err=True)
    click.echo(
        f"{head.slug}: {len(found.asks)} asks, {len(found.signatories)} signatories,"
        f" {len(found.addressees) + len(found.copied)} officials."
    )
    if publish:
        click.echo(f"It is open at {public_url}/c/{slug}")
    else:
        click.echo(f"It is a draft. When it is as it should be: campaign letter publish {slug}")


@letter.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="The same JSON that `parse` prints.")
def show(slug: str, as_json: bool) -> None:
    """Print what is stored of a campaign's letter."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        stored = letters.stored_letter(session, slug)
    click.echo(_as_json(stored) if as_json else as_text(stored), nl=as_json)


@letter.command()
@click.argument("slug")
def publish(slug: str) -> None:
    """Let people see and sign a campaign, a closed one too."""
    _set_state(slug, CampaignState.OPEN, "open")


@letter.command()
@click.argument("slug")
def close(slug: str) -> None:
    """End the signing of a campaign; its page stays."""
    _set_state(slug, CampaignState.CLOSED, "closed")


@letter.command()
@click.argument("slug")
@sending_options
def delivery(slug: str, **changes: str | None) -> None:
    """Show or set when and how many messages go to all the officials of SLUG; each may have others.

    The daily limit is for all of them together. Times are those of the campaign's time zone, else UTC.
    What is not named stays as it is; with '' it is as usual again.
    """
    details = sending_plans.PlanDetails(**changes)
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        planned = sending_plans.change(session, slug, details, organizer_id=None, now=now())
        said = plan_line(planned, hourly_rate=planned.official_rate, zone=planned.time_zone)
        paused = "paused" if planned.sending_paused_at else ""
    click.echo(f"{slug}: {', '.join(filter(None, [said, paused])) or 'as usual'}.")


def _set_state(slug: str, state: CampaignState, said: str) -> None:
    with opened_runtime() as runtime:
        with runtime.database.transaction() as session:
            campaigns.set_state(session, slug, state, now=now())
        click.echo(f"{slug} is {said}: {runtime.settings.public_url}/c/{slug}")


def _read(file: str) -> Letter:
    try:
        data = read_input(file, at_most=LARGEST_LETTER)
        return read_letter(data, name=None if file == "-" else file)
    except CampaignError as error:
        raise NoLetter(error) from error


def _as_json(found: Letter) -> str:
    return json.dumps(found.as_json(), ensure_ascii=False, indent=2)
