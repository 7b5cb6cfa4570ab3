"""`campaign run`: web and worker together, for one machine."""

import urllib.error
import urllib.request
from pathlib import Path

import click

from campaign.cli.context import opened_runtime
from campaign.cli.listening import WILDCARDS, announce_address, check_free, listening_options
from campaign.cli.supervisor import supervise
from campaign.cli.waiting_start import once_reachable
from campaign.domain.actor import COMMAND_LINE
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import pages
from campaign.services.demo import example
from campaign.services.installation import database_key
from campaign.services.monitoring import process_deaths
from campaign.store import schema
from campaign.store.clock import utc_now


@click.command()
@listening_options
@click.option("--example", "with_example", is_flag=True, help="Bring an example campaign if there is none.")
def run(host: str, port: int, workers: int, with_example: bool) -> None:
    """Serve the pages and send email, on one machine."""
    announce_address(host, port)
    check_free(host, port)
    lines, instance = once_reachable(lambda: _prepared(with_example=with_example))
    supervise(
        ["serve", "--host", host, "--port", str(port), "--workers", str(workers)],
        ["worker"],
        is_up=lambda: _answers(host, port),
        announce=lambda: click.echo(lines),
        record_death=lambda name: process_deaths.record(instance, name, now=utc_now()),
    )


def _prepared(*, with_example: bool) -> tuple[str, Path]:
    """Make the installation ready; what to greet with, and its folder."""
    with opened_runtime(checked=False) as runtime:
        _bring_up_to_date(runtime, may_upgrade=with_example)
        login = _first_content(runtime) if with_example else None
        return _welcome(runtime, login), runtime.settings.instance


def _bring_up_to_date(runtime: Runtime, *, may_upgrade: bool) -> None:
    """Fill an empty database with our schema; an older one only when asked, for upgrades want a backup."""
    before = schema.current_revision(runtime.database.engine)
    if may_upgrade or before is None:
        schema.upgrade(runtime.database)
    database_key.check(runtime.settings)
    if before not in (None, schema.head_revision()):
        now = runtime.clock()
        with runtime.database.transaction() as session:
            audit_log.record_upgrade(session, schema=schema.head_revision(), actor=COMMAND_LINE, now=now)


def _first_content(runtime: Runtime) -> example.FirstLogin | None:
    now = runtime.clock()
    with runtime.database.transaction() as session:
        return example.set_up(session, actor=COMMAND_LINE, now=now)


def _welcome(runtime: Runtime, login: example.FirstLogin | None) -> str:
    settings = runtime.settings
    with runtime.database.reading() as session:
        open_now = pages.open_campaigns(session)
    path = f"/c/{open_now[0].slug}" if len(open_now) == 1 else "/"
    lines = ["", f"  The letter          {settings.web.public_url}{path}"]
    lines.append(f"  Organizers' desk    {settings.web.public_url}/organizer/")
    if login:
        lines.append(f"      sign in with    {login.email}")
        lines.append(f"      first password  {login.password}   (shown only this once)")
    if settings.mail.provider == "local":
        lines.append(f"  Mail sent so far    {settings.web.public_url}/outbox")
    return "\n".join([*lines, "", "  Stop with Ctrl-C.", ""])


def _answers(host: str, port: int) -> bool:
    """Whether the web answers; what it answers does not matter here."""
    name = "127.0.0.1" if host in WILDCARDS else host
    authority = f"[{name}]" if ":" in name else name
    try:
        with urllib.request.urlopen(f"http://{authority}:{port}/healthz", timeout=1):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
