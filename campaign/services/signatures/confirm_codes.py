"""The six digits of an email that asks to confirm: typed into a page, they do what its link does."""

import hmac
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.signing_form import CAN_BE_CONFIRMED, CODE_TRIES, CONFIRM_WITHIN
from campaign.domain.tokens import TokenPurpose, confirm_code_hash
from campaign.services.compose.mail_context import MailContext
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.link_tokens import new_links, store_form_links
from campaign.store.statements import inserting
from campaign.store.tables.core import network_rush, signing_form

# Every wrong try writes, for an address that has a form and for one that has none: else the time that the
# answer takes would tell them apart.
_WRONG_TRIES = "wrong codes"


def link_for_code(
    session: Session, campaign_id: int, email: str, code: str, *, context: MailContext, now: datetime
) -> str | None:
    """The token of a link that confirms the form this code was mailed for; None when it fits none.

    After CODE_TRIES wrong ones the codes of an address's forms are good no more; their links stay good.
    """
    hashes = AddressHashes.of(email, key=context.address_key)
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
    fitting = [
        form.id
        for form in forms
        if hmac.compare_digest(form.code_hash, confirm_code_hash(context.address_key, form.id, code))
    ]
    if not fitting:
        session.execute(
            update(signing_form).where(of_address).values(code_tries=signing_form.c.code_tries + 1)
        )
        _count_wrong_try(session, now)
        return None
    links = new_links(TokenPurpose.CONFIRM)
    store_form_links(session.connection(), {fitting[0]: links}, now=now)
    return links[TokenPurpose.CONFIRM]


def _count_wrong_try(session: Session, now: datetime) -> None:
    counted = inserting(session, network_rush).values(network=_WRONG_TRIES, tokens=1.0, at=now)
    session.execute(
        counted.on_conflict_do_update(
            index_elements=["network"], set_={"tokens": network_rush.c.tokens + 1, "at": now}
        )
    )
