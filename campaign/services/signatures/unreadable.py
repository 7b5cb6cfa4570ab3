"""Kept forms of which no key opens something: ended, so that all the others go on."""

import logging
from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaign.domain.signing_form import FormState
from campaign.store.tables.core import signing_form

log = logging.getLogger(__name__)


def end(session: Session, ids: Collection[int]) -> None:
    """End these forms, which a worker was to read. What is in them stays as it is."""
    if ids:
        log.error("set aside, since it cannot be read: signing_form %s", ", ".join(map(str, sorted(ids))))
        session.execute(update(signing_form).where(signing_form.c.id.in_(ids)).values(state=FormState.ENDED))
