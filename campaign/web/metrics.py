"""Figures for Prometheus: ids and words of ours, never an address or a name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from campaign.domain.alerts import AlertKind
from campaign.domain.campaign import CampaignShown
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.services.feedback import counters
from campaign.services.monitoring import health, process_deaths
from campaign.services.monitoring.health import HealthReport
from campaign.services.outbox import enqueue, heartbeat
from campaign.services.outbox.enqueue import OutboxStatus
from campaign.services.outbox.rate_limits import limits_of
from campaign.services.queue import counts
from campaign.services.queue.counts import ProviderLine
from campaign.services.statistics import counting
from campaign.store.database import Session

Family = GaugeMetricFamily | CounterMetricFamily
_F = TypeVar("_F", GaugeMetricFamily, CounterMetricFamily)


@dataclass(frozen=True, eq=False)
class MetricsSnapshot(Collector):
    """What one scrape tells, read in one transaction at `now`."""

    now: datetime
    campaigns: tuple[CampaignShown, ...]
    status: OutboxStatus
    health: HealthReport
    deferred: int
    forms_waiting: int
    outcomes: Mapping[tuple[str, str], int]
    reports: Mapping[str, int]
    workers: int
    deaths: Mapping[str, int]
    providers: tuple[ProviderLine, ...]

    def collect(self) -> Iterator[Family]:
        """The families as `prometheus_client` asks for them."""
        yield _filled(
            GaugeMetricFamily("campaign_signatures", "Confirmed signatures.", labels=["campaign", "state"]),
            (((line.slug, line.state), line.signature_count) for line in self.campaigns),
        )
        yield from _outbox(self)
        yield from _totals(self)
        yield from _delivery(self)


def read(session: Session, runtime: Runtime, *, providers: tuple[str, ...], now: datetime) -> MetricsSnapshot:
    """Read the figures; the costliest counts all emails from an index, 60 ms for a million."""
    limits = limits_of(runtime.settings)
    return MetricsSnapshot(
        now=now,
        campaigns=campaigns.all_campaigns(session),
        status=enqueue.status(session),
        health=health.check(session, limits=limits, providers=providers, now=now),
        deferred=counts.deferred(session),
        forms_waiting=counting.waiting_forms(session).number,
        outcomes=counters.outcomes(session),
        reports=counters.reports(session),
        workers=heartbeat.workers_alive(session, now=now),
        deaths=process_deaths.counts(runtime.settings.instance),
        providers=counts.providers(session, providers),
    )


def as_text(snapshot: Collector) -> bytes:
    """The figures in Prometheus' text format 0.0.4.

    The registry is made for one scrape: the library's own would add what each web process knows of itself,
    and which of them answers is chance.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(snapshot)
    return generate_latest(registry)


def _outbox(snapshot: MetricsSnapshot) -> Iterator[Family]:
    by_kind = snapshot.status.counts
    yield _filled(
        GaugeMetricFamily("campaign_outbox_emails", "Emails in the outbox.", labels=["kind", "state"]),
        (((kind, state), number) for kind, numbers in by_kind.items() for state, number in numbers.items()),
    )
    yield GaugeMetricFamily(
        "campaign_outbox_oldest_due_seconds",
        "How long the longest-waiting email has been due, be it held back by its pace or not.",
        _seconds_since(snapshot.status.oldest_due_at, snapshot.now),
    )
    yield GaugeMetricFamily(
        "campaign_outbox_oldest_ready_seconds",
        "How long the oldest email that could go has not gone: neither paced nor paused.",
        _seconds_since(snapshot.health.oldest_ready, snapshot.now),
    )
    yield GaugeMetricFamily(
        "campaign_forms_waiting",
        "Signing forms that no worker has looked at yet, counted up to 10,001.",
        snapshot.forms_waiting,
    )
    in_doubt = sum(numbers.get("in_doubt", 0) for numbers in by_kind.values())
    yield GaugeMetricFamily("campaign_doubts", "Emails in doubt.", in_doubt)
    yield GaugeMetricFamily(
        "campaign_outbox_deferred",
        "Accepted emails that their recipients' servers put off, counted up to 10,001.",
        snapshot.deferred,
    )


def _totals(snapshot: MetricsSnapshot) -> Iterator[Family]:
    yield _filled(
        CounterMetricFamily(
            "campaign_outcomes_total",
            "What handing emails over came to, of all workers there ever were.",
            labels=["provider", "outcome"],
        ),
        snapshot.outcomes.items(),
    )
    yield _filled(
        CounterMetricFamily(
            "campaign_reports_total", "Reports of providers that were read.", labels=["report"]
        ),
        (((report,), number) for report, number in snapshot.reports.items()),
    )
    yield _filled(
        CounterMetricFamily(
            "campaign_process_deaths_total",
            "Processes of this machine that ended without being told to.",
            labels=["process"],
        ),
        (((process,), number) for process, number in sorted(snapshot.deaths.items())),
    )


def _delivery(snapshot: MetricsSnapshot) -> Iterator[Family]:
    yield GaugeMetricFamily(
        "campaign_workers", "Worker processes heard of within a minute.", snapshot.workers
    )
    yield _filled(
        GaugeMetricFamily(
            "campaign_provider_paused",
            "Whether a provider rests or is paused, and why.",
            labels=["provider", "cause"],
        ),
        (((line.name, line.cause or "none"), bool(line.cause)) for line in snapshot.providers),
    )
    conditions = Counter(condition.kind for condition in snapshot.health.conditions)
    yield _filled(
        GaugeMetricFamily("campaign_alerts", "What is wrong at this moment.", labels=["kind"]),
        (((kind,), conditions[kind]) for kind in AlertKind),
    )
    yield _filled(
        GaugeMetricFamily(
            "campaign_pace_tokens",
            "Messages that may go now to an official with due ones, by the official's id; below zero is a"
            " debt.",
            labels=["official"],
        ),
        (((str(official),), tokens) for official, tokens in sorted(snapshot.health.tokens.items())),
    )


def _filled(family: _F, samples: Iterable[tuple[Sequence[str], float]]) -> _F:
    for labels, value in samples:
        family.add_metric(labels, value)
    return family


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, round((now - moment).total_seconds())) if moment else 0.0
