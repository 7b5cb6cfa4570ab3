"""`campaign bounces`: undeliverable mail, handed over by a mail server one by one."""

import click

from campaign.cli.context import opened_runtime, read_input
from campaign.mail.inbound.bounces import read_bounce
from campaign.mail.inbound.mailbox import MAX_MAIL
from campaign.mail.providers.factory import return_address
from campaign.services.feedback import events


@click.command()
@click.argument("file", default="-")
def bounces(file: str) -> None:
    """Take in one bounced email from FILE (`-` or none: standard input).

    For mail servers that pipe mail into a program. The worker then does what a report asks for.
    """
    content = read_input(file, at_most=MAX_MAIL)
    with opened_runtime() as runtime:
        reports = read_bounce(content, return_address=return_address(runtime.settings), now=runtime.clock())
        with runtime.database.transaction() as session:
            events.store(session, reports, now=runtime.clock())
    number = len(reports)
    click.echo("1 report about our email." if number == 1 else f"{number} reports about our email.")
