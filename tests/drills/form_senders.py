"""People who send in a form, and who follow the link in their mail, however often the site is away."""

import os
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from email import policy
from email.parser import BytesParser
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tests.drills.locked import ask

SENDERS = 5
CONFIRMERS = 4
MAILS_AT_ONCE = 8
WORDS = "The river runs behind our house. My children swam in it, and number {number} of us drank from it."
_SHOWN = re.compile(r'name="shown" value="([^"]+)"')
_OFFICIAL = re.compile(r'name="officials"[^>]*value="(\d+)"')


class Crowd:
    """Threads that work until the block ends; `answers` counts what they were answered, 0 for nothing."""

    def __init__(self, size: int) -> None:
        self.answers: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(place,)) for place in range(size)]

    def _work(self, place: int) -> None:
        raise NotImplementedError

    def _note(self, status: int) -> None:
        with self._lock:
            self.answers[status] += 1

    def stop(self) -> None:
        """Return when all have come to their end."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


class Senders(Crowd):
    """So many forms a second, each for an address of its own; `kept` has those answered with 303.

    Those of one drill who come at another time have another `name`.
    """

    def __init__(self, port: int, path: str, token: str, *, each_second: float, name: str = "p") -> None:
        super().__init__(SENDERS)
        self._port, self._path, self._name = port, path, name
        _, _, page = ask(port, "GET", path, "en")
        officials = _OFFICIAL.findall(page.decode())[:3]
        self._fields = [("csrf_token", token), *(("officials", official) for official in officials)]
        self._seconds = SENDERS / each_second
        self.kept: set[str] = set()

    def number(self) -> int:
        """How many forms have been answered with 303."""
        return len(self.kept)

    def form(self, address: str, number: str) -> str:
        """A form for an address, with words that only it has, as a browser sends it."""
        words = WORDS.format(number=number)
        fields = [("name", f"Rana Idris {number}"), ("email", address), ("message", words)]
        return urlencode([*self._fields, *fields])

    def _work(self, place: int) -> None:
        due = time.monotonic()
        for number in count():
            due = max(due + self._seconds, time.monotonic())
            if self._stopped.wait(due - time.monotonic()):
                return
            address = f"{self._name}{place}.{number}@mail{number % 50}.example"
            body = self.form(address, f"{place}.{number}")
            status, _, _ = ask(self._port, "POST", f"{self._path}/sign", "en", body)
            self._note(status)
            if status == 303:
                self.kept.add(address)


class Confirmers(Crowd):
    """They read what the local provider has written, and press the button behind each link.

    `seen` has the names of the files that somebody has read, and is not theirs alone.
    """

    def __init__(self, port: int, outbox: Path, *, seen: set[str] | None = None) -> None:
        super().__init__(CONFIRMERS)
        self._port, self._outbox = port, outbox
        self._seen = seen if seen is not None else set()
        self._confirmed = 0

    def number(self) -> int:
        """How many forms have been seen confirmed."""
        with self._lock:
            return self._confirmed

    def _work(self, place: int) -> None:
        while not self._stopped.wait(CONFIRMERS * 0.1):
            for name in self._unread():
                is_done = all(self._confirm(token) for token in links([self._outbox / name]))
                if not is_done:
                    self._seen.discard(name)

    def _unread(self) -> list[str]:
        """A few mails that from now on nobody else reads."""
        with self._lock, suppress(FileNotFoundError):
            names = {file.name for file in os.scandir(self._outbox) if file.name.endswith(".eml")}
            unread = sorted(names - self._seen)[:MAILS_AT_ONCE]
            self._seen.update(unread)
            return unread
        return []

    def _confirm(self, token: str) -> bool:
        """Look at the page behind the link and press its button, until the page says that it is done.

        False when the end came first.
        """
        while not self._stopped.is_set():
            status, _, page = ask(self._port, "GET", f"/confirm/{token}", "en")
            shown = _SHOWN.search(page.decode("utf-8", "replace"))
            if status == 200 and shown:
                body = urlencode({"shown": shown[1]})
                status, _, _ = ask(self._port, "POST", f"/confirm/{token}", "en", body)
            self._note(status)
            if status == 200:
                with self._lock:
                    self._confirmed += 1
                return True
            self._stopped.wait(0.3)
        return False


def links(files: Iterable[Path]) -> list[str]:
    """The tokens of the links to confirm in these mails."""
    return [token for file in files for token in re.findall(r"/confirm/([\w-]{43})", _text(file))]


def _text(file: Path) -> str:
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
