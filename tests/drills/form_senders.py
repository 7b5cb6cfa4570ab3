"""People who send in a form, and who follow the link in their mail, however often the site is away."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterable
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
WORDS = "The river runs behind our house. My children swam in it, and number {number} of us drank from it."
_SHOWN = re.compile(r'name="shown" value="([^"]+)"')
_OFFICIAL = re.compile(r'name="officials"[^>]*value="(\d+)"')


class _Crowd:
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


class Senders(_Crowd):
    """So many forms a second, each for an address of its own; `kept` has those answered with 303."""

    def __init__(self, port: int, path: str, token: str, *, each_second: float) -> None:
        super().__init__(SENDERS)
        self._port, self._path = port, path
        _, _, page = ask(port, "GET", path, "en")
        officials = _OFFICIAL.findall(page.decode())[:3]
        self._fields = [("csrf_token", token), *(("officials", official) for official in officials)]
        self._seconds = SENDERS / each_second
        self.kept: set[str] = set()

    def number(self) -> int:
        """How many forms have been answered with 303."""
        return len(self.kept)

    def _work(self, place: int) -> None:
        due = time.monotonic()
        for number in count():
            due = max(due + self._seconds, time.monotonic())
            if self._stopped.wait(due - time.monotonic()):
                return
            address = f"p{place}.{number}@mail{number % 50}.example"
            words = WORDS.format(number=f"{place}.{number}")
            fields = [("name", f"Rana Idris {number}"), ("email", address), ("message", words)]
            body = urlencode([*self._fields, *fields])
            status, _, _ = ask(self._port, "POST", f"{self._path}/sign", "en", body)
            self._note(status)
            if status == 303:
                self.kept.add(address)


class Confirmers(_Crowd):
    """They read what the local provider has written, and press the button behind each link."""

    def __init__(self, port: int, outbox: Path) -> None:
        super().__init__(CONFIRMERS)
        self._port, self._outbox = port, outbox
        self._seen: set[Path] = set()
        self._confirmed = 0

    def number(self) -> int:
        """How many forms have been seen confirmed."""
        with self._lock:
            return self._confirmed

    def _work(self, place: int) -> None:
        while not self._stopped.wait(0.2):
            for file in self._outbox.glob("*.eml"):
                with self._lock:
                    if file in self._seen:
                        continue
                    self._seen.add(file)
                for token in links([file]):
                    self._confirm(token)

    def _confirm(self, token: str) -> None:
        """Look at the page behind the link and press its button, until the page says that it is done."""
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
                return
            self._stopped.wait(0.3)


def links(files: Iterable[Path]) -> list[str]:
    """The tokens of the links to confirm in these mails."""
    return [token for file in files for token in re.findall(r"/confirm/([\w-]{43})", _text(file))]


def _text(file: Path) -> str:
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
