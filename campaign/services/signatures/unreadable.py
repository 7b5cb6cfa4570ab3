"""Kept forms that no key opens: ended, so that all the others go on."""

from collections.abc import Sequence

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from campaign.domain.signing_form import FormState
from campaign.store.encrypted_places import Broken, place_of
from campaign.store.tables.core import signing_form

_IN_THE_WAY = (FormState.RECEIVED, FormState.WAITING, FormState.CONFIRMED, FormState.RESTORED)


def set_aside(session: Session) -> Sequence[Broken]:
    """End every form that a worker is to read and cannot; which ones. What is in them stays as it is."""
    in_the_way = or_(*(signing_form.c.state == state for state in _IN_THE_WAY))
    broken = list(place_of(signing_form).broken(session, in_the_way))
    ids = {one.row for one in broken}
    if ids:
        ended = update(signing_form).where(signing_form.c.id.in_(ids))
        session.execute(ended.values(state=FormState.ENDED))
    return broken
