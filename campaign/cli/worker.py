"""`campaign worker`: sends what is due, alone."""

import threading

import click

from campaign.cli.context import log_to_terminal, opened_runtime, switch_threads_often
from campaign.cli.lifetime import end_with_parent, stopped_by_signals
from campaign.worker import files, pdf
from campaign.worker import loop as sending


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, and exit.")
@click.option("--with-parent", type=int, hidden=True, help="End when this process has gone.")
def worker(once: bool, with_parent: int | None) -> None:
    """Send queued email until told to stop; any number may run on one PostgreSQL database."""
    if with_parent is not None:
        end_with_parent(with_parent)
    log_to_terminal()
    switch_threads_often()
    stop = threading.Event()
    with opened_runtime(waits=not once) as runtime:
        if once:
            accepted = sending.drain(runtime)
            pdf.make_all(runtime)
            files.make_all(runtime)
            click.echo(f"{accepted} {'email' if accepted == 1 else 'emails'} handed to the provider.")
            return
        stopped_by_signals(stop.set)
        if with_parent is None:
            click.echo("The worker is sending what is due. Stop with Ctrl-C.")
        with pdf.running(runtime, stop=stop), files.running(runtime, stop=stop):
            sending.run(runtime, stop=stop)
