"""`campaign signature`: take signatures out that are not what they seem, and put them back."""

import click

from campaign.cli.context import now, opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.addresses import masked_address
from campaign.services.moderation import removal


@click.group()
def signature() -> None:
    """Signatures: take out what is forged or improper, one or many, and put it back."""


@signature.command()
@click.argument("slug")
@click.argument("email")
@click.option("--reason", required=True, help="Why; it stays in the audit log, so name nobody in it.")
def remove(slug: str, email: str, reason: str) -> None:
    """Take the signature that EMAIL made under SLUG out: it counts and shows no more.

    Its messages that have not left are called back. `campaign signature restore` takes all of it back.
    """
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        ids = removal.signature_of(session, slug, email, key=runtime.address_key)
        removed = removal.remove(session, *ids, reason=reason, actor=COMMAND_LINE, now=now())
    click.echo(
        f"The signature of {masked_address(email)} is removed. Emails called back: {removed.emails}."
        " “campaign signature restore” takes this back."
    )


@signature.command()
@click.argument("slug")
@click.argument("email")
def restore(slug: str, email: str) -> None:
    """Put the signature that EMAIL made under SLUG back: it counts, and what was called back waits again."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        ids = removal.signature_of(session, slug, email, key=runtime.address_key)
        restored = removal.restore(session, *ids, actor=COMMAND_LINE, now=now())
    click.echo(
        f"The signature of {masked_address(email)} is there again. Emails that wait again: {restored.emails}."
    )
