"""The six digits of an email that asks to confirm: typed into a page, they do what its link does."""

import hmac
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from campaign.domain.signing_form import (
    CAN_BE_CONFIRMED,
    CODE_TRIES,
    CODES_COMPARED_A_DAY,
    CONFIRM_WITHIN,
    codes_compared,
)
from campaign.domain.tokens import TokenPurpose, confirm_code_hash
from campaign.services.compose.mail_context import MailContext
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.link_tokens import new_links, store_form_links
from campaign.store.statements import inserting
from campaign.store.tables.core import network_rush, signing_form


def link_for_code(
    session: Session, campaign_id: int, email: str, code: str, *, context: MailContext, now: datetime
) -> str | None:
    """The token of a link that confirms the form this code was mailed for; None when it fits none.

    After CODE_TRIES wrong ones the codes of an address's forms are good no more, and after
    CODES_COMPARED_A_DAY none of its mailbox is for a while; their links stay good.
    """
    hashes = AddressHashes.of(email, key=context.address_key)
    compared = _lock_tries(session, hashes, now=now)
    of_address = (
        (signing_form.c.address_hash == hashes.canonical)
        & (signing_form.c.spelling_hash == hashes.spelling)
        & (signing_form.c.campaign_id == campaign_id)
        & signing_form.c.state.in_(CAN_BE_CONFIRMED)
        & signing_form.c.code_hash.is_not(None)
        & (signing_form.c.code_tries < CODE_TRIES)
        & (signing_form.c.received_at > now - CONFIRM_WITHIN)
    )
    forms = session.execute(
        select(signing_form.c.id, signing_form.c.code_hash)
        .where(of_address)
        .order_by(signing_form.c.id.desc())
    ).all()
    may_compare = compared + max(1, len(forms)) <= CODES_COMPARED_A_DAY
    fitting = [
        form.id
        for form in forms
        if hmac.compare_digest(form.code_hash, confirm_code_hash(context.address_key, form.id, code))
    ]
    if may_compare and fitting:
        links = new_links(TokenPurpose.CONFIRM)
        store_form_links(session.connection(), {fitting[0]: links}, now=now)
        return links[TokenPurpose.CONFIRM]
    _count_wrong_try(session, of_address, hashes, compared, max(1, len(forms)) if may_compare else 0, now)
    return None


def forget_tries(session: Session, hashes: AddressHashes) -> None:
    """Let nothing tell that a code was typed for this mailbox: its owner has confirmed."""
    names = [_tries_of(hashes), *(f"{kind}:{hashes.canonical}"[:64] for kind in ("words", "quiet"))]
    session.execute(delete(network_rush).where(network_rush.c.network.in_(names)))


def _count_wrong_try(
    session: Session,
    of_address: ColumnElement[bool],
    hashes: AddressHashes,
    compared: float,
    more: int,
    now: datetime,
) -> None:
    """Write the same for an address that has a form and for one that has none: no time tells them apart."""
    tries = signing_form.c.code_tries + (1 if more else 0)
    session.execute(update(signing_form).where(of_address).values(code_tries=tries))
    of_mailbox = network_rush.c.network == _tries_of(hashes)
    session.execute(update(network_rush).where(of_mailbox).values(tokens=compared + more, at=now))


def _lock_tries(session: Session, hashes: AddressHashes, *, now: datetime) -> float:
    """How many codes of the mailbox were compared with lately; tries at the same moment wait for this one."""
    new = inserting(session, network_rush).values(network=_tries_of(hashes), tokens=0.0, at=now)
    row = session.execute(
        new.on_conflict_do_update(
            index_elements=["network"], set_={"tokens": network_rush.c.tokens}
        ).returning(network_rush.c.tokens, network_rush.c.at)
    ).one()
    return codes_compared(row.tokens, now - row.at)


def _tries_of(hashes: AddressHashes) -> str:
    return f"codes:{hashes.canonical}"[:64]
