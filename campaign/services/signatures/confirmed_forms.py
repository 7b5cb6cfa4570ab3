"""Confirmed forms as a worker takes them up, each with the signature it has become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import FormState
from campaign.store.legible import is_there, is_whole, legible
from campaign.store.tables.core import signature, signing_form

_OF_FORM = (signing_form.c.email, signing_form.c.composed)
_CONFIRMED = (
    select(
        *(signing_form.c[name] for name in ("id", "signature_id", "language", "confirmed_at")),
        *(signing_form.c.address_hash, signing_form.c.spelling_hash, *map(legible, _OF_FORM)),
        *map(is_there, _OF_FORM),
    )
    .where(signing_form.c.state == bindparam("form_state"))
    .order_by(signing_form.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TEXTS = (signature.c.name, signature.c.organization, signature.c.postal_code)
_SIGNATURES = (
    select(
        *(signature.c.id, signature.c.campaign_id, signature.c.supporter_id, *map(legible, _TEXTS)),
        *(signature.c.state, signature.c.secret_hash, *map(is_there, _TEXTS)),
    )
    .where(signature.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update(read=True, skip_locked=True)
)


@dataclass(frozen=True)
class ConfirmedForm:
    """A confirmed form with its signature as it is now."""

    id: int
    signature_id: int
    language: str
    confirmed_at: datetime
    address_hash: str
    spelling_hash: str
    email: str
    composed: str | None
    campaign_id: int
    supporter_id: int
    name: str
    organization: str | None
    postal_code: str | None
    state: SignatureState
    secret_hash: str | None


@dataclass(frozen=True)
class TakenUp:
    """What a worker holds until its transaction ends.

    `orphans` are forms whose signature is gone or cannot be read: nothing is written in its name. Those
    that cannot be read themselves are `broken`.
    """

    forms: tuple[ConfirmedForm, ...]
    orphans: tuple[int, ...]
    broken: tuple[int, ...] = ()

    @property
    def number(self) -> int:
        """How many forms these are."""
        return len(self.forms) + len(self.orphans) + len(self.broken)


def take_up(session: Session, state: FormState, *, most: int) -> TakenUp:
    """Some forms in this state to write out, the first first, that no other worker holds.

    Their signatures are held too: whoever withdraws one meanwhile waits, and then calls back all that was
    written. One that is being withdrawn at this moment is left for the next time.
    """
    found = session.execute(_CONFIRMED, {"form_state": state, "most": most}).all()
    confirmed = [form for form in found if is_whole(form, _OF_FORM)]
    unread = tuple(form.id for form in found if not is_whole(form, _OF_FORM))
    if not confirmed:
        return TakenUp((), (), unread)
    rows = session.execute(_SIGNATURES, {"ids": _signature_ids(confirmed)}).all()
    held = {row.id: row for row in rows if is_whole(row, _TEXTS)}
    broken = {row.id for row in rows} - held.keys()
    return TakenUp(
        tuple(
            ConfirmedForm(*form[: -len(_OF_FORM)], *held[form.signature_id][1 : -len(_TEXTS)])
            for form in confirmed
            if form.signature_id in held
        ),
        tuple(form.id for form in confirmed if form.signature_id is None or form.signature_id in broken),
        unread,
    )


def _signature_ids(confirmed: Sequence[Row[*tuple[Any, ...]]]) -> list[int]:
    return sorted({form.signature_id for form in confirmed if form.signature_id is not None})
