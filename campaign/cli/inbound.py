"""`campaign inbound`: what offices answer, handed over by a mail server of one's own."""

import click

from campaign.cli.context import opened_runtime, read_input
from campaign.cli.lazy import Failure
from campaign.errors import CampaignError, ConflictError, NotFoundError, RefusedError
from campaign.mail.inbound.mail import MAX_MAIL, read_mail
from campaign.services.replies import receiving
from campaign.services.replies.receiving import Received

SENTENCES = {
    Received.PASSED_ON: "It is kept, and passed on to the supporter it answers.",
    Received.KEPT: "It is kept, and not passed on: nobody is there to get it, or they got many today.",
    Received.AUTOMATIC: "It is kept as an automatic reply, and not passed on.",
    Received.KNOWN: "It is here already.",
    Received.OWN: "It is not kept: it does not come from an office.",
    Received.TOO_MANY: "It is not kept: too many emails came for this message today.",
}
NO_ADDRESS = "It is not kept: none of its addresses is a reply address of this installation."


class TryAgainLater(Failure):
    """Ends with the status by which mail servers keep a mail and try again (EX_TEMPFAIL of sysexits.h)."""

    exit_code = 75


@click.command()
@click.argument("file", default="-")
@click.option("--recipient", "recipients", multiple=True, help="The address it was delivered for.")
@click.option("--sender", default=None, help="The envelope's sender, which may be empty.")
def inbound(file: str, recipients: tuple[str, ...], sender: str | None) -> None:
    """Take in the email in FILE (`-` or none: standard input), if it answers one of our messages.

    Exit status 0 when it is dealt with, also when it is to no reply address; 1 when it is no mail; 75 when
    something is wrong with the installation, so that a mail server keeps it and tries again later.
    """
    try:
        outcomes = _receive(file, recipients, sender)
    except (RefusedError, NotFoundError):
        raise
    except CampaignError as error:
        raise TryAgainLater(error) from error
    click.echo(next((SENTENCES[outcome] for outcome in SENTENCES if outcome in outcomes), NO_ADDRESS))


def _receive(file: str, recipients: tuple[str, ...], sender: str | None) -> tuple[Received, ...]:
    data = read_input(file, at_most=MAX_MAIL)
    with opened_runtime() as runtime:
        if not runtime.reply_addresses.domain:
            raise ConflictError("This installation takes no answers: CAMPAIGN_REPLY_DOMAIN is not set.")
        mail = read_mail(
            data,
            recipients=recipients,
            envelope_sender=sender,
            is_ours=runtime.reply_addresses.message_of,
        )
        with runtime.database.transaction() as session:
            return receiving.receive(
                session,
                mail,
                context=runtime.mail_context,
                own_addresses=runtime.settings.mail.own_addresses,
                now=runtime.clock(),
            )
