"""What becomes of the queue when a backup is put in place: what waited then may have left since."""

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from campaign.domain.outbox import OutboxState
from campaign.domain.signing_form import FormState
from campaign.domain.spot_check import PickState
from campaign.domain.updates import UpdateState
from campaign.services.outbox.digest_members import is_digested
from campaign.services.outbox.transitions import is_in, moving
from campaign.services.outbox.unreadable import is_set_aside
from campaign.store.archive import Manifest
from campaign.store.tables.core import campaign_update, outbox_email, signing_form, spot_check_pick

_WAITED = (OutboxState.QUEUED, OutboxState.LEASED, OutboxState.SENDING)
_ON_THEIR_WAY = (UpdateState.PREPARING, UpdateState.SENDING, UpdateState.PAUSED)


def doubt_what_waited(session: Session, manifest: Manifest) -> None:
    """Put in doubt whatever waited to be sent when the backup was made: nothing is sent twice by itself.

    The messages of forms that were confirmed and not written out yet are put in doubt when they are written.
    """
    session.execute(
        update(signing_form)
        .where(signing_form.c.state == FormState.CONFIRMED)
        .values(state=FormState.RESTORED)
    )
    # Who has got an update since, the backup does not know: those left on its list get none.
    session.execute(
        update(campaign_update)
        .where(campaign_update.c.state.in_(_ON_THEIR_WAY))
        .values(state=UpdateState.STOPPED, clears=True)
    )
    # Whom a spot check has asked since, the backup does not know either: they count as not reached.
    session.execute(
        update(spot_check_pick)
        .where(spot_check_pick.c.state == PickState.WAITING)
        .values(state=PickState.NOT_REACHED)
    )
    # What could not be read then may have been tried again since.
    waited = or_(is_in(_WAITED), is_in((OutboxState.HELD,)) & is_digested(), is_set_aside())
    session.execute(
        moving(
            OutboxState.IN_DOUBT,
            waited,
            settled_at=outbox_email.c.settled_at,
            leased_by=None,
            reason=f"It waited in the backup of {manifest.made_at} and may have been sent since.",
        )
    )
