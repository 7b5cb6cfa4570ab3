"""`campaign signature`: remove signatures that are not what they seem, restore and accept them."""

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.addresses import masked_address
from campaign.domain.letter_details import read_signatory_kind
from campaign.domain.moderation import InvalidationState, read_rule
from campaign.domain.official_details import read_position
from campaign.domain.signature import MAY_BE_REMOVED
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, first_signers
from campaign.services.campaigns.first_signers import FirstSigner
from campaign.services.moderation import invalidation, removal
from campaign.services.moderation import preview as previews
from campaign.services.moderation.invalidation import InvalidationShown
from campaign.services.moderation.preview import Preview
from campaign.services.signatures import acceptance


@click.group()
def signature() -> None:
    """Signatures: remove what is forged or improper, restore it, accept what was suspected."""


@signature.command()
@click.argument("slug")
@click.argument("email")
@click.option("--reason", required=True, help="Why; it stays in the audit log, so name nobody in it.")
def remove(slug: str, email: str, reason: str) -> None:
    """Remove the signature that EMAIL made under SLUG: it counts and shows no more.

    Its messages that have not left are called back. `campaign signature restore` takes all of it back.
    """
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        ids = removal.signature_of(session, slug, email, key=runtime.address_key)
        removed = removal.remove(session, *ids, reason=reason, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(
        f"The signature of {masked_address(email)} is removed. Emails recalled: {removed.emails}."
        " “campaign signature restore” takes this back."
    )


@signature.command()
@click.argument("slug")
@click.argument("email")
def restore(slug: str, email: str) -> None:
    """Put the signature that EMAIL made under SLUG back: it counts, and what was called back waits again."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        ids = removal.signature_of(session, slug, email, key=runtime.address_key)
        restored = removal.restore(session, *ids, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(
        f"The signature of {masked_address(email)} is restored. Emails waiting again: {restored.emails}."
    )


@signature.command()
@click.argument("slug")
@click.argument("email")
def accept(slug: str, email: str) -> None:
    """Let the suspected signature that EMAIL made under SLUG count, and its messages leave."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        ids = removal.signature_of(session, slug, email, key=runtime.address_key)
        context = runtime.mail_context
        acceptance.accept(session, *ids, context=context, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"The signature of {masked_address(email)} counts now, and its messages are on their way.")


@signature.command()
@click.argument("slug")
@click.argument("email")
@click.option("--kind", default="person", help="As what they are shown: person or organization.")
@click.option("--position", default="", help="Their place in the list, from 1; else they come last.")
@click.option("--for-identification", is_flag=True, help="The organization only says who they are.")
@click.option("--agreed", is_flag=True, help="They have agreed to be named among the first.")
@click.option("--undo", is_flag=True, help="Show them there no more.")
def first(
    slug: str, email: str, *, kind: str, position: str, for_identification: bool, agreed: bool, undo: bool
) -> None:
    """Show whoever signed SLUG with EMAIL among the first signatories; they go on counting once."""
    wanted = FirstSigner(
        kind=read_signatory_kind(kind),
        position=read_position(position),
        for_identification=for_identification,
        has_agreed=agreed,
    )
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        _, signature_id = removal.signature_of(session, slug, email, key=runtime.address_key)
        now = runtime.clock()
        if undo:
            first_signers.take_away(session, slug, signature_id, actor=COMMAND_LINE, now=now)
        else:
            first_signers.show(session, slug, signature_id, wanted, actor=COMMAND_LINE, now=now)
    where = "no longer" if undo else "now"
    click.echo(f"{masked_address(email)} is {where} shown among the first signatories.")


@signature.command()
@click.argument("slug")
@click.option("--domain", default="", help="Mail domain, like example.org, or *.example.org with subdomains.")
@click.option("--network", default="", help="Network as the desk shows it; each has another value each day.")
@click.option("--since", default="", metavar="TIME", help="Confirmed from this time on, in UTC.")
@click.option("--until", default="", metavar="TIME", help="Confirmed before this time, in UTC.")
@click.option("--state", default="", help=f"Only those {' or '.join(sorted(MAY_BE_REMOVED))}.")
@click.option("--reason", default="", help="Why; it stays in the audit log, so name nobody in it.")
@click.option("--dry-run", is_flag=True, help="Count them, show the newest, and change nothing.")
def invalidate(slug: str, *, reason: str, dry_run: bool, **parts: str) -> None:
    """Remove all signatures of SLUG that match every option given, a few hundred at a time.

    Times are like 2026-03-04 or 2026-03-04T18:30. `campaign signature undo` takes back the whole run.
    """
    rule = read_rule(**parts)
    with opened_runtime() as runtime:
        with runtime.database.reading() as session:
            campaign_id = campaigns.by_slug(session, slug).id
            seen = previews.preview(session, campaign_id, rule, now=runtime.clock())
        with runtime.database.transaction() as session:
            previews.record_look(session, campaign_id, seen, actor=COMMAND_LINE, now=runtime.clock())
        _tell_preview(seen)
        if dry_run or not seen.number:
            return
        with runtime.database.transaction() as session:
            run_id = invalidation.begin(
                session,
                slug,
                seen.rule,
                expected=seen.number,
                reason=reason,
                actor=COMMAND_LINE,
                now=runtime.clock(),
            )
        _carry_on(runtime, run_id)
    click.echo(f"“campaign signature undo {run_id}” restores them all.")


@signature.command()
@click.argument("run", type=click.IntRange(1))
def undo(run: int) -> None:
    """Restore all signatures that the run with the number RUN removed."""
    with opened_runtime() as runtime:
        with runtime.database.transaction() as session:
            if invalidation.by_id(session, run).state is not InvalidationState.UNDOING:
                invalidation.undo(session, run, actor=COMMAND_LINE, now=runtime.clock())
        _carry_on(runtime, run)


@signature.command()
@click.argument("slug")
def invalidations(slug: str) -> None:
    """List the runs of invalidate under SLUG, the last first: number, state, how many, and the rule."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        for run in invalidation.latest(session, campaigns.by_slug(session, slug).id):
            rule = " ".join(f"{name}={part}" for name, part in run.rule.as_json().items())
            click.echo("\t".join([str(run.id), run.state.value, _progress(run), rule, run.reason]))


def _tell_preview(seen: Preview) -> None:
    at_least = "" if seen.is_all else "at least "
    click.echo(f"Matching signatures: {at_least}{seen.number}")
    for example in seen.examples:
        when = f"{example.confirmed_at:%Y-%m-%d %H:%M}"
        click.echo("\t".join([when, example.state.value, example.email or "erased", example.name]))


def _carry_on(runtime: Runtime, run_id: int) -> None:
    """Do a run to its end, telling how far it is now and then; a worker goes on where this stops."""
    is_more, batches = True, 0
    while is_more:
        with runtime.database.transaction() as session:
            is_more = invalidation.carry_on(session, run_id, now=runtime.clock())
        batches += 1
        if batches % 10 == 0 or not is_more:
            with runtime.database.reading() as session:
                click.echo(_progress(invalidation.by_id(session, run_id)))


def _progress(run: InvalidationShown) -> str:
    if run.state in (InvalidationState.UNDOING, InvalidationState.UNDONE):
        return f"{run.restored} of {run.invalidated} restored"
    return f"{run.invalidated} of {run.expected} invalidated"
