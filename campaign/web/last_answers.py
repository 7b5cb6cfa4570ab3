"""The pages shown last, for the time in which the database gives no answer."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

MOST_KEPT = 256
# Another process may have taken a name off the page meanwhile; while the database is silent none can know.
# So this bridges a lock or a restart, and no outage: a missing page harms nobody, a withdrawn name may.
SECONDS_KEPT = 120


@dataclass(frozen=True)
class FinishedResponse:
    """A whole answer: its status, its headers as they travel, and its body."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    made_at: float = field(default_factory=time.monotonic)

    @cached_property
    def head(self) -> dict[str, Any]:
        """The first message by which an ASGI server sends it."""
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}

    @cached_property
    def rest(self) -> dict[str, Any]:
        """The second and last one."""
        return {"type": "http.response.body", "body": self.body, "more_body": False}

    @property
    def is_public(self) -> bool:
        """Whether it is a page that any visitor may be shown."""
        return self.status == 200 and any(
            name.lower() == b"cache-control" and b"public" in value for name, value in self.headers
        )


class LastAnswers:
    """Public answers by their requests; used by one thread."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, FinishedResponse] = OrderedDict()

    def keep(self, key: Hashable, answer: FinishedResponse) -> None:
        """Keep an answer in place of the one kept longest, if it is public."""
        if not answer.is_public:
            return
        self._answers[key] = answer
        self._answers.move_to_end(key)
        if len(self._answers) > MOST_KEPT:
            self._answers.popitem(last=False)

    def get(self, key: Hashable) -> FinishedResponse | None:
        """The last answer to a request, if it is not too old to be shown."""
        answer = self._answers.get(key)
        return answer if answer and time.monotonic() - answer.made_at < SECONDS_KEPT else None
