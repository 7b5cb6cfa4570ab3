"""The test email that organizers send to themselves, from whichever page."""

from campaign.services.installation import publisher as publishers
from campaign.services.setup import trial_email
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.languages import current_language
from campaign.web.organizer.guard import actor, me


def send_trial(session: Session) -> None:
    """Send one to whoever is logged in; ConflictError after too many in an hour."""
    trial_email.send(
        session,
        me().organizer_id,
        renderer=runtime().renderer,
        publisher=publishers.current(session, default=runtime().default_publisher),
        public_url=runtime().settings.web.public_url,
        language=current_language(),
        actor=actor(),
        now=now(),
    )
