"""What a code and secret words open together in quiet campaigns: what waits to be confirmed, and signatures.

Whoever has one of the two alone gets the same refusal, after the same work, whether or not the address has
signed anything.
"""

import hmac
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.quiet import (
    CODE_GOOD_FOR,
    CODES_TRIED_A_DAY,
    PAGE_OPEN_FOR,
    WORDS_TRIED_A_DAY,
    tries_used,
)
from campaign.domain.signing_form import CAN_BE_CONFIRMED, CODE_TRIES, CONFIRM_WITHIN
from campaign.domain.tokens import TokenPurpose, confirm_code_hash
from campaign.services.campaigns import quiet_mode, versions
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures import kept_forms, sealed_signers
from campaign.services.signatures.link_tokens import new_links, store_form_links, store_links
from campaign.services.signatures.secret_words import secret_hash
from campaign.store.statements import inserting
from campaign.store.tables import Campaign, Signature, Supporter
from campaign.store.tables.core import network_rush, signing_form

_Form = Row[int, int, str | None, str, str, str]


@dataclass(frozen=True)
class QuietlyFound:
    """One thing that a code and secret words open; `purpose` says which page its token leads to."""

    purpose: TokenPurpose
    token: str
    campaign_title: str


def open_quietly(
    session: Session, email: str, code: str, digest: bytes, *, key: bytes, language: str, now: datetime
) -> Sequence[QuietlyFound]:
    """All that an address has in quiet campaigns under these words, with pages open for PAGE_OPEN_FOR.

    Nothing where the code or the words do not fit. `digest` is the slow one of the words. Only who has one of
    the two has used up a try: who has neither learns nothing, and can keep nobody out.
    """
    hashes = AddressHashes.of(email, key=key)
    words, codes = _lock_tries(session, hashes, now=now)
    quiet = sorted(quiet_mode.quiet_ids(session))
    with_words = {campaign_id: secret_hash(digest, campaign_id, key=key) for campaign_id in quiet}
    forms = _forms(session, hashes, quiet, now=now)
    has_code = [form for form in forms if _fits(form, code, key=key)]
    has_words = [form for form in forms if form.content and _secret_of(form) == with_words[form.campaign_id]]
    signed = _signed(session, hashes, with_words, key=key)
    both = [form for form in has_words if form in has_code]
    fits = bool(both or (has_code and signed))
    if fits and words < WORDS_TRIED_A_DAY and codes < CODES_TRIED_A_DAY:
        return _opened(session, both, signed, language=language, now=now)
    if has_code:
        _count(session, _words_of(hashes), min(words + 1, WORDS_TRIED_A_DAY), now=now)
    elif has_words or signed:
        _count(session, _codes_of(hashes), codes + 1, now=now)
        tried = has_words if not signed else forms
        wrong = update(signing_form).where(signing_form.c.id.in_([form.id for form in tried]))
        session.execute(wrong.values(code_tries=signing_form.c.code_tries + 1))
    return ()


def _forms(
    session: Session, hashes: AddressHashes, quiet: Collection[int], *, now: datetime
) -> Sequence[_Form]:
    """What this mailbox was sent a code for: forms, and requests for a code alone."""
    is_open = signing_form.c.state.in_(CAN_BE_CONFIRMED) & (signing_form.c.received_at > now - CONFIRM_WITHIN)
    is_visit = signing_form.c.content.is_(None) & (signing_form.c.mail_at > now - CODE_GOOD_FOR)
    columns = ("id", "campaign_id", "content", "code_hash", "email", "language")
    return session.execute(
        select(*(signing_form.c[name] for name in columns))
        .where(
            signing_form.c.address_hash == hashes.canonical,
            signing_form.c.campaign_id.in_(quiet),
            signing_form.c.code_hash.is_not(None),
            signing_form.c.code_tries < CODE_TRIES,
            or_(is_open, is_visit),
        )
        .order_by(signing_form.c.id.desc())
    ).all()


def _fits(form: _Form, code: str, *, key: bytes) -> bool:
    return hmac.compare_digest(form.code_hash, confirm_code_hash(key, form.id, code, is_quiet=True))


def _secret_of(form: _Form) -> str | None:
    return kept_forms.decode(form.content, email=form.email, language=form.language).form.secret_hash


def _signed(
    session: Session, hashes: AddressHashes, with_words: dict[int, str], *, key: bytes
) -> Sequence[tuple[int, int]]:
    """The signatures of this mailbox with these words, also those that are known by a hash of their own."""
    theirs = {
        hashes.canonical,
        *(sealed_signers.hashes_of(hashes, id_, key=key).canonical for id_ in with_words),
    }
    rows = session.execute(
        select(Signature.id, Signature.campaign_id)
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(
            Supporter.address_hash.in_(theirs),
            Signature.secret_hash.in_(with_words.values()),
        )
        .order_by(Signature.id)
    )
    return [(row.id, row.campaign_id) for row in rows]


def _opened(
    session: Session,
    forms: Iterable[_Form],
    signed: Iterable[tuple[int, int]],
    *,
    language: str,
    now: datetime,
) -> Sequence[QuietlyFound]:
    until = now + PAGE_OPEN_FOR
    to_confirm = {form.id: new_links(TokenPurpose.CONFIRM) for form in forms}
    to_manage = {signature_id: new_links(TokenPurpose.MANAGE) for signature_id, _ in signed}
    store_form_links(session.connection(), to_confirm, now=now, until=until)
    store_links(session.connection(), to_manage, now=now, until=until)
    found = [(form.campaign_id, to_confirm[form.id]) for form in forms]
    found += [(campaign_id, to_manage[signature_id]) for signature_id, campaign_id in signed]
    return [
        QuietlyFound(
            purpose, token, versions.title_in(session, session.get_one(Campaign, campaign_id), language)
        )
        for campaign_id, links in found
        for purpose, token in links.items()
    ]


def _lock_tries(session: Session, hashes: AddressHashes, *, now: datetime) -> tuple[float, float]:
    """How many of a day's tries at words and at codes are used up; tries at the same moment wait for this."""
    allowed = {_codes_of(hashes): CODES_TRIED_A_DAY, _words_of(hashes): WORDS_TRIED_A_DAY}
    used = {}
    for name, a_day in allowed.items():
        new = inserting(session, network_rush).values(network=name, tokens=0.0, at=now)
        row = session.execute(
            new.on_conflict_do_update(
                index_elements=["network"], set_={"tokens": network_rush.c.tokens}
            ).returning(network_rush.c.tokens, network_rush.c.at)
        ).one()
        used[name] = tries_used(row.tokens, now - row.at, a_day)
    return used[_words_of(hashes)], used[_codes_of(hashes)]


def _count(session: Session, name: str, tries: float, *, now: datetime) -> None:
    of_name = network_rush.c.network == name
    session.execute(update(network_rush).where(of_name).values(tokens=tries, at=now))


def _words_of(hashes: AddressHashes) -> str:
    return f"words:{hashes.canonical}"[:64]


def _codes_of(hashes: AddressHashes) -> str:
    return f"quiet:{hashes.canonical}"[:64]
