"""What organizers write down about officials, and when they let one rest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.addresses import clean_address
from campaign.domain.names import clean_line
from campaign.domain.signing import LONGEST_MESSAGE
from campaign.errors import NotFoundError, RefusedError
from campaign.services import audit, campaigns
from campaign.store.tables import Official

MOST_AN_HOUR = 100_000
LONGEST_SALUTATION = 200
# Less leaves no room for a sentence.
SHORTEST_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class OfficialDetails:
    """The form as it was filled in; an empty field means none (address) or as usual (all others)."""

    email: str
    salutation: str
    hourly_rate: str
    longest_message: str = ""


def change(
    session: Session,
    campaign_id: int,
    official_id: int,
    details: OfficialDetails,
    *,
    organizer_id: int,
    now: datetime,
) -> Official:
    """Store how one official is reached, greeted and paced; RefusedError names the field's rule.

    Messages written before stay what their writers were told they are: by email, or printed and handed over.
    """
    official = _official(session, campaign_id, official_id)
    email = clean_address(details.email) if details.email.strip() else None
    salutation = clean_line(details.salutation) or None
    if salutation and len(salutation) > LONGEST_SALUTATION:
        raise RefusedError("A salutation can have at most %(most)d characters.", most=LONGEST_SALUTATION)
    values = {
        "email": email,
        "salutation": salutation,
        "hourly_rate": _rate(details.hourly_rate),
        "longest_message": _longest_message(details.longest_message),
    }
    changed = [name for name, value in values.items() if getattr(official, name) != value]
    for name in changed:
        setattr(official, name, values[name])
    if changed:
        campaigns.changed(session, campaign_id)
        audit.record(
            session,
            action="official.change",
            organizer_id=organizer_id,
            details={"campaign": campaign_id, "official": official_id, "fields": changed},
            now=now,
        )
    return official


def set_paused(
    session: Session,
    campaign_id: int,
    official_id: int,
    *,
    paused: bool,
    organizer_id: int,
    now: datetime,
) -> None:
    """Stop sending to one official, or go on; what is waiting stays in the queue."""
    official = _official(session, campaign_id, official_id)
    if paused == (official.paused_at is not None):
        return
    official.paused_at = now if paused else None
    audit.record(
        session,
        action="official.pause" if paused else "official.resume",
        organizer_id=organizer_id,
        details={"campaign": campaign_id, "official": official_id},
        now=now,
    )


def _official(session: Session, campaign_id: int, official_id: int) -> Official:
    found = session.scalar(
        select(Official).where(Official.id == official_id, Official.campaign_id == campaign_id)
    )
    if found is None:
        raise NotFoundError("There is no such official in this campaign.")
    return found


def _rate(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) > MOST_AN_HOUR:
        raise RefusedError("Messages an hour must be a whole number up to %(most)d.", most=MOST_AN_HOUR)
    return int(text)


def _longest_message(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise RefusedError("The longest message must be a whole number of characters.")
    if not SHORTEST_LIMIT <= int(text) <= LONGEST_MESSAGE:
        raise RefusedError(
            "The longest message must be between %(least)d and %(most)d characters.",
            least=SHORTEST_LIMIT,
            most=LONGEST_MESSAGE,
        )
    return int(text)
