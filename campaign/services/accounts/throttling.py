"""What becomes of a try that came too soon."""

from datetime import timedelta

from campaign.errors import RefusedError
from campaign.i18n import to_translate

TOO_MANY_TRIES = to_translate("Too many attempts. Wait %(seconds)d seconds, then try again.")
TOO_MANY_FOR_NOW = to_translate(
    "Too many wrong codes. The next one is looked at in %(minutes)d minutes. A new password ends the wait:"
    " ask for it with “Forgotten your password?”."
)
_LONG = timedelta(minutes=2)


class TooManyTriesError(RefusedError):
    """A try that was not looked at; at whose account, or of which network the `subject` is a hash."""

    def __init__(self, wait: timedelta, organizer_id: int | None, subject: str) -> None:
        if wait > _LONG:
            super().__init__(TOO_MANY_FOR_NOW, minutes=int(wait.total_seconds() / 60) + 1)
        else:
            super().__init__(TOO_MANY_TRIES, seconds=int(wait.total_seconds()) + 1)
        self.organizer_id = organizer_id
        self.subject = subject
