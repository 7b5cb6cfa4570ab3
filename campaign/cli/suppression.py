"""`campaign suppression`: addresses that are not written to."""

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.errors import NotFoundError
from campaign.services.feedback import suppressions


@click.group()
def suppression() -> None:
    """Addresses of supporters that are not written to."""


@suppression.command("list")
def list_() -> None:
    """List them, the newest first: address (masked), reason, who said so, how often, since when."""
    with opened_runtime() as runtime:
        before = None
        while True:
            with runtime.database.transaction() as session:
                page = suppressions.page(
                    session, before=before, limit=500, actor=COMMAND_LINE, now=runtime.clock()
                )
            for one in page.suppressions:
                cells = (one.masked or "erased", one.reason.value, one.source.value, str(one.reports))
                click.echo("\t".join((*cells, f"{one.first_at:%Y-%m-%d %H:%M}", one.note or "")))
            before = page.next
            if before is None:
                break


@suppression.command()
@click.argument("address")
@click.option("--note", default="", help="Why, for other organizers.")
def add(address: str, note: str) -> None:
    """Write no more to ADDRESS, not even to confirm a signature."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        masked = suppressions.add(
            session,
            address,
            key=runtime.address_key,
            note=note,
            actor=COMMAND_LINE,
            now=runtime.clock(),
        )
    click.echo(f"Nothing is written to {masked} any more.")


@suppression.command()
@click.argument("address")
def remove(address: str) -> None:
    """Write to ADDRESS again, whatever it was suppressed for."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        found = suppressions.of_address(session, address, key=runtime.address_key)
        if not found:
            raise NotFoundError("This address is not suppressed.")
        for one in found:
            suppressions.lift(session, one.id, actor=COMMAND_LINE, now=runtime.clock())
    click.echo("Mail goes there again. What was not sent meanwhile stays unsent.")
