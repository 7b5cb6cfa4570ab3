"""What is left of a signature when it is no longer known whose it was."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.name_search import TWINS_FROM
from campaign.domain.signature import Visibility, day_of
from campaign.domain.spot_check import PickState
from campaign.services.campaigns import first_signers, public_quotes
from campaign.services.documents import prepared_files
from campaign.services.feedback import suppressions
from campaign.services.office_check import codes as office_codes
from campaign.services.replies import review
from campaign.services.signatures import own_words
from campaign.services.signatures.erasure import empty_emails
from campaign.services.transparency import appending
from campaign.store.legible import legible
from campaign.store.tables import Reply
from campaign.store.tables.core import (
    affirmation,
    consent,
    link_token,
    message,
    message_mark,
    name_report,
    outbox_email,
    search_term,
    signature,
    signature_change,
    signing_form,
    spot_check_asked,
    spot_check_pick,
    supporter,
    update_recipient,
)
from campaign.store.tables.encrypted import InRow

_TIMES = ("signed_at", "confirmed_at", "withdrawn_at")
_TEXTS = ("name", "organization")
_BY_ROW = (*_TEXTS, "visibility", "wall_key", "last_key", *_TIMES, "anonymized_at")
_ANONYMIZE = (
    update(signature)
    .where(signature.c.id == bindparam("b_id"))
    .values(
        role=None,
        postal_code=None,
        source=None,
        network=None,
        sealed=None,
        sealed_to=None,
        secret_hash=None,
        updates=False,
        **{name: bindparam(f"b_{name}", type_=signature.c[name].type) for name in _BY_ROW},
    )
)
_MOVE = (
    update(signature)
    .where(signature.c.id == bindparam("b_id"))
    .values(
        supporter_id=select(supporter.c.id)
        .where(supporter.c.address_hash == bindparam("b_hash"))
        .scalar_subquery()
    )
)
_FORGET = (
    update(supporter)
    .where(supporter.c.id == bindparam("b_id"))
    .values(
        email=None, spelling_hash=None, address_hash=bindparam("b_hash"), created_at=bindparam("b_created_at")
    )
)


def anonymize(session: Session, ids: Sequence[int], *, keep_names: bool, now: datetime) -> None:
    """Delete all that tells who made some signatures, which the caller has locked; they go on counting.

    What stays of each is its number, state, country and language, and its days without the hour; with
    `keep_names` the name and organization that pages show in full. Its emails, its messages and the answers
    to them stay too, emptied.
    """
    theirs = message.c.signature_id.in_(ids)
    office_codes.forget_all(session, ids)
    empty_emails(session, outbox_email.c.signature_id.in_(ids), now=now)
    own_words.forget_all(session.connection(), ids)
    review.empty(session, Reply.message_id.in_(select(message.c.id).where(theirs)), now=now)
    _forget_words(session, ids)
    forgotten = {"address_hash": None, "spelling_hash": None, "network": None, "proof": None}
    session.execute(update(signing_form).where(signing_form.c.signature_id.in_(ids)).values(**forgotten))
    appending.forget_receipts(session, ids)
    _forget_picks(session, ids)
    public_quotes.forget(session, ids)
    of_ids = select(signature.c.campaign_id).where(signature.c.id.in_(ids)).distinct()
    prepared_files.forget_people(session, session.scalars(of_ids).all())
    for table in (affirmation, consent, link_token, update_recipient, signature_change, name_report):
        session.execute(delete(table).where(table.c.signature_id.in_(ids)))
    _part_from_supporters(session, ids, now=now)
    texts = (signature.c[name] for name in _TEXTS)
    # A name that no key opens goes, and keeps nobody from being forgotten.
    columns = (signature.c[name] for name in ("id", *_BY_ROW) if name not in _TEXTS)
    rows = session.execute(select(*columns, *map(legible, texts)).where(signature.c.id.in_(ids))).all()
    named = {row.id for row in rows if keep_names and row.visibility is Visibility.PUBLIC and row.name}
    _forget_terms(session, ids, [row.id for row in rows if row.id not in named])
    session.execute(_ANONYMIZE, [_anonymous(row, stays=row.id in named, now=now) for row in rows])
    first_signers.forget(session, [row.id for row in rows if row.id not in named])


def _anonymous(row: Row[*tuple[Any, ...]], *, stays: bool, now: datetime) -> dict[str, Any]:
    """What is left of a signature, whose name stays or goes."""
    return {
        "b_id": row.id,
        "b_name": InRow(row.id, row.name) if stays else "",
        "b_organization": InRow(row.id, row.organization) if stays else None,
        "b_visibility": Visibility.PUBLIC if stays else Visibility.HIDDEN,
        "b_wall_key": row.wall_key if stays else None,
        "b_last_key": row.last_key if stays else None,
        "b_anonymized_at": now,
        **{f"b_{name}": (at := getattr(row, name)) and day_of(at) for name in _TIMES},
    }


def _forget_picks(session: Session, ids: Sequence[int]) -> None:
    """Let nothing tell that they were drawn; a spot check under way drops nobody from its numbers."""
    picks = spot_check_pick.c
    theirs = update(spot_check_pick).where(picks.signature_id.in_(ids))
    waiting = theirs.where(picks.state == PickState.WAITING)
    session.execute(waiting.values(state=PickState.NO_ADDRESS))
    session.execute(theirs.values(signature_id=None))
    session.execute(delete(spot_check_asked).where(spot_check_asked.c.signature_id.in_(ids)))


def _forget_words(session: Session, ids: Sequence[int]) -> None:
    theirs = message.c.signature_id.in_(ids)
    marked = select(message.c.id).where(theirs)
    session.execute(delete(message_mark).where(message_mark.c.message_id.in_(marked)))
    session.execute(update(message).where(theirs).values(subject="", words=""))


def _forget_terms(session: Session, ids: Sequence[int], unnamed: Sequence[int]) -> None:
    """Have nobody found by a name that is gone, nor by where they live."""
    found = search_term.c.signature_id.in_(ids)
    is_gone = search_term.c.signature_id.in_(unnamed) | (search_term.c.term >= TWINS_FROM)
    session.execute(delete(search_term).where(found, is_gone))


def _part_from_supporters(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    """Let each signature have a supporter of its own, of whom nothing is known.

    Who has signed elsewhere stays known there, and nothing leads from there to here.
    """
    rows = session.execute(
        select(signature.c.id, signature.c.supporter_id).where(signature.c.id.in_(ids))
    ).all()
    supporter_ids = sorted({row.supporter_id for row in rows})
    # Who signs elsewhere at this moment waits, or is seen below.
    session.execute(
        select(supporter.c.id)
        .where(supporter.c.id.in_(supporter_ids))
        .order_by(supporter.c.id)
        .with_for_update()
    )
    signed_elsewhere = set(
        session.scalars(
            select(signature.c.supporter_id).where(
                signature.c.supporter_id.in_(supporter_ids), signature.c.id.not_in(ids)
            )
        )
    )
    _forget(session, [given for given in supporter_ids if given not in signed_elsewhere], now=now)
    taken = set(signed_elsewhere)
    moved = []
    for row in rows:
        if row.supporter_id in taken:
            moved.append(row.id)
        taken.add(row.supporter_id)
    _move_to_nobody(session, moved, now=now)


def _forget(session: Session, supporter_ids: Sequence[int], *, now: datetime) -> None:
    suppressions.forget_all(session, supporter_ids)
    rows = [{"b_id": given, "b_hash": _nobody(), "b_created_at": day_of(now)} for given in supporter_ids]
    if rows:
        session.execute(_FORGET, rows)


def _move_to_nobody(session: Session, signature_ids: Sequence[int], *, now: datetime) -> None:
    rows = [{"b_id": signature_id, "b_hash": _nobody()} for signature_id in signature_ids]
    if rows:
        nobodies = [{"address_hash": row["b_hash"], "email": None, "created_at": day_of(now)} for row in rows]
        session.execute(insert(supporter), nobodies)
        session.execute(_MOVE, rows)


def _nobody() -> str:
    """What stands in the place of an address's hash, and is no hash of any."""
    return secrets.token_hex(32)
