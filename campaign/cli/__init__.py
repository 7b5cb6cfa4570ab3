"""The command `campaign`: one group, whose commands are loaded when they are used."""

import os
import sys
from types import TracebackType

import click

from campaign.cli.lazy import LazyGroup
from campaign.settings import environment_file

COMMANDS = {
    "run": "Web and worker together, for one machine.",
    "serve": "The web alone; healthy without a worker.",
    "worker": "The worker alone: sends what is due.",
    "demo": "A campaign of invented signers, to look at the desk.",
    "db": "The database: upgrade, check, backup, restore.",
    "letter": "Letters: parse, import, show, print, publish, close, and when their messages are sent.",
    "draft": "Drafts: a private link to look at one, and the time at which it opens.",
    "official": "Officials: list them, set their addresses, and when they are written to.",
    "organizer": "Logins to the organizers' desk.",
    "export": "Lists of supporters as CSV, XLSX or JSON.",
    "outbox": "The queue of outgoing email.",
    "form": "Signing forms that are held: count, release, delete.",
    "signature": "Signatures: remove what is forged or improper, restore, accept.",
    "log": "The public log behind a letter's count.",
    "spot-check": "Spot checks of signatures drawn by lot from that log.",
    "witness": "Partner organizations that check that log, and sign what they saw.",
    "seal-key": "Keys of sealed signatures: make, split, put together, replace.",
    "names": "The names under a letter: hide all of them from the public, show them again.",
    "quiet": "Emails to supporters that do not say what they are about.",
    "suppression": "Addresses that are not written to.",
    "bounces": "Bounced email, read from a file.",
    "inbound": "Take in what an office answers, from a mail server.",
    "purge": "Delete what has been kept for long enough, now.",
    "doctor": "Whether this installation is well, and what to do where it is not.",
    "traces": "Whether a text is still anywhere: in the database, its files, or folders beside them.",
    "audit": "The record of what organizers did.",
}


@click.group(
    cls=LazyGroup,
    commands_in="campaign.cli",
    summaries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="campaign", message="campaign %(version)s")
def cli() -> None:
    """Joint letters that people sign, and messages that reach the officials they name."""


def main() -> None:
    """Run one command; `.env` in the working directory fills in what the environment leaves out."""
    environment_file.load()
    # Databases, exports and backups hold personal data: whatever a command makes is its owner's alone.
    os.umask(0o077)
    if not os.environ.get("CAMPAIGN_DEBUG"):
        sys.excepthook = _one_sentence
    cli(prog_name="campaign")


def _one_sentence(kind: type[BaseException], _: BaseException, __: TracebackType | None) -> None:
    """What reaches a user of a failure nobody foresaw: its kind, for its text may hold personal data."""
    click.echo(
        f"Something went wrong that should not have ({kind.__name__})."
        " Set CAMPAIGN_DEBUG=1 and run the command again to see the details.",
        err=True,
    )
