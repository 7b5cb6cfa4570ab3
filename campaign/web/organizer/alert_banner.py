"""What is wrong with the mail, as every page of the desk shows it on top."""

from typing import Any

from campaign.services.monitoring import alerts
from campaign.services.monitoring.health import HealthReport, check
from campaign.services.outbox.rate_limits import limits_of
from campaign.store.database import Session
from campaign.web.context import now, provider_names, runtime
from campaign.web.organizer.guard import blueprint, me


@blueprint.context_processor
def for_templates() -> dict[str, Any]:
    """What the layout asks for, and only pages of somebody logged in do."""
    return {"open_alerts": open_alerts}


def open_alerts() -> tuple[alerts.AlertShown, ...]:
    """All that is wrong at this moment and that I may know of, whether or not a worker has noticed."""
    with runtime().database.reading() as session:
        return alerts.alerts_shown(session, check_health(session), me().rights)


def check_health(session: Session) -> HealthReport:
    """A look at the queue with this installation's rates."""
    limits = limits_of(runtime().settings)
    return check(session, limits=limits, providers=provider_names(), now=now())
