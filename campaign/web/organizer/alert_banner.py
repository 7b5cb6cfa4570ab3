"""What waits for organizers, as every page of the desk shows it: behind its heading, with ways to it."""

from typing import Any

from flask import url_for
from markupsafe import Markup

from campaign.domain.alerts import AlertKind
from campaign.domain.approval import Approvable
from campaign.domain.roles import Permission
from campaign.services.accounts import approvals
from campaign.services.monitoring import alerts
from campaign.services.monitoring.health import HealthReport, check
from campaign.services.outbox.rate_limits import limits_of
from campaign.store.database import Session
from campaign.web.context import now, provider_names, runtime
from campaign.web.organizer.guard import blueprint, i_may, me


@blueprint.context_processor
def for_templates() -> dict[str, Any]:
    """What the layout asks for, and only pages of somebody logged in do."""
    return {"open_alerts": open_alerts, "alert_place": alert_place}


@blueprint.app_template_filter("behind_heading")
def behind_heading(page: Markup, notice: Markup) -> Markup:
    """A page with a notice behind its heading, so that the heading comes first on the smallest screen."""
    head, end, rest = page.partition("</h1>")
    return head + end + notice + rest if end else notice + head


def open_alerts() -> tuple[alerts.AlertShown | approvals.ApprovalWaiting, ...]:
    """All that is wrong at this moment and that I may know of, and what I may approve as a second person."""
    with runtime().database.reading() as session:
        return (
            *alerts.alerts_shown(session, check_health(session), me().rights),
            *approvals.waiting_for(session, me().organizer_id, me().rights),
        )


def check_health(session: Session) -> HealthReport:
    """A look at the queue with this installation's rates."""
    limits = limits_of(runtime().settings)
    return check(session, limits=limits, providers=provider_names(), now=now())


def alert_place(alert: alerts.AlertShown | approvals.ApprovalWaiting) -> str | None:
    """Where something can be done about it; None where nothing can on the desk, or not by me."""
    if isinstance(alert, approvals.ApprovalWaiting):
        return _approved_at(alert)
    slug = alert.campaign
    match alert.kind:
        case AlertKind.DOUBT:
            return url_for("organizer.queue_list", list_name="in-doubt")
        case AlertKind.CODES_TRIED:
            return url_for("organizer.person", organizer_id=alert.subject)
        case _ if slug is None:
            return None
        case AlertKind.OFFICIAL_PAUSED:
            return url_for("organizer.official", slug=slug, official_id=alert.subject)
        case AlertKind.HELD:
            return url_for("organizer.campaign", slug=slug, _anchor="held")
        case AlertKind.NOT_OPENED:
            return url_for("organizer.opening", slug=slug)
        case AlertKind.SUSPECTED if i_may(Permission.PEOPLE, slug):
            return url_for("organizer.supporters", slug=slug, state="suspected")
        case AlertKind.RUSH if alert.name and _may_remove(slug):
            return url_for("organizer.invalidations", slug=slug, domain=alert.name)
        case AlertKind.INVALIDATED if _may_remove(slug):
            return url_for("organizer.invalidations", slug=slug, _anchor=f"run-{alert.subject}")
        case _:
            return None


def _approved_at(waiting: approvals.ApprovalWaiting) -> str:
    match waiting.what:
        case Approvable.UPDATE:
            return url_for("organizer.update", slug=waiting.campaign, update_id=waiting.update_id)
        case Approvable.QUOTE:
            return url_for("organizer.quotes", slug=waiting.campaign)
        case Approvable.SPOT_CHECK:
            return url_for("organizer.spot_checks", slug=waiting.campaign)


def _may_remove(slug: str) -> bool:
    return i_may(Permission.PEOPLE, slug) and i_may(Permission.CHANGE, slug)
