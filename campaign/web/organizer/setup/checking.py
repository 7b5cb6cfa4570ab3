"""The check-up: what the last look at this installation found, and a button to look again."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.installation_checks import HealthStatus
from campaign.domain.roles import Permission
from campaign.mail.dns_lookup import DnsTexts
from campaign.services.doctor import report
from campaign.services.doctor.examining import Examined
from campaign.store.clock import utc_now
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import blueprint, needs
from campaign.web.organizer.setup.forms import SetupActionForm

# What needs somebody stands above what does not.
_FIRST = (HealthStatus.FAIL, HealthStatus.WARN, HealthStatus.OK)


@blueprint.get("/check-up")
@needs(Permission.SITE)
def check_up() -> str:
    """What was found last; nothing is asked anew for who only looks."""
    with runtime().database.reading() as session:
        found = report.kept(session)
    statuses = [check.status for check in found.checks]
    in_order = sorted(found.checks, key=lambda check: _FIRST.index(check.status))
    return render_template(
        "organizer/check_up.html",
        found=found,
        checks=in_order,
        failed=statuses.count(HealthStatus.FAIL),
        warned=statuses.count(HealthStatus.WARN),
    )


@blueprint.post("/check-up")
@needs(Permission.SITE)
def check_again() -> AnyResponse:
    """Look at everything now: a few seconds at most."""
    SetupActionForm().require()
    look_again()
    return redirect(url_for("organizer.check_up", done="checked"), 303)


def look_again() -> None:
    """Look, with no transaction open meanwhile, and keep what was found."""
    here = Examined(runtime().settings, runtime().database, DnsTexts())
    found = report.make(here, now=now(), machine_now=utc_now())
    with runtime().database.transaction() as session:
        report.keep(session, found)
