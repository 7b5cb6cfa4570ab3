"""A solved proof of work serves once: for one form as it comes in, or for one signature that is suspected."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.domain.signing_form import FormState
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.tables import SigningForm
from campaign.store.tables.core import signing_form


def use_proof(session: Session, form: SigningForm, proof: str, *, now: datetime) -> bool:
    """Whether a proof was not used before; now it is, for the signature of this form.

    What remembers it is a row without a form, as that of a request for an email is.
    """
    take_advisory_lock(session, AdvisoryLock.PROOF)
    used = select(signing_form.c.id).where(signing_form.c.proof == proof)
    if session.execute(used.limit(1)).first() is not None:
        return False
    session.execute(
        insert(signing_form).values(
            campaign_id=form.campaign_id,
            state=FormState.ENDED,
            received_at=now,
            language=form.language,
            email="",
            proof=proof,
        )
    )
    return True
