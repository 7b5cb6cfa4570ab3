"""The log behind the count: a page that explains it, and all of it as JSON for whoever checks."""

from typing import Any

from flask import Response, jsonify, make_response, render_template, request

from campaign.domain.campaign_page import CampaignHead
from campaign.domain.count_log import LogHead
from campaign.domain.tokens import TokenPurpose
from campaign.errors import NotFoundError, RefusedError
from campaign.services.campaigns import pages
from campaign.services.signatures.link_tokens import open_link
from campaign.services.spot_checks import reading as spot_checks
from campaign.services.transparency import reading, witnesses
from campaign.services.transparency.reading import InclusionProof
from campaign.web.context import now, runtime
from campaign.web.languages import address_of, negotiated
from campaign.web.public.blueprint import blueprint
from campaign.web.public.responses import for_any_site, revalidated
from campaign.web.security import is_private


@blueprint.get("/c/<slug:slug>/count-log")
def count_log(slug: str) -> Response:
    """What the log is, what was published of it, and how to check it."""
    with runtime().database.reading() as session:
        head = pages.head(session, slug)
        page = pages.page(session, slug, language=negotiated(default=head.language))
        heads = reading.published(session, head.id)
        checks = spot_checks.shown(session, slug)
        signers = witnesses.shown(session, head.id)
    drawn = render_template(
        "public/count_log.html", page=page, heads=heads, checks=checks, witnesses=signers, now=now()
    )
    return revalidated(make_response(drawn))


@blueprint.get("/c/<slug:slug>/count-log.json")
def count_log_head(slug: str) -> Response:
    """The newest head, or the one that was published with `?size=` entries."""
    with runtime().database.reading() as session:
        campaign = _campaign(slug)
        size = read_number("size", default=-1)
        head = (
            reading.head(session, campaign.id)
            if size < 0
            else reading.head_of_size(session, campaign.id, size)
        )
    addresses = {
        "entries": address_of("count_log_entries", slug=slug),
        "spot_checks": address_of("spot_checks", slug=slug),
        "witnesses": address_of("count_log_witnesses", slug=slug),
    }
    return _json(**_as_json(head), count=head.count, signed=head.signed, **addresses)


@blueprint.get("/c/<slug:slug>/count-log/entries.json")
def count_log_entries(slug: str) -> Response:
    """Entries from `?start=` on, a thousand at most: what is hashed of each, in their order."""
    start = read_number("start", default=0)
    with runtime().database.reading() as session:
        entries = reading.entries(session, _campaign(slug).id, start, start + reading.MOST_ENTRIES)
    return _json(start=start, entries=[entry.content.decode() for entry in entries])


@blueprint.get("/c/<slug:slug>/count-log/consistency.json")
def count_log_consistency(slug: str) -> Response:
    """That the log with `?second=` entries is the one with `?first=`, and more behind it."""
    first, second = read_number("first"), read_number("second")
    with runtime().database.reading() as session:
        hashes = reading.consistency(session, _campaign(slug).id, first, second)
    return _json(first=first, second=second, hashes=_hex(hashes))


@blueprint.get("/c/<slug:slug>/count-log/inclusion.json")
def count_log_inclusion(slug: str) -> Response:
    """That the entry at `?position=` is in the log as published with `?size=` entries."""
    position, size = read_number("position"), read_number("size")
    with runtime().database.reading() as session:
        proof = reading.inclusion(session, _campaign(slug).id, position, size)
    return _json(**_proof(proof))


@blueprint.get("/manage/<token>/receipt.json")
def receipt(token: str) -> Response:
    """The proof for its signer alone that a signature is counted."""
    with runtime().database.reading() as session:
        found = reading.receipt_of(session, open_link(session, token, TokenPurpose.MANAGE, now=now()))
    if found is None:
        raise NotFoundError("Your signature is not in the log yet. The log is brought up to date every day.")
    head = found.head
    document = {"campaign": found.slug, "nonce": found.nonce.hex(), **_as_json(head), **_proof(found.proof)}
    response = jsonify(document)
    response.headers["Content-Disposition"] = 'attachment; filename="receipt.json"'
    return is_private(response)


def _campaign(slug: str) -> CampaignHead:
    return pages.peek_head(runtime().database, slug)


def read_number(name: str, *, default: int | None = None) -> int:
    """A number in the address; RefusedError for anything else."""
    text = request.args.get(name, "")
    if not text and default is not None:
        return default
    # More digits than any log has entries would be more than a database can hold.
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RefusedError("“%(name)s” must be a whole number, 0 or more.", name=name)
    return int(text)


def _as_json(head: LogHead) -> dict[str, Any]:
    return {
        "size": head.size,
        "root": head.root.hex(),
        "published_on": head.published_on.isoformat() if head.size else None,
    }


def _proof(proof: InclusionProof) -> dict[str, Any]:
    return {
        "position": proof.position,
        "size": proof.size,
        "entry": proof.entry.content.decode(),
        "hashes": _hex(proof.hashes),
    }


def _hex(hashes: tuple[bytes, ...]) -> list[str]:
    return [given.hex() for given in hashes]


def _json(**document: Any) -> Response:
    return revalidated(for_any_site(jsonify(document)))
