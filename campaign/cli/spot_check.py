"""`campaign spot-check`: signatures drawn by lot from the public log, whose owners are asked."""

from collections.abc import Iterator

import click

from campaign.cli.context import opened_runtime
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.drawing import USUAL_DRAWN, ChanceSource, read_number
from campaign.domain.sending_plan import read_moment
from campaign.domain.spot_check import SpotCheckResult
from campaign.errors import RefusedError
from campaign.services.spot_checks import announcing, reading
from campaign.services.spot_checks.announcing import Announcement
from campaign.services.spot_checks.reading import SpotCheckShown


@click.group()
def spot_check() -> None:
    """Spot checks of signatures drawn by lot from the public log behind a letter's count."""


@spot_check.command()
@click.argument("slug")
@click.option("--number", default=str(USUAL_DRAWN), show_default=True, help="How many to draw.")
@click.option(
    "--known-at", required=True, metavar="TIME", help="When the value becomes known: 2026-12-01T09:00, UTC."
)
@click.option(
    "--source", metavar="TEXT", help="What decides, in words for everyone; without it, a round of drand."
)
@click.option("--alone", is_flag=True, help="Announce it without a second person; the audit log keeps that.")
def announce(slug: str, number: str, known_at: str, source: str | None, alone: bool) -> None:
    """Propose a spot check of SLUG to a second person, who announces it on the desk.

    With --alone it is announced at once: the log is fixed as it is now, on the public page, with what will
    decide the draw. The value must then become known an hour from now or later.
    """
    moment = read_moment(known_at, time_zone=None)
    if moment is None:
        raise RefusedError("Enter a date and a time like 2026-12-01 09:00.")
    kind = ChanceSource.OTHER if source is not None else ChanceSource.DRAND
    announcement = Announcement(read_number(number), kind, source or "", moment)
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        now = runtime.clock()
        made = announcing.propose(session, slug, announcement, actor=COMMAND_LINE, now=now)
        if alone:
            announcing.announce(session, slug, made, is_alone=True, actor=COMMAND_LINE, now=now)
            said = "\n".join(_in_words(reading.one(session, slug, made)))
        else:
            said = f"Spot check {made} waits for a second person: on the desk, under Checks from outside."
    click.echo(said)


@spot_check.command()
@click.argument("slug")
@click.argument("number", type=int)
@click.argument("value")
def draw(slug: str, number: int, value: str) -> None:
    """Enter the VALUE that was published for spot check NUMBER of SLUG; the worker then asks."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        announcing.draw(session, slug, number, value, actor=COMMAND_LINE, now=runtime.clock())
        check = reading.one(session, slug, number)
    click.echo("\n".join(_in_words(check)))


@spot_check.command(name="give-up")
@click.argument("slug")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; anyone can read it.")
def give_up(slug: str, number: int, reason: str) -> None:
    """Give spot check NUMBER of SLUG up: nobody more is asked, and the public page says so."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        announcing.abandon(session, slug, number, reason, actor=COMMAND_LINE, now=runtime.clock())
    click.echo(f"Spot check {number} of {slug} is given up. The public page says so.")


@spot_check.command()
@click.argument("slug")
def show(slug: str) -> None:
    """Print the spot checks of SLUG, the newest first, as the public page has them."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        checks = reading.shown(session, slug)
    click.echo("\n\n".join("\n".join(_in_words(check)) for check in checks) or "There are none.")


def _in_words(check: SpotCheckShown) -> Iterator[str]:
    yield f"Spot check {check.number}: {check.state.value}"
    yield f"Log: {check.size}:{check.root.hex()}. To be drawn: {check.wanted}"
    where = check.source_address or check.source_name
    yield f"What decides: {where}, known from {check.known_at:%Y-%m-%d %H:%M:%S} UTC"
    if check.value:
        yield f"Value: {check.value}"
    if check.closes_on and not check.ended_on:
        yield f"Answers until: {check.closes_on}"
    if check.reason:
        yield f"Given up: {check.reason}"
    if check.result:
        yield from _result(check.result)


def _result(result: SpotCheckResult) -> Iterator[str]:
    yield (
        f"Drawn: {result.drawn}. No longer counted by then: {result.left}. Checked: {result.checked}."
        f" Could not be asked: {result.could_not_be_asked}. Asked: {result.asked}."
        f" Answered: {result.answered}."
    )
    if result.yes is not None:
        surely, perhaps = result.whatever_silence_means, result.if_silence_is_like_answers
        yield f"Yes: {result.yes}. No: {result.no}."
        yield f"Genuine, whatever silence means: {surely.lowest / 10}% to {surely.highest / 10}%"
        yield f"Genuine, if the silent are like the others: {perhaps.lowest / 10}% to {perhaps.highest / 10}%"
