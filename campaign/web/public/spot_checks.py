"""Spot checks as JSON: all that anybody needs to draw the same again, and what came of each."""

from typing import Any

from flask import Response, jsonify

from campaign.domain.confidence import CONFIDENCE, ShareInterval
from campaign.domain.spot_check import SpotCheckResult
from campaign.services.campaigns import pages
from campaign.services.spot_checks import reading
from campaign.services.spot_checks.reading import SpotCheckShown
from campaign.web.context import runtime
from campaign.web.public.blueprint import blueprint
from campaign.web.public.responses import for_any_site, revalidated


@blueprint.get("/c/<slug:slug>/count-log/spot-checks.json")
def spot_checks(slug: str) -> Response:
    """Every spot check that was ever announced, the newest first, those given up included."""
    with runtime().database.reading() as session:
        pages.head(session, slug)
        shown = reading.shown(session, slug)
    document = jsonify(campaign=slug, spot_checks=[_as_json(check) for check in shown])
    return revalidated(for_any_site(document))


def _as_json(check: SpotCheckShown) -> dict[str, Any]:
    return {
        "number": check.number,
        "state": check.state.value,
        "announced_at": _moment(check.committed_at),
        "size": check.size,
        "root": check.root.hex(),
        "drawn": check.wanted,
        "source": {
            "kind": check.source.value,
            "name": check.source_name,
            "address": check.source_address,
            "known_at": _moment(check.known_at),
        },
        "value": check.value,
        "seed": check.seed.hex() if check.seed else None,
        "drawn_on": check.drawn_on.isoformat() if check.drawn_on else None,
        "answers_until": check.closes_on.isoformat() if check.closes_on else None,
        "ended_on": check.ended_on.isoformat() if check.ended_on else None,
        "reason": check.reason,
        "result": _result(check.result) if check.result else None,
    }


def _result(result: SpotCheckResult) -> dict[str, Any]:
    return {
        "drawn": result.drawn,
        "left_before": result.left,
        "checked": result.checked,
        "could_not_be_asked": dict(result.not_asked),
        "asked": result.asked,
        "answered": result.answered,
        "yes": result.yes,
        "no": result.no,
        "confidence": CONFIDENCE,
        "share_of_yes": {
            "whatever_silence_means": _shares(result.whatever_silence_means),
            "if_silence_is_like_answers": _shares(result.if_silence_is_like_answers),
        },
    }


def _shares(interval: ShareInterval) -> list[float]:
    return [interval.lowest / 1000, interval.highest / 1000]


def _moment(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
