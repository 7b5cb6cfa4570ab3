"""`campaign demo`: a campaign of invented signers, to see the desk as it is when many have signed."""

import time
from collections.abc import Sequence

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.services.accounts import organizers
from campaign.services.demo import making
from campaign.services.installation import publisher as publishers


@click.command()
@click.option(
    "--signers",
    type=click.IntRange(100, making.MOST_SIGNERS),
    default=25_000,
    show_default=True,
    help="How many people to invent.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same people.")
def demo(signers: int, seed: int) -> None:
    """Make a campaign of invented signers, six weeks old, to look at the organizers' desk.

    It refuses where email can leave this machine, and where anybody has signed who is not invented. All its
    addresses end in .example, where no email can arrive.
    """
    started = time.monotonic()
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        mail = runtime.settings.mail
        made = making.make(
            session,
            number=signers,
            seed=seed,
            providers=(mail.provider, mail.second_provider),
            address_key=runtime.address_key,
            time_zone=publishers.current(session, default=runtime.default_publisher).time_zone,
            actor=COMMAND_LINE,
            now=runtime.clock(),
        )
        owners = [
            one.email
            for one in organizers.listed(session)
            if one.rights.everywhere.role is Role.OWNER and one.disabled_at is None
        ]
        desk = f"{runtime.settings.web.public_url}/organizer/"
    click.echo(
        f"The campaign “{made.slug}” is there: confirmed signatures: {made.confirmed:,},"
        f" messages: {made.messages:,}, in {time.monotonic() - started:.0f} s."
    )
    click.echo(_how_to_log_in(desk, owners))


def _how_to_log_in(desk: str, owners: Sequence[str]) -> str:
    """Where the desk is, and how one comes in."""
    start = f"To look at it, start the program with “campaign run” and log in at {desk}"
    if owners:
        return (
            f"{start} as {owners[0]}. Without a password that you know,"
            f" “campaign organizer reset {owners[0]}” prints a link under which you choose one."
        )
    return (
        f"{start}. First make yourself a login: “campaign organizer add YOUR-ADDRESS --role owner” prints a"
        " password for it."
    )
