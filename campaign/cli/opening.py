"""What commands that open a draft share: the desk's check-list, said on standard error, and its rule."""

from collections.abc import Sequence

import click

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.opening import CheckState, OpeningCheck, blocking
from campaign.runtime import Runtime
from campaign.services.opening import checklist, schedule
from campaign.services.opening.checklist import Premises
from campaign.store.database import Session

_MARKS = {CheckState.MEND: "must be mended", CheckState.LOOK: "look at this"}
despite_checks_option = click.option(
    "--despite-checks",
    is_flag=True,
    help="Open it although the check-list says that something must be mended.",
)


def open_draft(session: Session, runtime: Runtime, slug: str, *, despite_checks: bool) -> None:
    """Open a draft by the desk's rule, and say what its check-list finds."""
    premises, now = Premises.of(runtime.settings, runtime.default_publisher), runtime.clock()
    checks = checklist.checks(session, slug, premises, now=now)
    say(checks)
    if blocking(checks) and not despite_checks:
        click.echo("To open it all the same, add --despite-checks.", err=True)
    schedule.open_now(session, slug, premises, despite_checks=despite_checks, actor=COMMAND_LINE, now=now)


def say(checks: Sequence[OpeningCheck]) -> None:
    """Say on standard error what is not done yet."""
    for check in checks:
        if check.state in _MARKS:
            click.echo(f"{_MARKS[check.state]}: {check.sentence}", err=True)
