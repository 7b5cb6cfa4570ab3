"""Witnesses of a count: what they sign, where they hand it in, and what anybody may read of it."""

from datetime import timedelta
from typing import Any

from flask import Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState

from campaign.domain.actor import Actor, Via
from campaign.domain.ssh_signatures import LONGEST_SIGNATURE
from campaign.errors import RefusedError
from campaign.services.campaigns import pages
from campaign.services.transparency import witnesses
from campaign.services.transparency.witnesses import CoSigned, WitnessShown
from campaign.web import errors
from campaign.web.context import now, runtime
from campaign.web.public.blueprint import blueprint
from campaign.web.public.count_log import read_number
from campaign.web.public.responses import for_any_site, revalidated
from campaign.web.recent_counts import NetworkCounts

_WITNESS = Actor(None, Via.KEY)
# From one network. A witness signs now and then, perhaps for several letters at once.
MOST_AN_HOUR = 60
_LATELY = "campaign_witnesses_lately"


@blueprint.get("/c/<slug:slug>/count-log/checkpoint.txt")
def count_log_checkpoint(slug: str) -> Response:
    """The newest checkpoint, or the one of `?size=` entries: what a witness signs."""
    size = read_number("size", default=-1)
    with runtime().database.reading() as session:
        pages.head(session, slug)
        text = witnesses.text_to_sign(
            session, slug, None if size < 0 else size, public_url=runtime().settings.web.public_url
        )
    return revalidated(for_any_site(Response(text, content_type="text/plain; charset=utf-8")))


@blueprint.get("/c/<slug:slug>/count-log/witnesses.json")
def count_log_witnesses(slug: str) -> Response:
    """Every witness, those removed included, with the signatures each gave last."""
    with runtime().database.reading() as session:
        shown = witnesses.shown(session, pages.head(session, slug).id)
    document = jsonify(campaign=slug, witnesses=[_as_json(one) for one in shown])
    return revalidated(for_any_site(document))


@blueprint.post("/c/<slug:slug>/count-log/witnesses.json")
def co_sign(slug: str) -> tuple[Response, int]:
    """Take a signature under the log with `?size=` entries, by the key of a registered witness."""
    size = read_number("size")
    text = request.get_data(cache=False)[: LONGEST_SIGNATURE + 1].decode("ascii", "replace")
    if not text:
        raise RefusedError("Send the signature file as the body of the request.")
    lately: NetworkCounts = current_app.extensions[_LATELY]
    if lately.add(request.remote_addr, now()) >= MOST_AN_HOUR:
        error = RefusedError("Many signatures came from your network. Wait an hour, then try again.")
        return errors.campaign_error(error, status=429), 429
    # Strangers' signatures do not even take the writer's turn.
    with runtime().database.reading() as session:
        pages.head(session, slug)
        url = runtime().settings.web.public_url
        signed = witnesses.verified(session, slug, size, text, public_url=url)
    with runtime().database.transaction() as session:
        taken = witnesses.take(session, signed, actor=_WITNESS, now=now())
    return jsonify(_signature(taken)), 201


def _as_json(witness: WitnessShown) -> dict[str, Any]:
    return {
        "name": witness.name,
        "public_key": witness.public_key,
        "fingerprint": witness.fingerprint,
        "added_on": witness.added_on.isoformat(),
        "removed_on": witness.removed_on.isoformat() if witness.removed_on else None,
        "signatures": [_signature(one) for one in witness.signatures],
    }


def _signature(given: CoSigned) -> dict[str, Any]:
    return {
        "size": given.size,
        "signed_on": given.signed_on.isoformat(),
        "checkpoint": given.checkpoint,
        "signature": given.signature,
    }


@blueprint.record
def _add_counts(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(_LATELY, NetworkCounts(timedelta(hours=1)))
