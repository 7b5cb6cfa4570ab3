"""`campaign form`: signing forms that are held, let be asked about or deleted."""

from collections.abc import Callable

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.networks import read_network
from campaign.services.campaigns import campaigns
from campaign.services.signatures import held_forms
from campaign.services.signatures.held_forms import HeldForms

_network = click.option("--network", default="", help="Those of one network alone, as `held` shows it.")
_dry_run = click.option("--dry-run", is_flag=True, help="Count them, and change nothing.")


@click.group()
def form() -> None:
    """Signing forms: those held because very many came from one network."""


@form.command()
@click.argument("slug")
@_network
def held(slug: str, network: str) -> None:
    """Count the forms of SLUG that are held: how many of which network, and since when (UTC)."""
    prefix = read_network(network)
    with opened_runtime() as runtime, runtime.database.reading() as session:
        forms = held_forms.held(session, campaigns.by_slug(session, slug).id, network=prefix)
    _tell(forms)
    for of_network in forms.networks:
        since = f"{of_network.since:%Y-%m-%d %H:%M}"
        click.echo("\t".join([of_network.network, str(of_network.number), since]))


@form.command()
@click.argument("slug")
@_network
@_dry_run
def release(slug: str, network: str, dry_run: bool) -> None:
    """Let the senders of the held forms of SLUG be asked to confirm, twenty a minute of each network."""
    number = _decide(slug, network, held_forms.release, dry_run=dry_run)
    if number:
        click.echo(f"Forms now waiting for their email: {number}.")


@form.command()
@click.argument("slug")
@_network
@_dry_run
def delete(slug: str, network: str, dry_run: bool) -> None:
    """Delete the held forms of SLUG for good; nobody was written to about them."""
    number = _decide(slug, network, held_forms.delete_held, dry_run=dry_run)
    if number:
        click.echo(f"Deleted: {number}.")


def _decide(slug: str, network: str, decide: Callable[..., int], *, dry_run: bool) -> int:
    """Say how many are meant, and do it to the end, a batch after the other; how many it were."""
    prefix = read_network(network)
    with opened_runtime() as runtime:
        until = runtime.clock()
        with runtime.database.reading() as session:
            campaign_id = campaigns.by_slug(session, slug).id
            _tell(held_forms.held(session, campaign_id, network=prefix, until=until))
        number, is_more = 0, not dry_run
        while is_more:
            with runtime.database.transaction() as session:
                done = decide(
                    session, slug, network=prefix, until=until, actor=COMMAND_LINE, now=runtime.clock()
                )
            number += done
            is_more = done == held_forms.BATCH
    return number


def _tell(forms: HeldForms) -> None:
    at_least = "" if forms.is_all else "at least "
    click.echo(f"Held forms: {at_least}{forms.number}")
