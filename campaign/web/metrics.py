"""Figures for Prometheus, in its text format: ids and words of ours, never an address or a name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign.domain.alerts import AlertKind
from campaign.domain.campaign_page import CampaignHead
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.services.feedback import counters
from campaign.services.monitoring import health
from campaign.services.monitoring.health import HealthReport
from campaign.services.outbox import enqueue, heartbeat
from campaign.services.outbox.enqueue import OutboxStatus
from campaign.services.outbox.rate_limits import limits_of
from campaign.services.queue import counts
from campaign.services.queue.counts import ProviderLine
from campaign.store.database import Session

Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True)
class Figures:
    """All that is told, read in one transaction."""

    heads: list[CampaignHead]
    status: OutboxStatus
    look: HealthReport
    deferred: int
    outcomes: Mapping[tuple[str, str], int]
    reports: Mapping[str, int]
    workers: int
    providers: tuple[ProviderLine, ...]


def read(session: Session, runtime: Runtime, *, providers: tuple[str, ...], now: datetime) -> Figures:
    """Read the figures; the costliest counts all emails from an index, 60 ms for a million."""
    limits = limits_of(runtime.settings)
    return Figures(
        heads=list(campaigns.all_campaigns(session)),
        status=enqueue.status(session),
        look=health.check(session, limits=limits, providers=providers, now=now),
        deferred=counts.deferred(session),
        outcomes=counters.outcomes(session),
        reports=counters.reports(session),
        workers=heartbeat.workers_alive(session, now=now),
        providers=counts.providers(session, providers),
    )


def written(figures: Figures, *, now: datetime) -> str:
    """The figures as Prometheus reads them."""
    return "".join(f"{line}\n" for line in _families(figures, now))


def _families(found: Figures, now: datetime) -> Iterator[str]:
    by_kind = found.status.counts
    wrong = Counter(one.kind for one in found.look.conditions)
    yield from _family(
        "campaign_signatures",
        "Confirmed signatures.",
        (({"campaign": head.slug, "state": head.state}, head.signature_count) for head in found.heads),
    )
    yield from _family(
        "campaign_outbox_emails",
        "Emails in the outbox.",
        (
            ({"kind": kind, "state": state}, number)
            for kind, states in by_kind.items()
            for state, number in states.items()
        ),
    )
    yield from _one(
        "campaign_outbox_oldest_due_seconds",
        "How long the longest-waiting email has been due, be it held back by its pace or not.",
        _age(found.status.oldest_due_at, now),
    )
    yield from _one(
        "campaign_outbox_oldest_ready_seconds",
        "How long the oldest email that could go has not gone: neither paced nor paused.",
        _age(found.look.oldest_ready, now),
    )
    yield from _one(
        "campaign_doubts", "Emails in doubt.", sum(states.get("in_doubt", 0) for states in by_kind.values())
    )
    yield from _one(
        "campaign_outbox_deferred",
        "Accepted emails that their recipients' servers put off, counted up to 10,001.",
        found.deferred,
    )
    yield from _family(
        "campaign_outcomes_total",
        "What handing emails over came to, of all workers there ever were.",
        (
            ({"provider": provider, "outcome": outcome}, number)
            for (provider, outcome), number in found.outcomes.items()
        ),
        kind="counter",
    )
    yield from _family(
        "campaign_reports_total",
        "Reports of providers that were read.",
        (({"report": report}, number) for report, number in found.reports.items()),
        kind="counter",
    )
    yield from _one("campaign_workers", "Worker processes heard of within a minute.", found.workers)
    yield from _family(
        "campaign_provider_paused",
        "Whether a provider rests or is paused, and why.",
        (({"provider": one.name, "cause": one.cause or "none"}, bool(one.cause)) for one in found.providers),
    )
    yield from _family(
        "campaign_alerts",
        "What is wrong with the mail at this moment.",
        (({"kind": kind}, wrong[kind]) for kind in AlertKind),
    )
    yield from _family(
        "campaign_pace_tokens",
        "Messages that may go now to an official with due ones, by the official's id; below zero is a debt.",
        (({"official": str(one)}, tokens) for one, tokens in sorted(found.look.tokens.items())),
    )


def _one(name: str, words: str, value: float) -> Iterator[str]:
    return _family(name, words, [({}, value)])


def _family(name: str, words: str, samples: Iterable[Sample], *, kind: str = "gauge") -> Iterator[str]:
    yield f"# HELP {name} {_escaped(words)}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        quoted = ",".join(f'{key}="{_escaped(text, quoted=True)}"' for key, text in labels.items())
        yield f"{name}{{{quoted}}} {float(value):.12g}" if quoted else f"{name} {float(value):.12g}"


def _escaped(text: str, *, quoted: bool = False) -> str:
    """By the format's rules: a backslash and a line's end, and within quotes those too."""
    plain = text.replace("\\", "\\\\").replace("\n", "\\n")
    return plain.replace('"', '\\"') if quoted else plain


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, round((now - since).total_seconds())) if since else 0.0
