"""Stands in for what is outside, and keeps what it was given."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from campaign.domain.outcomes import Accepted, Outcome
from campaign.mail.email import Email


def accept(email: Email, attempt: int) -> Outcome:
    return Accepted(f"taken-{email.public_id}")


class ScriptedProvider:
    """Does with each email what `script(email, attempt)` says; `sent` is every email it was asked to send."""

    def __init__(self, script: Callable[[Email, int], Outcome] = accept, *, name: str = "scripted") -> None:
        self.name = name
        self.script = script
        self.sent: list[Email] = []
        self.times: list[datetime] = []
        self.attempts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def send(self, email: Email, *, now: datetime) -> Outcome:
        with self._lock:
            self.sent.append(email)
            self.times.append(now)
            self.attempts[email.public_id] += 1
            attempt = self.attempts[email.public_id]
        return self.script(email, attempt)

    def close(self) -> None:
        pass
