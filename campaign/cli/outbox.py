"""`campaign outbox`: the queue of outgoing email, and what needs somebody."""

import json
from collections.abc import Iterator
from datetime import datetime

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.alerts import AlertKind
from campaign.domain.roles import Role, everywhere
from campaign.services.monitoring import alerts
from campaign.services.monitoring.alerts import AlertShown
from campaign.services.monitoring.health import check
from campaign.services.outbox import enqueue as emails
from campaign.services.outbox.rate_limits import limits_of
from campaign.services.queue import counts, decisions, lists
from campaign.services.queue.counts import WaitingCounts
from campaign.services.queue.decisions import Decision
from campaign.services.queue.lists import EmailList, EmailShown
from campaign.services.statistics import counting
from campaign.services.statistics.counting import COUNTED_UP_TO

_NEEDS = {
    AlertKind.KEY_REFUSED: "{name} refuses the key: put a new one into the settings, start the worker again.",
    AlertKind.NO_WORKER: "Email is due and no worker is running: start one with campaign worker.",
    AlertKind.QUEUE_LATE: "Email that could be sent has waited for more than 15 minutes.",
    AlertKind.DOUBT: "Emails are in doubt: see campaign outbox doubts.",
    AlertKind.PURGE_OVERDUE: "What should have been deleted two days ago is still there: run campaign purge.",
    AlertKind.OFFICIAL_PAUSED: "Messages to {name} ({campaign}) are paused by the system: see the desk.",
    AlertKind.RUSH: "{campaign} gets far more signatures than usual from {name}: see the desk.",
    AlertKind.HELD: "Very many forms of {campaign} come from one network: campaign form held {campaign}.",
    AlertKind.SUSPECTED: "Signatures of {campaign} are waiting for somebody to check them: see the desk.",
    AlertKind.NOT_OPENED: "{campaign} has not opened at its time: campaign letter publish says why.",
    AlertKind.INVALIDATED: "Many signatures of {campaign} are invalidated; campaign signature undo {name}.",
}
_WORDS = {"sent": Decision.TREAT_AS_SENT, "again": Decision.SEND_AGAIN}


@click.group()
def outbox() -> None:
    """The queue of outgoing email."""


@outbox.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def status(as_json: bool) -> None:
    """Count the emails of each kind in each state, and tell what needs somebody."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        counted = emails.status(session)
        forms = counting.waiting_forms(session).number
        now = runtime.clock()
        waiting = counts.waiting(session, now=now)
        report = check(session, limits=limits_of(runtime.settings), providers=runtime.provider_names, now=now)
        conditions = alerts.alerts_shown(session, report, everywhere(Role.OWNER))
    oldest = counted.oldest_due_at.isoformat() if counted.oldest_due_at else None
    if as_json:
        reasons = {name: getattr(waiting, name) for name in ("not_due", "paused", "for_digest")}
        found = {
            "counts": counted.counts,
            "oldest_due_at": oldest,
            "waiting": reasons,
            "forms": {"waiting": forms},
        }
        click.echo(json.dumps(found, indent=2))
        return
    for kind, states in counted.counts.items():
        for state, count in states.items():
            click.echo(f"{kind:<16} {state:<10} {count:>9}")
    for sentence in _reasons(waiting, now=now):
        click.echo(sentence)
    if forms:
        click.echo(f"Signing forms that no worker has processed yet: {forms}.")
    for condition in conditions:
        click.echo(_sentence(condition))
    if any(states.get("failed") for states in counted.counts.values()):
        click.echo(
            "Emails failed: see the reasons on the desk, under Queue; campaign outbox retry tries them again."
        )


@outbox.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
def doubts(limit: int) -> None:
    """List the emails in doubt, the newest first, with what is known of each."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        page = lists.page(session, EmailList.IN_DOUBT, limit=limit)
    for email in page.emails:
        click.echo(_line(email))
    if not page.emails:
        click.echo("No email is in doubt.")
    elif page.next:
        click.echo("There are more: raise --limit.")


@outbox.command()
@click.argument("email_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@click.argument("decision", type=click.Choice(sorted(_WORDS)))
def settle(email_id: int, decision: str) -> None:
    """Decide about one email in doubt: it counts as `sent`, or is sent `again`.

    ID is the number in the first column of `campaign outbox doubts`. The audit log keeps the decision.
    """
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        decisions.decide(session, email_id, _WORDS[decision], actor=COMMAND_LINE, now=runtime.clock())
    click.echo("It counts as sent." if decision == "sent" else "It is in the queue again.")


@outbox.command()
@click.argument("email_id", metavar="[ID]", type=click.IntRange(1, 2**31 - 1), required=False)
def retry(email_id: int | None) -> None:
    """Put a failed email into the queue again, or all of them that can be read.

    ID is an email's number, as the log tells it. Without ID, these are all that failed, also those that were
    set aside while a secret key was missing. The audit log keeps the decision.
    """
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        now = runtime.clock()
        if email_id is not None:
            decisions.decide(session, email_id, Decision.RETRY, actor=COMMAND_LINE, now=now)
            click.echo("It is in the queue again.")
            return
        found = decisions.select_emails(session, Decision.RETRY, campaign_id=None)
        number = decisions.decide_all(
            session, Decision.RETRY, campaign_id=None, up_to=found.up_to, actor=COMMAND_LINE, now=now
        )
    click.echo(f"Failed emails that are in the queue again: {number}.")
    if found.unreadable:
        click.echo(f"Failed emails that no key here opens, left as they are: {found.unreadable}.")


def _reasons(waiting: WaitingCounts, *, now: datetime) -> Iterator[str]:
    """What emails wait for, and since when the first of those is due that wait for none of it."""
    for number, reason in (
        (waiting.paused, "Paused, by campaign or official"),
        (waiting.for_digest, "Waiting for the next digest to their official"),
        (waiting.not_due, "Not due yet, because of a start time or a later retry"),
    ):
        if number:
            shown = f"more than {COUNTED_UP_TO}" if number > COUNTED_UP_TO else number
            yield f"{reason}: {shown}."
    first = waiting.first_due_at
    yield (
        f"The oldest that could go is due since {first.isoformat()}."
        if first and first <= now
        else ("Nothing is due.")
    )


def _sentence(alert: AlertShown) -> str:
    return _NEEDS[alert.kind].format(name=alert.name, campaign=alert.campaign)


def _line(email: EmailShown) -> str:
    begun = f"{email.sending_at:%Y-%m-%d %H:%M:%S} UTC" if email.sending_at else "no request on record"
    reports = ", ".join(event.kind.value for event in email.events) or "no report"
    parts = (
        str(email.id),
        email.public_id,
        email.kind.value,
        email.recipient,
        begun,
        f"request {email.attempts}",
        " ".join(filter(None, (email.provider, email.provider_message_id))) or "no provider",
        reports,
        *([f"log: {email.lookup_note}"] if email.lookup_note else []),
        email.reason or "",
    )
    return "\t".join(parts)
