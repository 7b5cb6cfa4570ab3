"""What machines ask: is it up, is it ready, how much is there to do."""

import hmac
import shutil
from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, abort, jsonify, request

from campaign.errors import CampaignError
from campaign.services import campaigns, liveness, outbox
from campaign.store import schema
from campaign.web.context import now, runtime
from campaign.web.security import comes_from_this_machine

blueprint = Blueprint("health", __name__)

# Below this, SQLite may not find room for its log, nor the local outbox for a mail.
LEAST_DISK = 32 * 1024 * 1024


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers: nothing else is asked."""
    return _uncached(jsonify(status="up"))


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether signatures can be taken: database, schema and disk; a missing worker is told, not counted."""
    checks: dict[str, object] = {}
    try:
        with runtime().database.reading() as session:
            schema.check(runtime().database)
            checks["database"] = "ok"
            checks["workers"] = liveness.workers_alive(session, now=now())
    except CampaignError as error:
        checks["database"] = error.sentence
    checks["disk"] = _disk()
    ready = checks["database"] == checks["disk"] == "ok"
    response = jsonify(status="ready" if ready else "not ready", **checks)
    response.status_code = 200 if ready else 503
    return _uncached(response)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counts in Prometheus' text format, for this machine or for who has the token."""
    if not _may_read_metrics():
        abort(403)
    lines = "".join(f"{line}\n" for line in _metrics(now()))
    return _uncached(Response(lines, content_type="text/plain; version=0.0.4; charset=utf-8"))


def _disk() -> str:
    try:
        free = shutil.disk_usage(runtime().settings.instance).free
    except OSError:
        return "The instance folder cannot be read."
    return "ok" if free >= LEAST_DISK else "The disk is almost full."


def _may_read_metrics() -> bool:
    token = runtime().settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        return True
    return comes_from_this_machine()


def _metrics(time: datetime) -> Iterator[str]:
    with runtime().database.reading() as session:
        heads = campaigns.all_campaigns(session)
        status = outbox.status(session)
        workers = liveness.workers_alive(session, now=time)
    yield "# HELP campaign_signatures Confirmed signatures."
    yield "# TYPE campaign_signatures gauge"
    for head in heads:
        yield f'campaign_signatures{{campaign="{head.slug}",state="{head.state}"}} {head.signature_count}'
    yield "# HELP campaign_outbox_emails Emails in the outbox."
    yield "# TYPE campaign_outbox_emails gauge"
    for kind, states in status.counts.items():
        for state, count in states.items():
            yield f'campaign_outbox_emails{{kind="{kind}",state="{state}"}} {count}'
    waiting = max(0.0, (time - status.oldest_due_at).total_seconds()) if status.oldest_due_at else 0.0
    yield "# HELP campaign_outbox_oldest_due_seconds How long the longest-waiting email has been due."
    yield "# TYPE campaign_outbox_oldest_due_seconds gauge"
    yield f"campaign_outbox_oldest_due_seconds {waiting:.0f}"
    yield "# HELP campaign_workers Worker processes heard of within a minute."
    yield "# TYPE campaign_workers gauge"
    yield f"campaign_workers {workers}"


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
