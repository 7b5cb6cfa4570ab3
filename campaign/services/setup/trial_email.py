"""The test email: an organizer sends it to themselves, and the queue says what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.publisher import Publisher
from campaign.errors import ConflictError
from campaign.i18n import SOURCE_LANGUAGE
from campaign.mail.render import Renderer
from campaign.services.accounts import trial_limit
from campaign.services.audit import audit_log
from campaign.services.outbox.enqueue import NewEmail, enqueue
from campaign.services.setup import row
from campaign.store.tables import Organizer
from campaign.store.tables.core import outbox_email, setup

# A finger that trembles fills nobody's inbox.
AGAIN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class TrialShown:
    """The last test email: when it was asked for, and how far it has come."""

    at: datetime
    state: OutboxState


def send(
    session: Session,
    organizer_id: int,
    *,
    renderer: Renderer,
    publisher: Publisher,
    public_url: str,
    language: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Queue a test email to an organizer's own address; ConflictError right after another, and after many."""
    last = shown(session)
    if last and now - last.at < AGAIN_AFTER:
        raise ConflictError("A test email has only just been sent. Wait half a minute.")
    trial_limit.count(session, organizer_id, now=now)
    address = session.scalar(select(Organizer.email).where(Organizer.id == organizer_id)) or ""
    email = _written(address, renderer, publisher, public_url, language or SOURCE_LANGUAGE, now)
    [email_id] = enqueue(session, [email], now=now)
    row.write(session, trial_email_id=email_id, tested_at=now)
    audit_log.record(session, action="site.test-email", actor=actor, details={}, now=now)


def _written(
    address: str, renderer: Renderer, publisher: Publisher, public_url: str, language: str, now: datetime
) -> NewEmail:
    rendered = renderer.render(
        EmailKind.TEST, language=language, publisher=publisher, desk_url=f"{public_url}/organizer/"
    )
    return NewEmail(
        kind=EmailKind.TEST,
        state=OutboxState.QUEUED,
        due_at=now,
        to_address=address,
        from_name=publisher.name or None,
        language=language,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
    )


def shown(session: Session) -> TrialShown | None:
    """The last one; None where there was none, or nobody knows of it anymore."""
    found = session.execute(
        select(setup.c.tested_at, outbox_email.c.state).join(
            outbox_email, outbox_email.c.id == setup.c.trial_email_id
        )
    ).one_or_none()
    return TrialShown(found.tested_at, found.state) if found else None
