"""The proof of work of the signing form: a challenge for each form, and whether what comes back solves it.

ALTCHA's challenges (altcha.org) of the first kind: their worst case is known, and checking one takes two
hashes. The page is cached and the same for all, so that its script fetches the challenge.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from altcha.v1 import (
    SHA256,
    Challenge,
    ChallengeOptions,
    Payload,
    create_challenge,
    hmac_hex,
    verify_solution,
)
from flask import Response, abort, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState

from campaign.domain.evidence import WINDOW, Evidence, judge
from campaign.domain.proof_of_work import HARDEST
from campaign.domain.tokens import derived_key
from campaign.services.campaigns import pages
from campaign.settings import Settings
from campaign.web.context import now, runtime
from campaign.web.csrf import CLOCK_SKEW, LIFETIME
from campaign.web.public.blueprint import blueprint
from campaign.web.recent_counts import NetworkCounts

FIELD = "altcha"
# In the place of a campaign's name, which has no such sign.
CODE_PAGE = "/code"
# With it the salt fills a block of SHA-256, which whoever solves then calculates only once.
_SALT_BYTES = 16
_LONGEST_SOLUTION = 2_000


@dataclass(frozen=True)
class Proof:
    """What a form brought along.

    `id` (64 characters) names the solved challenge, so that its second use is found; `difficulty` is the most
    numbers that may have had to be tried, and `age` the time since the form was first touched.
    """

    is_solved: bool
    id: str | None = None
    difficulty: int = 0
    age: timedelta | None = None


UNPROVEN = Proof(is_solved=False)


@blueprint.get("/c/<slug:slug>/proof")
def proof_challenge(slug: str) -> Response:
    """A new challenge for one form; the more a network asks for, the harder each is."""
    if not runtime().settings.safety.asks_for_proof:
        abort(404)
    pages.peek_head(runtime().database, slug)
    return _challenge(slug)


@blueprint.get("/code/proof")
def code_proof_challenge() -> Response:
    """The same for a request for a code, which belongs to no campaign."""
    if not runtime().settings.safety.asks_for_proof:
        abort(404)
    return _challenge(CODE_PAGE)


def _challenge(slug: str) -> Response:
    difficulty = judge(Evidence(from_network=_asked_lately())).difficulty
    challenge = new_challenge(runtime().settings, slug, difficulty=difficulty, now=now())
    response = jsonify(
        algorithm=challenge.algorithm,
        challenge=challenge.challenge,
        salt=challenge.salt,
        signature=challenge.signature,
        maxnumber=challenge.max_number,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def checked(slug: str, form: Mapping[str, str]) -> Proof:
    """Whether the form solves a challenge of this campaign; what is missing, wrong or too old solves none."""
    return check_solution(runtime().settings, slug, form.get(FIELD, ""), now=now())


def new_challenge(settings: Settings, slug: str, *, difficulty: int, now: datetime) -> Challenge:
    """A challenge that is good for this campaign as long as its form is."""
    return create_challenge(
        ChallengeOptions(
            SHA256,
            max_number=difficulty,
            salt_length=_SALT_BYTES,
            hmac_key=_key(settings.secret_key, slug),
            expires=now + LIFETIME,
            params={"difficulty": str(difficulty)},
        )
    )


def check_solution(settings: Settings, slug: str, solution: str, *, now: datetime) -> Proof:
    """The same as `checked` for a solution as it was sent; challenges of earlier secret keys stay good."""
    payload = _read(solution)
    if payload is None or not _is_ours(settings, slug, payload):
        return UNPROVEN
    # All of the salt is signed: we wrote it.
    _, expires, parameters = payload.parse_salt()
    age = LIFETIME - (datetime.fromtimestamp(expires or 0, UTC) - now)
    if not -CLOCK_SKEW <= age <= LIFETIME:
        return UNPROVEN
    return Proof(
        is_solved=True,
        id=payload.challenge,
        difficulty=int(parameters["difficulty"][0]),
        age=max(age, timedelta(0)),
    )


def _is_ours(settings: Settings, slug: str, payload: Payload) -> bool:
    for secret_key in (settings.secret_key, *settings.secret_key_fallbacks):
        key = _key(secret_key, slug)
        signature = hmac_hex(SHA256, payload.challenge.encode(), key)
        # The library compares letter by letter, which tells by its time how far a forged one was right.
        if hmac.compare_digest(signature.encode(), payload.signature.encode()):
            return verify_solution(payload, key, check_expires=False)[0]
    return False


def _read(solution: str) -> Payload | None:
    """What was sent, if it has the shape of a solution."""
    if not 0 < len(solution) <= _LONGEST_SOLUTION:
        return None
    try:
        sent = json.loads(base64.b64decode(solution, validate=True))
    except (ValueError, RecursionError):
        return None
    if not isinstance(sent, dict) or sent.get("algorithm") != SHA256:
        return None
    challenge, salt, signature = (_plain(sent.get(name)) for name in ("challenge", "salt", "signature"))
    number = sent.get("number")
    if type(number) is not int or not 0 <= number <= HARDEST:
        return None
    return Payload(SHA256, challenge, number, salt, signature)


def _plain(text: object) -> str:
    """The text as it is, or empty when it is none that we wrote."""
    return text if isinstance(text, str) and text.isascii() else ""


def _key(secret_key: str, slug: str) -> bytes:
    """The key for one campaign, so that what was solved for one is worth nothing for another."""
    return derived_key(secret_key, f"proof-of-work:{slug}")


def _asked_lately() -> int:
    """How many challenges this visitor's network has asked for lately, this one not among them."""
    asked: NetworkCounts = current_app.extensions["campaign_proofs_asked"]
    return asked.add(request.remote_addr, now())


@blueprint.record
def _add_counts(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault("campaign_proofs_asked", NetworkCounts(WINDOW))
