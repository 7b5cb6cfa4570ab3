"""What machines ask: is it up, is it ready, how much is there to do."""

import hmac
import shutil

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from campaign.services.monitoring import process_deaths
from campaign.services.monitoring.readiness import OK
from campaign.web import metrics as prometheus
from campaign.web.context import now, provider_names, runtime
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
    """Whether a form would be kept now and its mail sent; what else is wrong is told besides."""
    installation = runtime()
    readiness = installation.readiness(now=now())
    disk, died = _disk(), process_deaths.recent(installation.settings.instance, now=now())
    ready = readiness.is_ready and disk == OK
    response = jsonify(
        status="ready" if ready else "not ready",
        database=readiness.database,
        disk=disk,
        pauses=readiness.pauses,
        mail=readiness.mail,
        worker=readiness.worker,
        workers=readiness.workers,
        forms={"waiting": readiness.forms_waiting},
        processes=", ".join(f"{name}: {count} ended by itself" for name, count in sorted(died.items())) or OK,
    )
    response.status_code = 200 if ready else 503
    return _uncached(response)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures in Prometheus' text format, for this machine or for who has the token."""
    if not _may_read_metrics():
        abort(403)
    with runtime().database.reading() as session:
        snapshot = prometheus.read(session, runtime(), providers=provider_names(), now=now())
    return _uncached(Response(prometheus.as_text(snapshot), content_type=CONTENT_TYPE_PLAIN_0_0_4))


def _disk() -> str:
    try:
        free = shutil.disk_usage(runtime().settings.instance).free
    except OSError:
        return "The instance folder cannot be read."
    return OK if free >= LEAST_DISK else "The disk is almost full."


def _may_read_metrics() -> bool:
    token = runtime().settings.safety.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        return True
    return comes_from_this_machine()


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
