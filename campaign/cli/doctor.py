"""`campaign doctor`: whether this installation is well, and what to do where it is not."""

import json
from collections.abc import Sequence

import click

from campaign.cli.context import opened_runtime
from campaign.domain.installation_checks import InstallationCheck, has_failed
from campaign.errors import CampaignError
from campaign.mail.dns_lookup import DnsTexts
from campaign.services.doctor.examining import Examined, examine, settings_refused
from campaign.settings.reader import SettingsError
from campaign.store.clock import utc_now


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def doctor(as_json: bool) -> None:
    """Check this installation, one line a check: ok, warn or fail, and what to do.

    Settings, database and migrations, worker, disk, last backup, email provider, the records of the sender's
    domain (SPF, DKIM, DMARC), and the clock: what the desk shows under Check-up. Exit status 1 when a check
    fails.
    """
    checks = _checks()
    if as_json:
        found = [{"name": check.name, "status": check.status, "message": check.sentence} for check in checks]
        click.echo(json.dumps({"checks": found}, indent=2))
    else:
        for check in checks:
            click.echo(f"{check.status:<5} {check.name:<11} {check.sentence}")
    if has_failed(checks):
        raise SystemExit(1)


def _checks() -> Sequence[InstallationCheck]:
    try:
        with opened_runtime(checked=False) as runtime:
            here = Examined(runtime.settings, runtime.database, DnsTexts())
            machine_now = utc_now()
            try:
                now = runtime.clock()
            except CampaignError:
                now = machine_now  # the check of the database says why
            return examine(here, now=now, machine_now=machine_now)
    except SettingsError as error:
        return settings_refused(" ".join(error.problems))
    except CampaignError as error:
        return settings_refused(error.sentence)
