"""How long what people gave is kept, and when keeping it longer is a fault."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signing_form import CONFIRM_WITHIN
from campaign.errors import ConflictError, RefusedError

# From the form to the confirmation: as long as the link in the email is good.
FORM_DAYS = CONFIRM_WITHIN.days
# Long enough for an office to answer or to say that nothing came, and for an organizer to look into it.
WORDS_DAYS = 28
# After a campaign has closed, unless it says otherwise.
PERSONAL_DATA_DAYS = 90
# Fewer would end before what was signed on the last day can be confirmed and its messages have left.
FEWEST_DAYS = WORDS_DAYS
MOST_DAYS = 3650
# What should be gone and is there this long after is a fault that organizers are told of.
OVERDUE_AFTER = timedelta(days=2)

# An email in one of these needs its words and its writer's name still, however old it is.
NEEDS_WORDS = (
    OutboxState.HELD,
    OutboxState.QUEUED,
    OutboxState.LEASED,
    OutboxState.SENDING,
    OutboxState.IN_DOUBT,
)
HAS_ENDED = tuple(state for state in OutboxState if state not in NEEDS_WORDS)


class PurgeKind(StrEnum):
    """What is deleted, each by a rule of its own; the order is that of a run."""

    EMAILS = "emails"  # the words of one email, and of the message that it carried
    REPLIES = "replies"
    FILES = "files"  # mails that the local provider wrote
    PREPARED_FILES = "prepared_files"  # lists and packs that organizers ordered
    DOCUMENTS = "documents"
    IMPORT_DRAFTS = "import_drafts"  # tables that were uploaded and never entered
    NAME_REPORTS = "name_reports"  # the words of readers who reported a name
    UPDATE_LISTS = "update_lists"  # who was on the list of an update
    SPOT_CHECKS = "spot_checks"  # who was asked by one
    FORM_LINKS = "form_links"  # which said what had become of a form
    FORMS = "forms"  # never confirmed
    SIGNATURES = "signatures"  # what tells who signed
    REPORTS = "reports"
    SESSIONS = "sessions"
    LOGIN_ATTEMPTS = "login_attempts"
    INVITATIONS = "invitations"  # of organizers, that nobody followed
    PASSWORD_REQUESTS = "password_requests"  # noqa: S105 - of organizers who forgot theirs
    LETTERS = "letters"  # uploaded, and never stored as a campaign


@dataclass(frozen=True)
class RetentionTerms:
    """What a campaign promises: days after the close until it is forgotten who signed, and what stays public.

    `closed_at` is None while it is not closed, `purged_at` until it has been forgotten.
    """

    days: int = PERSONAL_DATA_DAYS
    keep_public_names: bool = False
    closed_at: datetime | None = None
    purged_at: datetime | None = None

    @property
    def known_until(self) -> datetime | None:
        """When it is forgotten who signed; None while the campaign is not closed."""
        return self.closed_at + timedelta(days=self.days) if self.closed_at else None


def forms_before(now: datetime) -> datetime:
    """Forms sent in by this time and never confirmed are deleted."""
    return now - CONFIRM_WITHIN


def words_before(now: datetime) -> datetime:
    """Words of what came to its end by this time are deleted."""
    return now - timedelta(days=WORDS_DAYS)


def is_file_due(kind: EmailKind, state: OutboxState, settled_at: datetime | None, *, now: datetime) -> bool:
    """Whether the file of a mail that the local provider wrote has been kept for long enough."""
    if state in NEEDS_WORDS or settled_at is None:
        return False
    return settled_at <= (forms_before(now) if kind is EmailKind.CONFIRMATION else words_before(now))


def is_overdue(finished: Iterable[datetime], *, now: datetime) -> bool:
    """Whether anything has been due for too long, by when each kind's last run left nothing behind."""
    return any(now - moment >= OVERDUE_AFTER for moment in finished)


def read_retention_days(text: str) -> int:
    """The days that personal data are kept after the close, as usual from nothing."""
    text = text.strip()
    if not text:
        return PERSONAL_DATA_DAYS
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and FEWEST_DAYS <= int(text) <= MOST_DAYS):
        raise RefusedError(
            "Enter a whole number of days from %(fewest)d to %(most)d.", fewest=FEWEST_DAYS, most=MOST_DAYS
        )
    return int(text)


def check_promise(before: RetentionTerms, after: RetentionTerms) -> None:
    """ConflictError when data would be kept for longer than the people who have signed were told."""
    if after.days > before.days or (after.keep_public_names and not before.keep_public_names):
        raise ConflictError(
            "People who signed were told less. You can keep their data for a shorter time, not longer."
        )
