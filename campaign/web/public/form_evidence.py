"""What a form's circumstances say of it, gathered in this process's memory: nothing is looked up for it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask.blueprints import BlueprintSetupState

from campaign.domain.evidence import WINDOW, Evidence, FormVerdict, judge
from campaign.domain.signing import SignatureForm
from campaign.web.public.blueprint import blueprint
from campaign.web.public.proof_of_work import Proof
from campaign.web.recent_counts import RecentCounts

_LATELY = "campaign_forms_lately"


@dataclass(frozen=True)
class _FormsLately:
    """Forms that came in lately, by network and by what they say; the salt dies with the process."""

    salt: bytes
    by_network: RecentCounts
    by_words: RecentCounts


def is_suspected(
    form: SignatureForm, *, network: str, proof: Proof, age: timedelta, is_trap_filled: bool, now: datetime
) -> bool:
    """Whether a form counts only once an organizer or a proof speaks for it.

    `age` is that of its page at most; a solved challenge knows it better.
    """
    lately: _FormsLately = current_app.extensions[_LATELY]
    evidence = Evidence(
        from_network=lately.by_network.add(network, now),
        # Many sign and say nothing: that makes nobody alike.
        alike=lately.by_words.add(_what_is_said(form, lately.salt), now) if _says_something(form) else 0,
        is_trap_filled=is_trap_filled,
        age=proof.age if proof.is_solved else age,
        has_proof=proof.is_solved,
    )
    return judge(evidence).verdict is FormVerdict.SUSPECTED


def _says_something(form: SignatureForm) -> bool:
    return bool(form.words or form.words_for)


def _what_is_said(form: SignatureForm, salt: bytes) -> str:
    text = "\n".join([form.words, *form.words_for.values()])
    return hashlib.blake2b(text.encode("utf-8", "replace"), key=salt, digest_size=16).hexdigest()


@blueprint.record
def _add_counts(state: BlueprintSetupState) -> None:
    lately = _FormsLately(secrets.token_bytes(32), RecentCounts(WINDOW), RecentCounts(WINDOW))
    state.app.extensions.setdefault(_LATELY, lately)
