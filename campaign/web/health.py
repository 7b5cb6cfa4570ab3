"""What machines ask: is it up, is it ready, how much is there to do."""

import hmac
import shutil

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from campaign.domain.alerts import AlertKind
from campaign.errors import CampaignError
from campaign.services.monitoring import health
from campaign.services.outbox import heartbeat
from campaign.services.outbox.rate_limits import limits_of
from campaign.store import schema
from campaign.store.database import Session
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
    """Whether signatures can be taken: database, schema and disk; how the mail is, is told besides."""
    checks: dict[str, object] = {}
    try:
        with runtime().database.reading() as session:
            schema.check(runtime().database)
            checks["database"] = "ok"
            checks["workers"] = heartbeat.workers_alive(session, now=now())
            checks["mail"] = _mail(session)
    except CampaignError as error:
        checks["database"] = error.sentence
    checks["disk"] = _disk()
    ready = checks["database"] == checks["disk"] == "ok"
    response = jsonify(status="ready" if ready else "not ready", **checks)
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
    return "ok" if free >= LEAST_DISK else "The disk is almost full."


def _may_read_metrics() -> bool:
    token = runtime().settings.safety.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        return True
    return comes_from_this_machine()


def _mail(session: Session) -> str:
    """In one sentence, whether mail goes: a web without a worker is healthy, and yet somebody should know."""
    limits = limits_of(runtime().settings)
    report = health.check(session, limits=limits, providers=provider_names(), now=now())
    return next((words for kind, words in _WORDS.items() if report.has(kind)), "ok")


_WORDS = {
    AlertKind.NO_WORKER: "Mail is due and no worker was heard of for two minutes.",
    AlertKind.KEY_REFUSED: "The provider refuses the key.",
    AlertKind.QUEUE_LATE: "Mail that could leave has waited for more than 15 minutes.",
}


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
